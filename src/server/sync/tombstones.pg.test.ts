import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { MediaId } from '#core/media.ts';
import { digestRows, makeCursor, parseCursor, SYNC_SCHEMA } from '#core/sync.ts';
import { readLibrary } from '../db/doors.ts';
import { purgeMedia, trashMedia } from '../media/change.ts';
import { saveMedia } from '../media/save.ts';
import { newGuest, useTestServer } from '../testing/server.ts';
import { readChanges, readCursor, readWindow } from './changes.ts';
import { readDigest } from './digest.ts';
import { purgeTombstones } from './tombstones.ts';

const server = useTestServer();

const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

test('removing tombstones raises the floor: an older cursor starts over, a newer one goes on', async () => {
  const guest = await newGuest(server());
  const before = await readCursor(guest);
  const { id } = await saveMedia(guest, { data: PIXEL });
  await purgeMedia(guest, { ids: [MediaId.parse(id)] });
  const after = await readCursor(guest);
  await saveMedia(guest, { data: PIXEL });

  expect(await readChanges(guest, { cursor: before, schema: SYNC_SCHEMA })).toMatchObject({ type: 'delta' });
  expect(await purgeTombstones(server(), -1)).toBeGreaterThanOrEqual(1);
  const left = await readLibrary(guest, (tx) =>
    tx.execute(sql`select id from media where deleted_at is not null`),
  );
  expect(left).toHaveLength(0);
  expect(await readChanges(guest, { cursor: before, schema: SYNC_SCHEMA })).toEqual({
    type: 'reset',
    reason: 'floor',
  });
  const delta = await readChanges(guest, { cursor: after, schema: SYNC_SCHEMA });
  expect(delta).toMatchObject({ type: 'delta', changes: [{ type: 'media' }] });
});

test('a tombstone that is not old enough stays', async () => {
  const guest = await newGuest(server());
  const { id } = await saveMedia(guest, { data: PIXEL });
  await purgeMedia(guest, { ids: [MediaId.parse(id)] });
  await purgeTombstones(server());
  const { epoch } = parseCursor(await readCursor(guest));
  const changes = await readChanges(guest, { cursor: makeCursor(epoch, 0), schema: SYNC_SCHEMA });
  expect(changes).toMatchObject({ type: 'delta', changes: [{ type: 'media-gone', id }] });
});

test('the digest of the server is that of a device with the same rows, and of no other', async () => {
  const guest = await newGuest(server());
  const ids = [];
  for (let index = 0; index < 3; index += 1) ids.push((await saveMedia(guest, { data: PIXEL })).id);
  await trashMedia(guest, { ids: [MediaId.parse(ids[0])] });
  const { rows } = await readWindow(guest, { limit: 500 });
  const digest = await readDigest(guest);
  expect(digest).toMatchObject(digestRows(rows));
  expect(digest).not.toMatchObject(digestRows(rows.slice(1)));
  const [a, b, ...rest] = rows;
  if (!a || !b) throw new Error('three rows were saved');
  const swapped = [{ ...a, version: b.version }, { ...b, version: a.version }, ...rest];
  expect(digest).not.toMatchObject(digestRows(swapped));
  expect(digest).not.toMatchObject(digestRows(rows.map((row) => ({ ...row, version: row.version + 1 }))));
});
