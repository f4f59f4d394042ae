/**
 * npm run restore -- DIR [--replace]: puts a backup back, with the app stopped. Every hash is verified before anything
 * is written. A database that holds something is refused, unless --replace says that all of it is to be deleted.
 */
import path from 'node:path';
import { checkBackup, putBack } from '../src/server/backup/put-back.ts';
import { disownDataFolder } from '../src/server/storage/own-folder.ts';
import { openStorage } from '../src/server/storage/open.ts';
import { startEmbedded } from '../src/server/db/embedded.ts';
import type { Env } from '../src/env.ts';
import { takeDataFolder } from './open-database.ts';
import { loadEnv, reachDatabase } from './prepare.ts';
import { readArgs } from './read-args.ts';
import { runUntilStopped, type Life } from './run-until-stopped.ts';
import { say } from './say.ts';

/** Without the schema, which may be of an older version in the backup. */
async function startOwn(env: Env, life: Life): Promise<string> {
  const own = await startEmbedded(env.DATA_DIR);
  life.started.defer(() => own.stop());
  return own.url;
}

async function run(life: Life, named: string | undefined, replace: boolean) {
  if (named === undefined) throw new Error('Name a folder: npm run restore -- /path/to/backup');
  const dir = path.resolve(named);
  const env = loadEnv();
  let saidAt = Date.now();
  const onProgress = ({ step, done, of }: { step: string; done: number; of: number }) => {
    if (Date.now() - saidAt < 2000) return;
    saidAt = Date.now();
    say(`${done} of ${of} objects ${step}`);
  };
  // Before a database is even made for it.
  const manifest = await checkBackup(dir, onProgress);
  await takeDataFolder(env, life);
  if (env.DATABASE_URL) await reachDatabase(env.DATABASE_URL);
  const databaseUrl = env.DATABASE_URL ?? (await startOwn(env, life));
  const storage = await openStorage(env);
  const options = { databaseUrl, storage, replace, onProgress };
  await disownDataFolder(env.DATA_DIR);
  const { libraries, generations } = await putBack(dir, manifest, options);
  say(`restored ${libraries} libraries and ${manifest.objects.count} objects as of ${manifest.createdAt}`);
  if (generations > 0) say(`${generations} generations that were under way then will be made again`);
  if (manifest.missing.length > 0)
    say(`${manifest.missing.length} objects were not in the backup: see npm run doctor`);
  say('what was deleted for good since then, accounts as well, is back: its receipts are not');
  say('every device starts over at its next visit, and everybody signs in again; guests go on');
  life.stop(0);
}

const { values, positionals } = readArgs(
  'npm run restore -- DIR [--replace]',
  { replace: { type: 'boolean', default: false } },
  1,
);
runUntilStopped((life) => run(life, positionals[0], values.replace), { interruptedCode: 130 });
