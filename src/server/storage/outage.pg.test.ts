import { spawnSync } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { MediaId } from '#core/media.ts';
import { checkReadiness } from '../http/ready.ts';
import { getMediaFile } from '../media/read.ts';
import { saveMedia } from '../media/save.ts';
import { exportLibrary } from '../privacy/export.ts';
import type { RunningServer } from '../server.ts';
import { Jar, query } from '../testing/api.ts';
import { ownDatabase } from '../testing/database.ts';
import { PIXEL } from '../testing/objects.ts';
import { newGuest, openTestServer, type Guest } from '../testing/server.ts';
import { guestCookie } from '../auth/cookies.ts';
import type { StorageKey } from './keys.ts';
import { StorageError, type Storage } from './port.ts';
import { FIXTURES, type Fixture } from './testing/fixtures.ts';

// New bytes go to the disk, and what was saved before is in a bucket that can be made to fail.
let disk: RunningServer;
let store: Fixture;
let server: RunningServer;
let folder = '';
beforeAll(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'afterimage-outage-'));
  disk = await openTestServer((await ownDatabase()).url);
  store = await FIXTURES.s3();
  server = { ...disk, otherStorage: async (backend) => (backend === 's3' ? store.storage : null) };
  globalThis.afterimageServer = Promise.resolve(server);
});
afterEach(() => store.setFault(null));
afterAll(async () => {
  globalThis.afterimageServer = undefined;
  await store.close();
  await disk.close();
  await fs.rm(folder, { recursive: true, force: true });
});

let guest: Guest & { pauses: number[] };
const old: MediaId[] = [];
beforeAll(async () => {
  guest = { ...(await newGuest(server)), pauses: [] };
  for (let index = 0; index < 3; index += 1)
    old.push((await saveMedia({ ...guest, storage: store.storage }, { data: PIXEL })).id);
  await saveMedia(guest, { data: PIXEL });
});

const visitor = () => {
  const jar = new Jar();
  jar.cookies.set(guestCookie(), guest.token);
  return jar;
};
const Answer = z.object({ error: z.object({ code: z.string(), message: z.string() }) });
const refusalOf = async (response: Response) => Answer.parse(await response.json()).error;

const READ = `
import json, sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
print(json.dumps({n: z.read(n).decode() for n in z.namelist() if n.endswith('.json')}))`;

/** The JSON of an archive; null when it does not open. */
async function download(ctx: Parameters<typeof exportLibrary>[0]): Promise<Record<string, string> | null> {
  const file = path.join(folder, `${crypto.randomUUID()}.zip`);
  await fs.writeFile(file, exportLibrary(ctx)).catch(() => {});
  const { status, stdout } = spawnSync('python3', ['-c', READ, file], { encoding: 'utf8' });
  return status === 0 ? z.record(z.string(), z.string()).parse(JSON.parse(stdout)) : null;
}
const failedOf = (files: Record<string, string> | null) =>
  z.array(z.object({ id: z.string(), reason: z.string() })).parse(JSON.parse(files?.['failed.json'] ?? '[]'));

const withStore = (change: Partial<Storage>) => ({
  ...guest,
  otherStorage: async () => ({ ...store.storage, ...change }),
});

test('an export is refused before its first byte while a storage that it needs does not answer', async () => {
  store.setFault('answers 500');
  const refused = await visitor().fetch('/api/v1/export');
  expect(refused.status).toBe(503);
  expect((await refusalOf(refused)).message).toBe(
    'The storage does not answer just now, so the download would be incomplete. Nothing is lost: try again later.',
  );
  // A link that is refused tells nobody why: the page that has it does.
  expect(await query(visitor(), 'privacy.summary')).toMatchObject({
    data: { media: 4, refused: expect.stringContaining('the download would be incomplete') },
  });

  // Whose library is not there is not held up.
  const other = await newGuest(server);
  await saveMedia(other, { data: PIXEL });
  const jar = new Jar();
  jar.cookies.set(guestCookie(), other.token);
  const answered = await jar.fetch('/api/v1/export');
  expect(answered.status).toBe(200);
  await answered.body?.cancel();

  store.setFault(null);
  expect(await query(visitor(), 'privacy.summary')).toMatchObject({ data: { media: 4, refused: null } });
  const whole = await visitor().fetch('/api/v1/export');
  expect(whole.status).toBe(200);
  await whole.body?.cancel();
});

