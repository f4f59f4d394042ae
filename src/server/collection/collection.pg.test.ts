import { eq } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  CollectionId,
  COLLECTIONS_LIMIT,
  COLLECTIONS_OF_ITEM_LIMIT,
  NewCollectionId,
} from '#core/collection.ts';
import type { MediaId } from '#core/media.ts';
import { ClientId, digestRows, makeCursor, parseCursor, SYNC_SCHEMA, type Op } from '#core/sync.ts';
import { readLibrary, writeLibrary } from '../db/doors.ts';
import { collections } from '../db/schema.ts';
import { purgeMedia, restoreMedia, trashMedia } from '../media/change.ts';
import { getMedia, listMedia } from '../media/read.ts';
import { saveMedia } from '../media/save.ts';
import { readChanges, readCursor, readWindow } from '../sync/changes.ts';
import { readDigest } from '../sync/digest.ts';
import { pushOps } from '../sync/push.ts';
import { purgeTombstones } from '../sync/tombstones.ts';
import { Jar } from '../testing/api.ts';
import { PIXEL } from '../testing/objects.ts';
import { newGuest, useTestServer, type Guest } from '../testing/server.ts';
import { changeItems, createCollection, deleteCollection, renameCollection } from './change.ts';
import { listCollections } from './read.ts';

const server = useTestServer();
beforeAll(() => {
  globalThis.afterimageServer = Promise.resolve(server());
});
afterAll(() => {
  globalThis.afterimageServer = undefined;
});

const save = async (guest: Guest) => (await saveMedia(guest, { data: PIXEL })).id;
const newId = () => NewCollectionId.parse(uuidv7());
const idsOf = async (guest: Guest, id: MediaId) => (await getMedia(guest, id)).collectionIds;
const since = async (guest: Guest, cursor: Awaited<ReturnType<typeof readCursor>>) => {
  const changes = await readChanges(guest, { cursor, schema: SYNC_SCHEMA });
  return changes.type === 'delta' ? changes.changes : changes;
};
const put = (guest: Guest, id: CollectionId, ...add: MediaId[]) =>
  changeItems(guest, { id, add, remove: [] });

test('a delta tells of a collection that is new, renamed and gone, and of the items in it', async () => {
  const guest = await newGuest(server());
  const item = await save(guest);
  const start = await readCursor(guest);
  const { id } = await createCollection(guest, { name: 'Trips' });
  await put(guest, id, item);
  const renamed = await renameCollection(guest, { id, name: 'Far trips' });
  expect(renamed).toMatchObject({ id, name: 'Far trips' });
  expect(await since(guest, start)).toEqual([
    { type: 'media', row: expect.objectContaining({ id: item, collectionIds: [id] }) },
    { type: 'collection', row: renamed },
  ]);
  const before = await readCursor(guest);
  await deleteCollection(guest, id);
  const { version } = parseCursor(await readCursor(guest));
  expect(await since(guest, before)).toEqual([
    { type: 'media', row: expect.objectContaining({ id: item, collectionIds: [], version }) },
    { type: 'collection-gone', id, version },
  ]);
});

test('the first page of a window brings all live collections, later pages none', async () => {
  const guest = await newGuest(server());
  await save(guest);
  await save(guest);
  const kept = await createCollection(guest, { name: 'Kept' });
  const { id } = await createCollection(guest, { name: 'Gone' });
  await deleteCollection(guest, id);
  const first = await readWindow(guest, { limit: 1 });
  expect(first.collections).toEqual([kept]);
  expect((await readWindow(guest, { limit: 1, before: first.next ?? '' })).collections).toEqual([]);
  expect((await readDigest(guest)).collections).toEqual(digestRows([kept]));
});

test('collections count among the changes of a delta', async () => {
  const guest = await newGuest(server());
  const start = await readCursor(guest);
  await fill(guest, 500);
  expect(await since(guest, start)).toHaveLength(500);
  await save(guest);
  expect(await since(guest, start)).toEqual({ type: 'reset', reason: 'too-many' });
});

