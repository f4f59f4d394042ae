import { findEmbedded, hasEmbedded } from '../src/server/db/embedded.ts';
import { migrationsCurrent } from '../src/server/db/migrate.ts';
import { claimDataFolder } from '../src/server/storage/own-folder.ts';
import type { Env } from '../src/env.ts';
import { openDatabase, takeDataFolder } from './open-database.ts';
import { openDataFolder, reachDatabase } from './prepare.ts';
import type { Life } from './run-until-stopped.ts';

/**
 * The database for a command that works beside a running app, and as well without one: then an own Postgres is started,
 * and the data folder taken meanwhile. One that was never made is not made here: an empty library would look well.
 */
export async function openBeside(env: Env, life: Life): Promise<string> {
  if (!env.DATABASE_URL && !hasEmbedded(env.DATA_DIR))
    throw new Error(`There is no database in ${env.DATA_DIR}: is DATA_DIR right? Nothing was changed.`);
  openDataFolder(env.DATA_DIR);
  if (env.DATABASE_URL) await reachDatabase(env.DATABASE_URL);
  const running = env.DATABASE_URL ?? (await findEmbedded(env.DATA_DIR))?.url;
  if (running === undefined) {
    await takeDataFolder(env, life);
    return openDatabase(env, life);
  }
  if (!(await migrationsCurrent(running)))
    throw new Error('The database is of another version of Afterimage: start the app of this version first.');
  await claimDataFolder(running, env.DATA_DIR);
  return running;
}