test('a storage that goes away during an export breaks it off, so that the archive does not open', async () => {
  let reads = 0;
  const leaving = withStore({
    get(key, range) {
      reads += 1;
      if (reads === 2) store.setFault('answers 500');
      return store.storage.get(key, range);
    },
  });
  expect(await download(leaving)).toBeNull();
  store.setFault(null);
  expect(failedOf(await download(guest))).toEqual([]);
});

test('an object that the storage alone does not read is listed with that reason, and the rest is whole', async () => {
  const [id] = old;
  if (!id) throw new Error('one was saved');
  const { key: bad } = await getMediaFile(guest, id, 'original');
  const fail = (key: StorageKey) => {
    if (key === bad) throw new StorageError('UNAVAILABLE', 'The storage answered 500: internal');
  };
  const spoilt = withStore({
    async get(key, range) {
      fail(key);
      return store.storage.get(key, range);
    },
    async head(key) {
      fail(key);
      return store.storage.head(key);
    },
  });
  const failed = failedOf(await download(spoilt));
  expect(failed).toEqual([{ id, reason: expect.stringContaining('may have it still') }]);
});

test('a file whose line breaks is read on from there, byte for byte', async () => {
  let breaks = 0;
  const flaky = withStore({
    async get(key, range) {
      const found = await store.storage.get(key, range);
      if (!found || range) return found;
      breaks += 1;
      const whole = Buffer.from(await new Response(found.stream).arrayBuffer());
      const pieces = [whole.subarray(0, 20)];
      const stream = new ReadableStream<Uint8Array>({
        pull(controller) {
          const piece = pieces.pop();
          if (!piece) throw new StorageError('UNAVAILABLE', 'The storage broke off while it was read.');
          controller.enqueue(piece);
        },
      });
      return { ...found, stream };
    },
  });
  const files = await download(flaky);
  expect(breaks).toBe(3);
  expect(files).not.toBeNull();
  expect(failedOf(files)).toEqual([]);
});

test('a file that cannot be read just now is said to be kept', async () => {
  store.setFault('answers 500');
  const response = await visitor().fetch(`/media/${old[0]}/original`);
  expect(response.status).toBe(503);
  expect(await refusalOf(response)).toMatchObject({
    code: 'UNAVAILABLE',
    message: 'The storage does not answer just now. Your pictures are kept: try again later.',
  });
  const unset = { ...server, otherStorage: async () => null };
  globalThis.afterimageServer = Promise.resolve(unset);
  const unconfigured = await visitor().fetch(`/media/${old[0]}/original`);
  globalThis.afterimageServer = Promise.resolve(server);
  expect((await refusalOf(unconfigured)).message).toContain('Your pictures are kept');
});

test('a server is ready only when every storage with live objects answers', async () => {
  const { status, checks } = await stateOf();
  expect([status, checks]).toEqual([200, { ...checks, storage: 'ok', 'storage:s3': 'ok' }]);
  // One that was never asked before: an answer is believed for some seconds.
  const fresh = await FIXTURES.s3();
  fresh.setFault('answers 500');
  globalThis.afterimageServer = Promise.resolve({ ...server, otherStorage: async () => fresh.storage });
  expect(await stateOf()).toMatchObject({ status: 503, checks: { storage: 'ok', 'storage:s3': 'failed' } });
  globalThis.afterimageServer = Promise.resolve(server);
  await fresh.close();
});

async function stateOf() {
  const response = await checkReadiness();
  const body = z.object({ checks: z.record(z.string(), z.string()) }).parse(await response.json());
  return { status: response.status, checks: body.checks };
}
