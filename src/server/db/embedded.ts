/**
 * The Postgres that comes with the application, for a machine that has none.
 * It outlives a killed parent; so its port and password stay in the data folder, where the next start finds and
 * adopts it. Only one process at a time may call `startEmbedded` for a folder: the callers hold its lock.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { z } from 'zod';
import { asServerUser, installedPostgres, type Runner } from './embedded-platform.ts';
import { identifyProcess } from '../process.ts';

export type EmbeddedPostgres = {
  /** Connects as the cluster's superuser to the database `postgres`. */
  url: string;
  pid: number;
  /** True when it was already running, left by a parent that was killed. */
  adopted: boolean;
  isRunning(): boolean;
  /** Ends open sessions and writes everything down; after `graceMs` without success, leaves that to crash recovery. */
  stop(graceMs?: number): Promise<void>;
};

export type EmbeddedOptions = {
  /** Trades safety after a power cut for speed: for databases that are thrown away, never for pictures. */
  throwAway?: boolean;
};

const Settings = z.object({ port: z.int(), password: z.string() });
type Settings = z.infer<typeof Settings>;

const START_TIMEOUT_MS = 60_000;

const files = (dir: string) => ({
  cluster: path.join(dir, 'postgres'),
  settings: path.join(dir, 'postgres.json'),
  log: path.join(dir, 'postgres.log'),
});

/** Whether a database was ever made in this data folder. */
export const hasEmbedded = (dir: string) => fs.existsSync(path.join(files(dir).cluster, 'PG_VERSION'));

/** @param dir The data folder, absolute; made when absent. */
export async function startEmbedded(dir: string, options: EmbeddedOptions = {}): Promise<EmbeddedPostgres> {
  const native = installedPostgres();
  fs.mkdirSync(dir, { recursive: true, mode: process.getuid?.() === 0 ? 0o755 : 0o700 });
  const runner = asServerUser(native, dir);
  const { cluster, log } = files(dir);
  if (!hasEmbedded(dir)) makeCluster(dir, native, runner);

  const running = await findRunning(dir);
  if (running) return { ...running, adopted: true };

  // Only now: a server that runs keeps the user it was started as.
  runner.own(cluster);

  if (fs.existsSync(log) && fs.statSync(log).size > 10_000_000) fs.renameSync(log, `${log}.old`);
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const started = await launch(dir, native, runner, options, deadline);
    if (started) return started;
    // A killed server's children may hold its memory for a moment; then the next try succeeds.
    const failure = startFailure(log);
    if (failure.includes('incompatible')) throw new Error(otherVersion(cluster));
    if (Date.now() > deadline - START_TIMEOUT_MS + 10_000) throw new Error(failure);
    await sleep(300);
  }
}

/** The Postgres of this data folder if it answers; null otherwise. Starts nothing. */
export async function findEmbedded(dir: string): Promise<EmbeddedPostgres | null> {
  if (!fs.existsSync(files(dir).settings)) return null;
  const running = await findRunning(dir);
  return running && { ...running, adopted: true };
}

function makeCluster(dir: string, native: string, runner: Runner) {
  const { cluster, settings } = files(dir);
  const password = crypto.randomUUID() + crypto.randomUUID();
  // Under another name until it is whole: a start that is killed half-way leaves nothing that looks like a database.
  const draft = `${cluster}.new`;
  const secret = path.join(dir, 'postgres.new.password');
  fs.rmSync(draft, { recursive: true, force: true });
  fs.mkdirSync(draft, { mode: 0o700 });
  runner.own(draft);
  fs.writeFileSync(secret, `${password}\n`, { mode: 0o600 });
  runner.own(secret);
  const locale = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', '--encoding=UTF8'];
  const login = ['--username=postgres', `--pwfile=${secret}`, '--auth=scram-sha-256'];
  const made = runner.run(path.join(native, 'bin/initdb'), [
    `--pgdata=${draft}`,
    ...login,
    ...locale,
    '--no-instructions',
  ]);
  fs.rmSync(secret);
  if (made.status !== 0) {
    throw new Error(`Postgres could not make its files in ${dir}: ${firstLine(made.stderr) ?? made.error}`);
  }
  writeSettings(settings, { port: 0, password });
  fs.renameSync(draft, cluster);
}

async function findRunning(dir: string): Promise<Omit<EmbeddedPostgres, 'adopted'> | null> {
  const { cluster, settings } = files(dir);
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const pid = postmasterPid(cluster);
    if (pid === null) return null;
    const url = urlOf(readSettings(settings));
    // It may be starting up, recovering or shutting down: wait until it answers or is gone.
    if (await answers(url)) return { url, pid, ...holdOf(cluster, pid) };
    if (Date.now() > deadline)
      throw new Error(`Postgres (process ${pid}) does not answer: stop it, then start again`);
    await sleep(50);
  }
}

/** The live server process of a cluster. A pid file that a crash or a copy left behind is removed. */
function postmasterPid(cluster: string): number | null {
  const file = path.join(cluster, 'postmaster.pid');
  if (!fs.existsSync(file)) return null;
  const pid = Number(fs.readFileSync(file, 'utf8').split('\n')[0]);
  if (identifyProcess(pid) === null) return null;
  if (isServerOf(cluster, pid)) return pid;
  fs.rmSync(file);
  return null;
}

