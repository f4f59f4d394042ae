/** The real application in a process of its own, with a data folder of its own: to be used, killed and started again. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { findEmbedded } from '../src/server/db/embedded.ts';
import { EnvSchema } from '../src/env.ts';

export type App = {
  /** Such as `http://localhost:4301`; the same after a restart. */
  url: string;
  dataDir: string;
  /** Standard output and error of all runs so far. */
  output(): string;
  /** kill -9 of the server process. Its Postgres goes on, as it would after a crash. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data, after a kill or a stop. */
  start(): Promise<void>;
  /** Asks it to stop, as Ctrl-C does. @returns Its exit code. */
  stop(): Promise<number | null>;
  /** What `npm run doctor -- --deep` says of it, while it runs or not; throws unless all is well. */
  examine(): Promise<void>;
  /** Stops it, and Postgres, and removes the data. */
  remove(): Promise<void>;
};

const root = path.join(import.meta.dirname, '..');

/** @param env Variables to set; whatever the developer's own shell or `.env` says of the others is left out. */
export async function startApp(env: Record<string, string> = {}): Promise<App> {
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'afterimage-e2e-'));
  // As root, Postgres runs as another user and has to enter.
  fs.chmodSync(dataDir, 0o755);
  let child: ChildProcess | null = null;
  let output = '';
  let port = '0';

  const isRunning = () => child !== null && child.exitCode === null && child.signalCode === null;
  const signal = async (name: NodeJS.Signals) => {
    if (!child || !isRunning()) return;
    child.kill(name);
    await once(child, 'exit');
  };

  const environment = () => {
    const blank = Object.fromEntries(Object.keys(EnvSchema.shape).map((name) => [name, '']));
    const given = { DATA_DIR: dataDir, PORT: port, PARENT_PID: String(process.pid), BEGAN_AT: '' };
    const { NODE_ENV: _, ...inherited } = process.env;
    return { ...inherited, NODE_ENV: 'production' as const, ...blank, ...env, ...given };
  };

  const app: App = {
    url: '',
    dataDir,
    output: () => output,
    kill: () => signal('SIGKILL'),
    async stop() {
      await signal('SIGINT');
      return child?.exitCode ?? null;
    },
    async start() {
      const started = spawn(process.execPath, [path.join(root, 'scripts/start.ts')], {
        cwd: root,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: environment(),
      });
      child = started;
      const before = output.length;
      for (const stream of [started.stdout, started.stderr]) {
        stream.on('data', (text: Buffer) => (output += text.toString()));
      }
      for (;;) {
        const ready = /ready in .* s {2}(http:\S+)/.exec(output.slice(before));
        if (ready?.[1]) {
          app.url = ready[1];
          port = new URL(app.url).port;
          return;
        }
        if (!isRunning()) throw new Error(`The application did not start:\n${output.slice(before)}`);
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    },
    async examine() {
      const doctor = [path.join(root, 'scripts/doctor.ts'), '--deep'];
      const examination = spawn(process.execPath, doctor, { cwd: root, env: environment() });
      let found = '';
      for (const stream of [examination.stdout, examination.stderr]) {
        stream.on('data', (text: Buffer) => (found += text.toString()));
      }
      await once(examination, 'close');
      if (examination.exitCode !== 0) throw new Error(`The doctor found something:\n${found}`);
    },
    async remove() {
      await app.stop();
      await (await findEmbedded(dataDir))?.stop();
      fs.rmSync(dataDir, { recursive: true, force: true });
    },
  };
  try {
    await app.start();
  } catch (error) {
    await app.remove();
    throw error;
  }
  return app;
}
