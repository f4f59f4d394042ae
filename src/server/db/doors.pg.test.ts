import { sql } from 'drizzle-orm';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { MediaId } from '#core/media.ts';
import { NOBODYS_LIBRARY } from '#core/owner.ts';
import { SYNC_SCHEMA } from '#core/sync.ts';
import { uuidv7 } from 'uuidv7';
import { readChanges, readCursor } from '../sync/changes.ts';
import { newGuest, useTestServer, type Guest } from '../testing/server.ts';
import type { Tx } from './client.ts';
import { asServer, readLibrary, writeLibrary } from './doors.ts';
import { media } from './schema.ts';

const server = useTestServer();

const row = (guest: Guest, version: number) => ({
  id: MediaId.parse(uuidv7()),
  libraryId: guest.library,
  version,
  kind: 'image' as const,
  origin: 'uploaded' as const,
  width: 1,
  height: 1,
  mime: 'image/png' as const,
  bytes: 1,
  sha256: '0',
  roles: [],
});

const insert = (guest: Guest) =>
  writeLibrary(guest, async (tx, { version }) => {
    const one = row(guest, version);
    await tx.insert(media).values(one);
    return one.id;
  });

/** The driver puts what Postgres said behind the statement that failed. */
const reason = (error: unknown) =>
  error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
const failure = (work: Promise<unknown>) => work.then(() => 'nothing failed', reason);

test('a write takes the next version; one that fails gives it back', async () => {
  const guest = await newGuest(server());
  const first = await writeLibrary(guest, async (_tx, head) => head.version);
  await expect(
    writeLibrary(guest, async () => {
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  const second = await writeLibrary(guest, async (_tx, head) => head.version);
  expect([first, second]).toEqual([1, 2]);
});

test('nobody writes nothing', async () => {
  const nobody = { db: server().db, library: NOBODYS_LIBRARY };
  await expect(writeLibrary(nobody, async () => 1)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('a library that was merged takes no more writes', async () => {
  const [from, into] = [await newGuest(server()), await newGuest(server())];
  await asServer(server(), (tx) =>
    tx.execute(
      sql`update libraries set merged_into = ${into.library}, session_id = null where id = ${from.library}`,
    ),
  );
  await expect(insert(from)).rejects.toMatchObject({ code: 'OWNER_CHANGED' });
});

const OWNED = ['media', 'media_files', 'generations', 'uploads', 'sync_clients', 'collections', 'libraries'];

test.each(OWNED)('inside a door, %s without a filter shows one library', async (table) => {
  const [mine, other] = [await newGuest(server()), await newGuest(server())];
  await insert(mine);
  await insert(other);
  const column = sql.identifier(table === 'libraries' ? 'id' : 'library_id');
  const seen = await readLibrary(mine, (tx) =>
    tx.execute<{ owner: string }>(sql`select distinct ${column} as owner from ${sql.identifier(table)}`),
  );
  expect(seen.filter(({ owner }) => owner !== mine.library)).toEqual([]);
});

test('inside a door, another library can be neither written nor counted, nor can credentials be read', async () => {
  const [mine, other] = [await newGuest(server()), await newGuest(server())];
  const id = await insert(other);
  const attempt = (work: (tx: Tx, version: number) => Promise<unknown>) =>
    failure(writeLibrary(mine, (tx, { version }) => work(tx, version)));
  expect(await attempt((tx, version) => tx.insert(media).values(row(other, version)))).toMatch(
    /row-level security|is not its library/,
  );
  expect(await attempt((tx) => tx.execute(sql`select * from guest_sessions`))).toMatch(/permission denied/);
  expect(await attempt((tx) => tx.execute(sql`select * from users`))).toMatch(/permission denied/);
  const touched = await writeLibrary(mine, (tx, { version }) =>
    tx.execute(sql`update media set starred = true, version = ${version} where id = ${id} returning id`),
  );
  expect(touched).toHaveLength(0);
});

test('a row that does not carry the version of its transaction is refused', async () => {
  const guest = await newGuest(server());
  const id = await insert(guest);
  const forgotten = (work: (tx: Tx, version: number) => Promise<unknown>) =>
    failure(writeLibrary(guest, (tx, { version }) => work(tx, version)));
  expect(await forgotten((tx) => tx.execute(sql`update media set starred = true where id = ${id}`))).toMatch(
    /does not follow/,
  );
  expect(await forgotten((tx, version) => tx.insert(media).values(row(guest, version - 1)))).toMatch(
    /is not its library/,
  );
  expect(
    await forgotten((tx, version) =>
      tx.execute(sql`update media set starred = true, version = ${version + 1} where id = ${id}`),
    ),
  ).toMatch(/is not its library/);
});

test('eight writers at once, a reader that follows the cursor: nothing is missed', async () => {
  const guest = await newGuest(server());
  const written = new Set<string>();
  const read = new Set<string>();
  let cursor = await readCursor(guest);
  const done = new AbortController();
  const follow = async () => {
    const changes = await readChanges(guest, { cursor, schema: SYNC_SCHEMA });
    if (changes.type !== 'delta') return;
    for (const change of changes.changes) if (change.type === 'media') read.add(change.row.id);
    cursor = changes.cursor;
  };
  const reader = (async () => {
    while (!done.signal.aborted) await follow();
  })();
  const writer = async () => {
    for (let index = 0; index < 15; index += 1) {
      const id = await writeLibrary(guest, async (tx, { version }) => {
        const one = row(guest, version);
        await tx.insert(media).values(one);
        // Commits come in another order than the inserts wherever the lock does not forbid it.
        await sleep(Math.random() * 4);
        return one.id;
      });
      written.add(id);
    }
  };
  await Promise.all(Array.from({ length: 8 }, writer));
  done.abort();
  await reader;
  await follow();
  expect(written.size).toBe(120);
  expect([...written].filter((id) => !read.has(id))).toEqual([]);
});
