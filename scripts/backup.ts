/**
 * npm run backup -- DIR [--deep] [--replace]: copies database and bytes into a folder, beside a running app or without
 * one. Run again on the same folder it copies only what is new. With --deep what is there already is read as well.
 */
import fs from 'node:fs';
import path from 'node:path';
import { backUp } from '../src/server/backup/back-up.ts';
import { openOtherStorage, openStorage } from '../src/server/storage/open.ts';
import { openBeside } from './open-beside.ts';
import { loadEnv } from './prepare.ts';
import { readArgs } from './read-args.ts';
import { runUntilStopped, type Life } from './run-until-stopped.ts';
import { say } from './say.ts';

async function run(life: Life, named: string | undefined, options: { deep: boolean; replace: boolean }) {
  if (named === undefined) throw new Error('Name a folder: npm run backup -- /path/to/backup');
  const dir = path.resolve(named);
  if (fs.statSync(dir, { throwIfNoEntry: false })?.isFile())
    throw new Error(`${dir} is a file: name a folder`);
  const env = loadEnv();
  if (`${dir}/`.startsWith(`${path.resolve(env.DATA_DIR)}/`))
    throw new Error(`${dir} is in the data folder, which it is to outlive: name a folder elsewhere`);
  const databaseUrl = await openBeside(env, life);
  const places = { storage: await openStorage(env), otherStorage: openOtherStorage(env) };
  let saidAt = Date.now();
  const { manifest, copied, removed } = await backUp({ ...places, databaseUrl, now: () => new Date() }, dir, {
    ...options,
    signal: life.stopping,
    onProgress({ done, of }) {
      if (Date.now() - saidAt < 2000) return;
      saidAt = Date.now();
      say(`${done} of ${of} objects`);
    },
  });
  const { tables, objects, missing } = manifest;
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  say(`${rows} rows and ${objects.count} objects; ${copied} of them copied now, ${removed} old ones removed`);
  for (const key of missing.slice(0, 10)) console.log(`  not in the storage as it was saved: ${key}`);
  if (missing.length > 0)
    say(`${missing.length} objects are missing or damaged: see npm run doctor -- --deep`);
  life.stop(missing.length === 0 ? 0 : 1);
}

const { values, positionals } = readArgs(
  'npm run backup -- DIR [--deep] [--replace]',
  { deep: { type: 'boolean', default: false }, replace: { type: 'boolean', default: false } },
  1,
);
runUntilStopped((life) => run(life, positionals[0], values), { interruptedCode: 130 });
