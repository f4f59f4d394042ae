import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MediaId } from '#core/media.ts';
import { examine } from './doctor/examine.ts';
import type { Finding } from './doctor/finding.ts';
import { sweepStorage } from './ledger.ts';
import { purgeMedia } from './media/change.ts';
import { getMediaFile } from './media/read.ts';
import { saveMedia } from './media/save.ts';
import { countMovable, moveObjects } from './move-objects.ts';
import type { RunningServer } from './server.ts';
import type { StorageKey } from './storage/keys.ts';
import { storageOf } from './storage/place.ts';
import type { Backend, Storage } from './storage/port.ts';
import { FIXTURES, type Fixture } from './storage/testing/fixtures.ts';
import { findBlind } from './sync/pokes.ts';
import { Jar } from './testing/api.ts';
import { ownDatabase } from './testing/database.ts';
import { keysOnDisk, ledgerOf, PIXEL } from './testing/objects.ts';
import { newGuest, openTestServer, type Guest } from './testing/server.ts';

// A database of its own: what is compared here is the whole ledger with both stores.
let server: RunningServer;
let s3: Fixture;
const pixel = Buffer.from(PIXEL, 'base64');
const png = { mime: 'image/png' };
const AFTER_LINKS = 11 * 60_000;

beforeAll(async () => {
  const opened = await openTestServer((await ownDatabase()).url);
  s3 = await FIXTURES.s3(2000);
  const { storage: disk } = opened;
  const stores: Partial<Record<Backend, Storage>> = { disk, s3: s3.storage };
  server = { ...opened, otherStorage: async (backend) => stores[backend] ?? null };
  globalThis.afterimageServer = Promise.resolve(server);
});
afterAll(async () => {
  globalThis.afterimageServer = undefined;
  await s3.close();
  await server.close();
});

async function fill(items: number): Promise<{ owner: Guest; ids: MediaId[] }> {
  const owner = await newGuest(server);
  const ids: MediaId[] = [];
  for (let made = 0; made < items; made += 1) ids.push((await saveMedia(owner, { data: PIXEL })).id);
  return { owner, ids };
}

const placesOf = (owner: Guest, ids: MediaId[]) =>
  Promise.all(ids.map(async (id) => (await getMediaFile(owner, id, 'original')).backend));

async function look(): Promise<Finding[]> {
  const found: Finding[] = [];
  for await (const finding of examine(server, { deep: true })) found.push(finding);
  return found;
}
const later = () => ({ ...server, now: () => new Date(Date.now() + AFTER_LINKS) });

async function readOriginal(owner: Guest, id: MediaId): Promise<Buffer> {
  const { key, backend } = await getMediaFile(owner, id, 'original');
  const found = await (await storageOf(server, backend)).get(key);
  if (!found) throw new Error(`the bytes of ${id} were not there`);
  return Buffer.from(await new Response(found.stream).arrayBuffer());
}

test('a library moves while it is read and written, and only then do the old bytes go', async () => {
  const { owner, ids } = await fill(6);
  const other = await fill(1);
  const jar = new Jar();
  const mine = await jar.json('/api/v1/media', { json: { data: PIXEL } });

  const done = new AbortController();
  let reads = 0;
  const reading = (async () => {
    while (!done.signal.aborted)
      for (const id of ids) {
        expect(await readOriginal(owner, id)).toEqual(pixel);
        reads += 1;
      }
  })();
  const { library } = owner;
  const moving = moveObjects(server, { to: 's3', library, parallel: 2 });
  const { id: fresh } = await saveMedia(owner, { data: PIXEL });
  const summary = await moving;
  // What was saved behind the move's back goes with the next one.
  const again = await moveObjects(server, { to: 's3', library });
  done.abort();
  await reading;
  expect(reads).toBeGreaterThan(5);
  expect(summary.left).toEqual([]);
  expect(summary.moved + again.moved).toBe(21);
  expect(await countMovable(server, { to: 's3', library })).toEqual({ objects: 0, bytes: 0 });
  expect(new Set(await placesOf(owner, [...ids, fresh]))).toEqual(new Set(['s3']));
  expect(await placesOf(other.owner, other.ids)).toEqual(['disk']);

  const onDisk = (await keysOnDisk(server)).length;
  await sweepStorage(server, -1);
  // A link to the old place may be in use for some minutes more.
  expect(await keysOnDisk(server)).toHaveLength(onDisk);
  await sweepStorage(later());
  expect(await keysOnDisk(server)).toHaveLength(onDisk - 21);
  expect(await look()).toEqual([]);

  // All of it, over HTTP.
  await moveObjects(server, { to: 's3' });
  const moved = await jar.fetch(`/media/${mine.body.id}/original`);
  expect(Buffer.from(await moved.arrayBuffer())).toEqual(pixel);
  await sweepStorage(later());
  expect(await keysOnDisk(server)).toEqual([]);
  expect(await look()).toEqual([]);
});

test('what is purged while it is being moved is not told as left behind', async () => {
  const { owner, ids } = await fill(2);
  const disk = server.storage;
  const get: typeof disk.get = async (...args) => {
    await purgeMedia(owner, { ids });
    await sweepStorage(server, -1);
    return disk.get(...args);
  };
  const { library } = owner;
  const summary = await moveObjects({ ...server, storage: { ...disk, get } }, { to: 's3', library });
  expect(summary).toEqual({ moved: 0, bytes: 0, left: [] });
});

