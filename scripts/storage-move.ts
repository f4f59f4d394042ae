/**
 * npm run storage:move -- --to s3 [--from disk] [--library ID]: moves bytes to another storage while the app runs. Each
 * object is read back before its record names the new place. Stopped or killed at any time, it goes on when run again.
 */
import postgres from 'postgres';
import { LibraryId } from '../src/core/owner.ts';
import { connect } from '../src/server/db/client.ts';
import { countMovable, moveObjects, type MoveSummary } from '../src/server/move-objects.ts';
import { openOtherStorage, openStorage } from '../src/server/storage/open.ts';
import { BACKENDS, type Backend } from '../src/server/storage/port.ts';
import { findBlind } from '../src/server/sync/pokes.ts';
import { openBeside } from './open-beside.ts';
import { loadEnv } from './prepare.ts';
import { readArgs } from './read-args.ts';
import { runUntilStopped, type Life } from './run-until-stopped.ts';
import { say } from './say.ts';

const USE = 'npm run storage:move -- --to s3 [--from disk] [--library ID]';

type Args = { to?: string | undefined; from?: string | undefined; library?: string | undefined };

function backendNamed(name: string | undefined): Backend {
  if (name === undefined) throw new Error(`Say where to. Use: ${USE}`);
  const backend = BACKENDS.find((known) => known === name);
  if (!backend) throw new Error(`${name} is none of ${BACKENDS.join(', ')}. Use: ${USE}`);
  return backend;
}

const inMegabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

async function move(life: Life, args: Args) {
  const to = backendNamed(args.to);
  const from = args.from === undefined ? undefined : backendNamed(args.from);
  const library = args.library === undefined ? undefined : LibraryId.safeParse(args.library);
  if (library?.success === false) throw new Error('--library takes the id of a library');
  const env = loadEnv();
  const databaseUrl = await openBeside(env, life);
  await refuseBlind(databaseUrl, to);
  const connection = connect(databaseUrl, { max: 6 });
  life.started.defer(() => connection.close());
  const places = { storage: await openStorage(env), otherStorage: openOtherStorage(env) };
  const ctx = { db: connection.db, ...places, now: () => new Date() };

  const options = { to, from, library: library?.data };
  const all = await countMovable(ctx, options);
  say(`${all.objects} objects to move to ${to}, ${inMegabytes(all.bytes)}`);
  let saidAt = Date.now();
  const onProgress = ({ moved, bytes, left }: MoveSummary) => {
    if (Date.now() - saidAt < 2000) return;
    saidAt = Date.now();
    const failed = left.length > 0 ? `, ${left.length} failed` : '';
    say(`${moved} of ${all.objects} moved, ${inMegabytes(bytes)} of ${inMegabytes(all.bytes)}${failed}`);
  };
  const summary = await moveObjects(ctx, { ...options, signal: life.stopping, onProgress });
  for (const { key, reason } of summary.left.slice(0, 10)) console.log(`  left ${key}: ${reason}`);
  const rest = await countMovable(ctx, options);
  say(`${summary.moved} objects moved, ${inMegabytes(summary.bytes)}; ${rest.objects} left`);
  if (summary.moved > 0) say('the old copies go ten minutes from now, when no link to them is in use');
  if (env.STORAGE !== to)
    say(`new files still go to ${env.STORAGE}: set STORAGE=${to} and start the app again`);
  life.stop(rest.objects === 0 ? 0 : 1);
}

/** Whoever serves pictures must be able to read them at their new place. */
async function refuseBlind(databaseUrl: string, to: Backend) {
  const sql = postgres(databaseUrl, { max: 1, onnotice() {} });
  try {
    if ((await findBlind(sql, to)) === 0) return;
  } finally {
    await sql.end();
  }
  throw new Error(
    `A running server cannot read ${to} yet: set its variables there too, start it again, then move.`,
  );
}

const { values } = readArgs(USE, {
  to: { type: 'string' },
  from: { type: 'string' },
  library: { type: 'string' },
});
runUntilStopped((life) => move(life, values), { interruptedCode: 130 });
