import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { NOBODYS_LIBRARY } from '#core/owner.ts';
import { newGuest, useTestServer } from '../testing/server.ts';
import { readLibrary, writeLibrary } from './doors.ts';

const server = useTestServer();

test('a write takes the next version; one that fails gives it back', async () => {
  const guest = await newGuest(server());
  const versions = [];
  versions.push(await writeLibrary(guest, async (_tx, head) => head.version));
  await expect(
    writeLibrary(guest, async () => {
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  versions.push(await writeLibrary(guest, async (_tx, head) => head.version));
  expect(versions).toEqual([1, 2]);
});

test('nobody writes nothing', async () => {
  await expect(
    writeLibrary({ db: server().db, library: NOBODYS_LIBRARY }, async () => 1),
  ).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('inside a door, a statement without a filter sees one library', async () => {
  const [mine, other] = [await newGuest(server()), await newGuest(server())];
  const seen = await readLibrary(mine, (tx) => tx.execute<{ id: string }>(sql`select id from libraries`));
  expect(seen.map((row) => row.id)).toEqual([mine.library]);
  expect(other.library).not.toBe(mine.library);
});
