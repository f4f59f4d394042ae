/**
 * npm run bench:list: what a page of 50 costs at the server in a library of 100,000 items, at its head and 2,000 pages
 * deep, for each list that the gallery shows. The verb alone, on an own Postgres, without HTTP.
 */
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { sql } from 'drizzle-orm';
import { encodePageCursor } from '../src/core/cursor.ts';
import { ListMediaInput, MediaId } from '../src/core/media.ts';
import { makeGuest } from '../src/server/auth/guest.ts';
import { connect } from '../src/server/db/client.ts';
import { readLibrary, writeLibrary } from '../src/server/db/doors.ts';
import { startEmbedded } from '../src/server/db/embedded.ts';
import { migrateDatabase } from '../src/server/db/migrate.ts';
import { listMedia } from '../src/server/media/read.ts';
import { readChanges, readCursor, readWindow } from '../src/server/sync/changes.ts';

const ITEMS = 100_000;
const PAGE = 50;
const ROUNDS = 100;

await using cleanup = new AsyncDisposableStack();
const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'afterimage-bench-'));
cleanup.defer(() => fs.rm(folder, { recursive: true, force: true }));
// Postgres runs as another user when this one is root, and has to pass through.
await fs.chmod(folder, 0o755);
const postgres = await startEmbedded(folder, { throwAway: true });
cleanup.defer(() => postgres.stop());
await migrateDatabase(postgres.url);
const connection = connect(postgres.url, { max: 4 });
cleanup.defer(() => connection.close());
const { db } = connection;

const { actor } = await makeGuest({ db, now: () => new Date() });
const ctx = { db, library: actor.library };
await writeLibrary(ctx, (tx, { version }) =>
  tx.execute(sql`
    insert into media (id, library_id, version, kind, origin, prompt, width, height, mime, bytes, sha256, roles,
                       starred, trashed_at, created_at, settings, metadata, thumbhash)
    select uuidv7(), ${actor.library}, ${version}, case n % 10 when 0 then 'video' else 'image' end, 'generated',
           'a lighthouse above a violet sea at dusk, long exposure, number ' || n, 1024, 1024, 'image/jpeg', 150000,
           repeat('a', 64), '{original,preview,thumb}', n % 20 = 0, case n % 25 when 1 then now() end,
           now() - n * interval '1 minute', '{"aspect":"1:1","seed":5}', '{"actual":{"demo":true}}', 'HBkSHYSIeHiPiHh8eJd4eTN0EEQG'
    from generate_series(1, ${ITEMS}) n`),
);
await db.execute(sql`analyze media`);

async function median(work: () => Promise<unknown>): Promise<string> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS + 10; round += 1) {
    const began = performance.now();
    await work();
    if (round >= 10) times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  const at = (part: number) => (times[Math.floor(times.length * part)] ?? 0).toFixed(2);
  return `${at(0.5)} (${at(0.9)})`;
}

/** The cursor that stands before the last page but one of a list. */
async function deep(filter: ReturnType<typeof sql>): Promise<string> {
  const [row] = await readLibrary(ctx, (tx) =>
    tx.execute<{ id: string; at: string }>(sql`
      select id, extract(epoch from created_at) * 1000 as at from media where ${filter}
      order by created_at, id offset ${PAGE} limit 1`),
  );
  return encodePageCursor({ createdAt: new Date(Number(row?.at)), id: MediaId.parse(row?.id) });
}

const LISTS = {
  gallery: { input: {}, filter: sql`trashed_at is null` },
  videos: { input: { kind: 'video' }, filter: sql`trashed_at is null and kind = 'video'` },
  starred: { input: { starred: true }, filter: sql`trashed_at is null and starred` },
  trash: { input: { trash: true }, filter: sql`trashed_at is not null` },
};

console.log(`A page of ${PAGE} of ${ITEMS} items, ms: median (p90) of ${ROUNDS}\n`);
console.log('| list | first page | last page |\n|---|---|---|');
for (const [name, { input, filter }] of Object.entries(LISTS)) {
  const first = ListMediaInput.parse({ ...input, limit: PAGE });
  const last = { ...first, cursor: await deep(filter) };
  console.log(
    `| ${name} | ${await median(() => listMedia(ctx, first))} | ${await median(() => listMedia(ctx, last))} |`,
  );
}
const cursor = await readCursor(ctx);
console.log('\n| reconcile | ms |\n|---|---|');
console.log(`| nothing changed | ${await median(() => readChanges(ctx, { cursor, schema: 1 }))} |`);
console.log(`| window of 500 | ${await median(() => readWindow(ctx, { limit: 500 }))} |`);
