/**
 * npm run restored: to be run after a copy of the database was put back, before it is served. Every library gets a
 * new epoch, so that devices which had seen more than the copy holds start over and send again what it lacks.
 */
import { connect } from '../src/server/db/client.ts';
import { startNewEpoch } from '../src/server/sync/epoch.ts';
import { openDatabase, takeDataFolder } from './open-database.ts';
import { loadEnv } from './prepare.ts';
import { runUntilStopped } from './run-until-stopped.ts';
import { say } from './say.ts';

runUntilStopped(async (life) => {
  const env = loadEnv();
  await takeDataFolder(env, life);
  const connection = connect(await openDatabase(env, life), { max: 1 });
  life.started.defer(() => connection.close());
  const count = await startNewEpoch(connection);
  say(`${count} libraries begin a new epoch: every device starts over at its next visit`);
  life.stop(0);
});