test('the trash gives an item back in its collections; deletion for good takes it out', async () => {
  const guest = await newGuest(server());
  const item = await save(guest);
  const { id } = await createCollection(guest, { name: 'Trips' });
  await put(guest, id, item);
  await trashMedia(guest, { ids: [item] });
  expect(await listCollections(guest)).toMatchObject([{ id, size: 0, cover: null }]);
  await restoreMedia(guest, { ids: [item] });
  expect(await idsOf(guest, item)).toEqual([id]);
  expect(await listCollections(guest)).toMatchObject([{ id, size: 1, cover: { id: item } }]);
  await purgeMedia(guest, { ids: [item] });
  expect(await listCollections(guest)).toMatchObject([{ id, size: 0 }]);
});

test('media are listed by collection, page by page, and never those of another owner', async () => {
  const guest = await newGuest(server());
  const items = [await save(guest), await save(guest), await save(guest)];
  const { id } = await createCollection(guest, { name: 'Trips' });
  await put(guest, id, ...items.slice(0, 2));
  const list = (cursor?: string) => listMedia(guest, { trash: false, limit: 1, collection: id, cursor });
  const first = await list();
  const second = await list(first.nextCursor ?? '');
  expect([...first.items, ...second.items].map((item) => item.id)).toEqual([items[1], items[0]]);
  expect(second.nextCursor).toBeNull();
  const other = await newGuest(server());
  expect((await listMedia(other, { trash: false, limit: 9, collection: id })).items).toEqual([]);
});

/** Operations of a new device, and what became of them. */
const push = async (guest: Guest, ...ops: Op[]) => {
  const { acks } = await pushOps(guest, { clientId: ClientId.parse(uuidv7()), ops });
  return acks.map(({ status, error }) => error?.code ?? status);
};
const collect = (seq: number, id: MediaId, add: CollectionId[], remove: CollectionId[] = []): Op => ({
  seq,
  type: 'collect',
  id,
  add,
  remove,
});

describe('operations of a device', () => {
  test('two devices that put an item into different collections agree that it is in both', async () => {
    const guest = await newGuest(server());
    const [item, a, b] = [await save(guest), newId(), newId()];
    const create = (id: typeof a): Op => ({ seq: 1, type: 'collection-create', id, name: 'New' });
    expect(await push(guest, create(a), collect(2, item, [a]))).toEqual(['ok', 'ok']);
    expect(await push(guest, create(b), collect(2, item, [b]))).toEqual(['ok', 'ok']);
    expect(await push(guest, create(a), collect(2, item, [a, b]))).toEqual(['noop', 'noop']);
    expect(new Set(await idsOf(guest, item))).toEqual(new Set([a, b]));
    expect(await push(guest, collect(1, item, [], [a, newId()]))).toEqual(['ok']);
    expect(await idsOf(guest, item)).toEqual([b]);
  });

  test('unknown, foreign and deleted collections are refused alike, and nothing changes', async () => {
    const [guest, other] = [await newGuest(server()), await newGuest(server())];
    const item = await save(guest);
    const foreign = (await createCollection(other, { name: 'Theirs' })).id;
    const deleted = (await createCollection(guest, { name: 'Gone' })).id;
    const mine = (await createCollection(guest, { name: 'Mine' })).id;
    await deleteCollection(guest, deleted);
    for (const id of [foreign, deleted, newId()]) {
      expect(
        await push(
          guest,
          collect(1, item, [mine, id]),
          { seq: 2, type: 'collection-rename', id, name: 'Taken' },
          { seq: 3, type: 'collection-delete', id },
        ),
      ).toEqual(['NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND']);
    }
    expect(await idsOf(guest, item)).toEqual([]);
    expect(await listCollections(other)).toMatchObject([{ id: foreign, name: 'Theirs' }]);
  });

  test('an id of somebody else, or of a deleted collection, makes no new one', async () => {
    const [guest, other] = [await newGuest(server()), await newGuest(server())];
    const [foreign, gone] = [newId(), newId()];
    await createCollection(other, { id: foreign, name: 'Theirs' });
    await createCollection(guest, { id: gone, name: 'Gone' });
    await deleteCollection(guest, gone);
    for (const id of [foreign, gone])
      expect(await push(guest, { seq: 1, type: 'collection-create', id, name: 'Mine' })).toEqual([
        'CONFLICT',
      ]);
    expect(await listCollections(guest)).toEqual([]);
  });
});

