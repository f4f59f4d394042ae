import { setInterval } from 'node:timers/promises';
import { startEmbedded } from '../src/server/db/embedded.ts';
import { migrateDatabase } from '../src/server/db/migrate.ts';
import { claimDataFolder } from '../src/server/storage/own-folder.ts';
import type { Env } from '../src/env.ts';
import { lockDataFolder, openDataFolder, reachDatabase } from './prepare.ts';
import type { Life } from './run-until-stopped.ts';
import { reasonOf, say } from './say.ts';

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
  await claimDataFolder(url, env.DATA_DIR);
  life.stopping.throwIfAborted();
  return url;
}

/** How often the own Postgres is looked after, in milliseconds. */
const LOOK_EVERY = 2000;

async function ownPostgres(dir: string, life: Life): Promise<string> {
  let server = await startEmbedded(dir);
  say(server.adopted ? 'found Postgres still running after a kill, and took it over' : 'started Postgres');
  const { url } = server;

  /** Nobody else would start it again, and until then nothing here works. */
  async function lookAfter(): Promise<void> {
    for await (const _ of setInterval(LOOK_EVERY, undefined, { signal: life.stopping, ref: false })) {
      if (server.isRunning()) continue;
      say('Postgres was ended: starting it again');
      server = await startEmbedded(dir);
      if (server.url !== url) throw new Error('Postgres has another port now: start again');
      say('Postgres runs again');
    }
  }
  const looking = lookAfter().catch((error: unknown) => {
    if (life.stopping.aborted) return;
    console.error(`afterimage: ${reasonOf(error)}`);
    life.stop(1);
  });
  life.started.defer(async () => {
    await looking;
    await server.stop();
  });
  life.onForce(() => server.stop(0));
  return url;
}