/** Whether a process is Postgres, and at home in this folder: a pid comes back, and a copied file names the original's. */
function isServerOf(cluster: string, pid: number): boolean {
  if (process.platform !== 'linux') return true;
  if (fs.readFileSync(`/proc/${pid}/comm`, 'utf8').trim() !== 'postgres') return false;
  try {
    return fs.readlinkSync(`/proc/${pid}/cwd`) === fs.realpathSync(cluster);
  } catch {
    // In a container, root may not look at another user's process: then it counts as the folder's own.
    return true;
  }
}

/** One attempt to start; null when the server ended again, its reason being in the log. */
async function launch(
  dir: string,
  native: string,
  runner: Runner,
  options: EmbeddedOptions,
  deadline: number,
): Promise<EmbeddedPostgres | null> {
  const { cluster, settings: settingsFile, log } = files(dir);
  const before = readSettings(settingsFile);
  const settings = { ...before, port: await choosePort(before.port) };
  if (settings.port !== before.port) writeSettings(settingsFile, settings);

  const parameters = {
    port: settings.port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 100,
    shared_buffers: '128MB',
    random_page_cost: 1.1,
    jit: 'off',
    log_checkpoints: 'off',
    TimeZone: 'UTC',
    log_timezone: 'UTC',
    ...(options.throwAway && { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  const flags = Object.entries(parameters).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const out = fs.openSync(log, 'a', 0o600);
  const [command, args] = runner.wrap(path.join(native, 'bin/postgres'), ['-D', cluster, ...flags]);
  // Detached: a Ctrl-C in the terminal goes to the whole group, and the server must outlive the last write.
  const child = spawn(command, args, { ...runner.ids, stdio: ['ignore', out, out], detached: true });
  fs.closeSync(out);
  child.unref();
  let failure: Error | null = null;
  child.on('error', (error) => (failure = error));

  const url = urlOf(settings);
  while (child.exitCode === null && child.signalCode === null) {
    if (failure) throw failure;
    const { pid } = child;
    if (pid !== undefined && (await answers(url))) {
      const { isRunning, stop } = holdOf(cluster, pid);
      const stopChild = async (graceMs?: number) => {
        await stop(graceMs);
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      };
      return { url, pid, adopted: false, isRunning, stop: stopChild };
    }
    if (Date.now() > deadline) {
      child.kill('SIGQUIT');
      throw new Error(startFailure(log));
    }
    await sleep(20);
  }
  return null;
}

/** What can be done with a server that runs: its pid may come back as another process. */
function holdOf(cluster: string, pid: number): Pick<EmbeddedPostgres, 'isRunning' | 'stop'> {
  const identity = identifyProcess(pid);
  const isRunning = () => identity !== null && identifyProcess(pid) === identity;
  const gone = async (timeoutMs: number) => {
    const deadline = Date.now() + timeoutMs;
    while (isRunning()) {
      if (Date.now() > deadline) return false;
      await sleep(10);
    }
    return true;
  };
  const stop = async (graceMs = 5000) => {
    if (!isRunning()) return;
    process.kill(pid, 'SIGINT');
    if (await gone(graceMs)) return;
    process.kill(pid, 'SIGQUIT');
    if (!(await gone(2000))) throw new Error(`Postgres (process ${pid}) in ${cluster} did not stop`);
  };
  return { isRunning, stop };
}

async function answers(url: string): Promise<boolean> {
  const sql = postgres(url, { max: 1, connect_timeout: 2, onnotice() {} });
  try {
    await sql`select 1`;
    return true;
  } catch {
    return false;
  } finally {
    await sql.end({ timeout: 1 });
  }
}

const urlOf = ({ port, password }: Settings) => `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;

function readSettings(file: string): Settings {
  try {
    return Settings.parse(JSON.parse(fs.readFileSync(file, 'utf8')));
  } catch (error) {
    throw new Error(
      `${file} is missing or cut, and with it the login of the database beside it: put it back from a copy of this folder, or restore a backup into another DATA_DIR`,
      { cause: error },
    );
  }
}

function writeSettings(file: string, settings: Settings) {
  fs.writeFileSync(`${file}.new`, JSON.stringify(settings), { mode: 0o600, flush: true });
  fs.renameSync(`${file}.new`, file);
}

/** The wanted port if it is free, else another one. */
async function choosePort(wanted: number): Promise<number> {
  const port = (wanted > 0 ? await tryPort(wanted) : null) ?? (await tryPort(0));
  if (port === null) throw new Error('Postgres found no free port on 127.0.0.1');
  return port;
}

const tryPort = (port: number) =>
  new Promise<number | null>((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : null));
    });
  });

function startFailure(log: string) {
  const lines = fs.readFileSync(log, 'utf8').trim().split('\n');
  const reason = lines.findLast((line) => /FATAL|PANIC|error/i.test(line)) ?? lines.at(-1) ?? '';
  return `Postgres could not start: ${reason.replace(/^.*?(FATAL|PANIC):\s*/, '')} (see ${log})`;
}

function otherVersion(cluster: string) {
  const version = fs.readFileSync(path.join(cluster, 'PG_VERSION'), 'utf8').trim();
  return `The database in ${cluster} is of Postgres ${version}, and this Afterimage brings another: make a backup with the version that it ran with, and restore it into an empty DATA_DIR`;
}

const firstLine = (text: string | null) => text?.trim().split('\n')[0];