/** Straight into the table: a request for each would only take time. */
const fill = (guest: Guest, count: number) =>
  writeLibrary(guest, async (tx, { version }) => {
    const rows = Array.from({ length: count }, (_, n) => ({
      id: CollectionId.parse(uuidv7()),
      libraryId: guest.library,
      version,
      name: `Collection ${n}`,
    }));
    await tx.insert(collections).values(rows);
    return rows.map(({ id }) => id);
  });

test('a full library, and an item that is in as many collections as it can be, are told so', async () => {
  const guest = await newGuest(server());
  const item = await save(guest);
  const ids = await fill(guest, COLLECTIONS_LIMIT - 1);
  const last = await createCollection(guest, { name: 'The last' });
  await expect(createCollection(guest, { name: 'One more' })).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await createCollection(guest, { id: NewCollectionId.parse(last.id), name: 'Again' })).toEqual(last);

  for (const id of ids.slice(0, COLLECTIONS_OF_ITEM_LIMIT)) await put(guest, id, item);
  await expect(put(guest, last.id, item)).rejects.toMatchObject({ code: 'CONFLICT' });
  await changeItems(guest, { id: ids[0] ?? last.id, add: [], remove: [item] });
  await put(guest, last.id, item);
  expect(await idsOf(guest, item)).toHaveLength(COLLECTIONS_OF_ITEM_LIMIT);
});

test('removing the tombstone of a collection raises the floor', async () => {
  const guest = await newGuest(server());
  const { id } = await createCollection(guest, { name: 'Gone' });
  const before = await readCursor(guest);
  await deleteCollection(guest, id);
  const gone = await readLibrary(guest, (tx) => tx.select().from(collections).where(eq(collections.id, id)));
  expect(gone).toMatchObject([{ name: '' }]);
  await purgeTombstones(server());
  expect(await since(guest, before)).toMatchObject([{ type: 'collection-gone', id }]);
  await purgeTombstones(server(), -1);
  expect(await since(guest, before)).toEqual({ type: 'reset', reason: 'floor' });
  const { epoch } = parseCursor(before);
  const { version } = parseCursor(await readCursor(guest));
  expect(await readChanges(guest, { cursor: makeCursor(epoch, version), schema: SYNC_SCHEMA })).toEqual({
    type: 'same',
  });
});

test('over REST: create, list, rename, put in, take out, delete', async () => {
  const guest = await newGuest(server());
  const item = await save(guest);
  const jar = new Jar();
  jar.cookies.set('guest', guest.token);
  const id = newId();
  const created = await jar.json('/api/v1/collections', { json: { id, name: '  Trips ' } });
  expect(created).toMatchObject({ status: 201, body: { id, name: 'Trips' } });
  const repeated = await jar.json('/api/v1/collections', { json: { id, name: 'Other' } });
  expect(repeated).toEqual(created);
  const at = `/api/v1/collections/${id}`;
  const send = (path: string, json: unknown) => jar.json(path, { method: 'PATCH', json });
  expect(await send(at, { name: 'Far' })).toMatchObject({ status: 200, body: { name: 'Far' } });
  expect((await send(at, { name: ' ' })).body.error).toMatchObject({ field: 'name' });
  expect(await send(`${at}/items`, { add: [item] })).toMatchObject({ status: 200 });
  expect((await send(`${at}/items`, {})).body.error).toMatchObject({ code: 'BAD_INPUT', field: 'add' });
  expect((await send(`${at}/items`, { add: [uuidv7()] })).status).toBe(404);
  expect((await jar.json('/api/v1/collections')).body.items).toMatchObject([{ id, name: 'Far', size: 1 }]);
  expect((await jar.json(`/api/v1/media?collection=${id}`)).body.items).toMatchObject([{ id: item }]);
  expect(await send(`${at}/items`, { remove: [item] })).toMatchObject({ status: 200 });
  expect(await idsOf(guest, item)).toEqual([]);
  expect((await jar.fetch(at, { method: 'DELETE' })).status).toBe(200);
  expect((await jar.fetch(at, { method: 'DELETE' })).status).toBe(404);
});
