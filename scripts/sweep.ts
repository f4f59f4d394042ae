/**
 * npm run sweep [-- --minutes 0]: lets go of bytes that a killed process left behind, beside a server that may be
 * running; the server does the same by itself every minute for what is an hour old. With 0 nothing may be under way.
 */
import { connect } from '../src/server/db/client.ts';
import { findEmbedded } from '../src/server/db/embedded.ts';
import { STAGED_FOR_AT_MOST, sweepStorage } from '../src/server/ledger.ts';
import { claimDataFolder } from '../src/server/storage/own-folder.ts';
import { openOtherStorage, openStorage } from '../src/server/storage/open.ts';
import { loadEnv } from './prepare.ts';
import { readArgs } from './read-args.ts';
import { reasonOf, say } from './say.ts';

async function sweep(minutes: number) {
  const env = loadEnv();
  const url = env.DATABASE_URL ?? (await findEmbedded(env.DATA_DIR))?.url;
  if (url === undefined) {
    throw new Error(
      `No Postgres runs in ${env.DATA_DIR}: start the server first (npm start), or set DATABASE_URL`,
    );
  }
  await claimDataFolder(url, env.DATA_DIR);
  const connection = connect(url, { max: 2 });
  try {
    const storage = await openStorage(env);
    const ctx = { db: connection.db, storage, otherStorage: openOtherStorage(env), now: () => new Date() };
    const { doomed, gone, temporary } = await sweepStorage(ctx, minutes * 60_000);
    say(`${doomed} left behind, ${gone} objects and ${temporary} temporary files deleted`);
  } finally {
    await connection.close();
  }
}

const { values } = readArgs('npm run sweep [-- --minutes 60]', {
  minutes: { type: 'string', default: String(STAGED_FOR_AT_MOST / 60_000) },
});
try {
  const minutes = Number(values.minutes);
  if (!(minutes >= 0 && minutes <= 1e6)) throw new Error('--minutes takes a number from 0 to 1000000');
  await sweep(minutes);
} catch (error) {
  console.error(`afterimage: ${reasonOf(error)}`);
  process.exitCode = 1;
}
