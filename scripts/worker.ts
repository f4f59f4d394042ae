/** Runs generations apart from the web process, on the same database and data folder. Several at once are safe. */
import { findEmbedded } from '../src/server/db/embedded.ts';
import { migrateDatabase } from '../src/server/db/migrate.ts';
import { identifyProcess } from '../src/server/process.ts';
import { claimDataFolder } from '../src/server/storage/own-folder.ts';
import { keptSecret, loadEnv, openDataFolder, reachDatabase } from './prepare.ts';
import { runUntilStopped, type Life } from './run-until-stopped.ts';
import { elapsed } from './say.ts';

async function work(life: Life) {
  const env = loadEnv();
  openDataFolder(env.DATA_DIR);
  const databaseUrl = env.DATABASE_URL ?? (await attach(env.DATA_DIR, life));
  if (env.DATABASE_URL) await reachDatabase(env.DATABASE_URL);
  await migrateDatabase(databaseUrl);
  await claimDataFolder(databaseUrl, env.DATA_DIR);
  Object.assign(process.env, {
    NODE_ENV: 'production',
    DATA_DIR: env.DATA_DIR,
    DATABASE_URL: databaseUrl,
    AUTH_SECRET: env.AUTH_SECRET ?? keptSecret(env.DATA_DIR),
  });
  life.stopping.throwIfAborted();
  // Not before the environment is complete: the modules of the application read it.
  const { startWorker } = await import('../src/server/jobs/worker.ts');
  const worker = await startWorker();
  life.started.defer(() => worker.stop());
  console.log(`worker ready in ${elapsed()} s`);
}

/** The web process owns the embedded Postgres; when it stops, so does this one. */
async function attach(dir: string, life: Life): Promise<string> {
  const server = await findEmbedded(dir);
  if (!server) {
    throw new Error(
      `No Postgres runs in ${dir}: start the web process first (npm start), or set DATABASE_URL`,
    );
  }
  setInterval(() => {
    if (identifyProcess(server.pid) !== null || life.stopping.aborted) return;
    console.error('afterimage: The web process has stopped, and its Postgres with it: start both again');
    life.stop(1);
  }, 1000).unref();
  return server.url;
}

runUntilStopped(work);