test('with another STORAGE the old bytes are read, deleted and moved back from where they are', async () => {
  const { owner, ids } = await fill(2);
  const [id = ids[0], purged] = ids;
  if (!id || !purged) throw new Error('two were saved');
  const disk = server.storage;
  const keys = await keysOnDisk(server);
  const turned = { ...server, storage: s3.storage };
  const turnedOwner = { ...owner, storage: s3.storage };
  const { id: fresh } = await saveMedia(turnedOwner, { data: PIXEL });
  expect(await placesOf(owner, [id, fresh])).toEqual(['disk', 's3']);
  globalThis.afterimageServer = Promise.resolve(turned);
  expect(await readOriginal(owner, id)).toEqual(pixel);
  await purgeMedia(turnedOwner, { ids: [purged] });
  await sweepStorage(turned, -1);
  expect(await keysOnDisk({ storage: disk })).toHaveLength(keys.length - 3);
  globalThis.afterimageServer = Promise.resolve(server);

  const back = await moveObjects(server, { to: 'disk', from: 's3', library: owner.library });
  expect(back).toMatchObject({ moved: 3, left: [] });
  expect(await placesOf(owner, [id, fresh])).toEqual(['disk', 'disk']);
  expect(await readOriginal(owner, fresh)).toEqual(pixel);
  await sweepStorage(later());
  expect(await look()).toEqual([]);
});

test('a move that stops at any step loses nothing, and the next one ends it', async () => {
  const { owner, ids } = await fill(3);
  const { library } = owner;
  const [first] = ids;
  if (!first) throw new Error('three were saved');
  const faults: ((real: Storage) => Partial<Storage>)[] = [
    () => ({ put: () => Promise.reject(new Error('stopped before the bytes')) }),
    (real) => ({
      async put(key: StorageKey, ...rest: [never, never]) {
        await real.put(key, ...rest);
        throw new Error('stopped after the bytes');
      },
    }),
    () => ({ get: async () => null }),
    () => ({ get: () => Promise.reject(new Error('stopped while reading back')) }),
  ];
  for (const faultsOf of faults) {
    const broken = { ...s3.storage, ...faultsOf(s3.storage) };
    const ctx = { ...server, otherStorage: async () => broken };
    const { moved, left } = await moveObjects(ctx, { to: 's3', library, parallel: 1 });
    expect([moved, left.length]).toEqual([0, 9]);
    expect(new Set(await placesOf(owner, ids))).toEqual(new Set(['disk']));
    for (const id of ids) expect(await readOriginal(owner, id)).toEqual(pixel);
  }
  const stop = new AbortController();
  const onProgress = () => stop.abort();
  const part = await moveObjects(server, { to: 's3', library, parallel: 1, signal: stop.signal, onProgress });
  expect(part.moved).toBe(1);
  const rest = await moveObjects(server, { to: 's3', library });
  expect(rest.moved).toBe(8);
  await sweepStorage(server, -1);
  await sweepStorage(later());
  const rows = await ledgerOf(server, first);
  expect(rows.filter(({ state }) => state === 'live').map(({ backend }) => backend)).toEqual([
    's3',
    's3',
    's3',
  ]);
  expect(rows.every(({ state }) => state === 'live' || state === 'gone')).toBe(true);
  expect(await look()).toEqual([]);
});

test('a storage that fails again and again ends the move with its reason', async () => {
  const { owner } = await fill(5);
  s3.setFault('is full');
  await expect(moveObjects(server, { to: 's3', library: owner.library })).rejects.toThrow(
    /10 times in a row/,
  );
  s3.setFault(null);
  await sweepStorage(server, -1);
  expect(await look()).toEqual([]);
});

test('bytes that are not those that were saved stay where they are, and are told', async () => {
  const { owner, ids } = await fill(1);
  const [id] = ids;
  if (!id) throw new Error('one was saved');
  const { key, bytes } = await getMediaFile(owner, id, 'original');
  await server.storage.delete(key);
  await server.storage.put(key, randomBytes(bytes), png);
  const { moved, left } = await moveObjects(server, { to: 's3', library: owner.library });
  expect(moved).toBe(2);
  expect(left).toEqual([{ key, reason: 'not the bytes in disk that were saved' }]);
  expect((await getMediaFile(owner, id, 'original')).key).toBe(key);
  await server.storage.delete(key);
  await server.storage.put(key, pixel, png);
  await sweepStorage(later(), -1);
  expect(await look()).toEqual([]);
});

test('what is purged while it is copied does not come back', async () => {
  const { owner, ids } = await fill(1);
  const [id] = ids;
  if (!id) throw new Error('one was saved');
  const slow: Storage = {
    ...s3.storage,
    async put(...args) {
      const put = await s3.storage.put(...args);
      if ((await ledgerOf(server, id)).some(({ state }) => state === 'live'))
        await purgeMedia(owner, { ids: [id] });
      return put;
    },
  };
  const ctx = { ...server, otherStorage: async () => slow };
  expect(await moveObjects(ctx, { to: 's3', library: owner.library, parallel: 1 })).toMatchObject({
    moved: 0,
  });
  await sweepStorage(later(), -1);
  for (const { state } of await ledgerOf(server, id)) expect(state).toBe('gone');
  expect(await look()).toEqual([]);
});

test('a server that could not read the new place is noticed before anything moves', async () => {
  const sql = postgres(server.databaseUrl, { max: 1 });
  expect(await findBlind(sql, 'disk')).toBe(0);
  expect(await findBlind(sql, 's3')).toBe(1);
  await sql.end();
});
