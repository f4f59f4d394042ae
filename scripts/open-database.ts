import { startEmbedded } from '../src/server/db/embedded.ts';
import { migrateDatabase } from '../src/server/db/migrate.ts';
import type { Env } from '../src/env.ts';
import { lockDataFolder, openDataFolder, reachDatabase } from './prepare.ts';
import type { Life } from './run-until-stopped.ts';
import { say } from './say.ts';

/** Takes the data folder for this process alone. */
export async function takeDataFolder(env: Env, life: Life) {
  openDataFolder(env.DATA_DIR);
  const lock = await lockDataFolder(env.DATA_DIR);
  life.started.defer(() => lock.release());
}

/** The database that was configured, or an own one in the data folder; with the schema of this code. */
export async function openDatabase(env: Env, life: Life): Promise<string> {
  const url = env.DATABASE_URL ?? (await ownPostgres(env.DATA_DIR, life));
  if (env.DATABASE_URL) await reachDatabase(env.DATABASE_URL);
  life.stopping.throwIfAborted();
  const { applied } = await migrateDatabase(url);
  if (applied > 0) say(`migrated the database (${applied} steps)`);
  life.stopping.throwIfAborted();
  return url;
}

async function ownPostgres(dir: string, life: Life): Promise<string> {
  const server = await startEmbedded(dir);
  life.started.defer(() => server.stop());
  life.onForce(() => server.stop(0));
  say(server.adopted ? 'found Postgres still running after a kill, and took it over' : 'started Postgres');
  return server.url;
}
