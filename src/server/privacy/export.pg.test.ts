import { eq, sql } from 'drizzle-orm';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { uuidv7 } from 'uuidv7';
import { z } from 'zod';
import { MediaId } from '#core/media.ts';
import { createCollection } from '../collection/change.ts';
import { revokeSessions } from '../auth/sessions.ts';
import type { LibraryCtx } from '../context.ts';
import { asServer, writeLibrary } from '../db/doors.ts';
import { media, mediaFiles, storageObjects } from '../db/schema.ts';
import { createGeneration } from '../generation/create.ts';
import { settleObjects, stageObject } from '../ledger.ts';
import { trashMedia } from '../media/change.ts';
import { Jar } from '../testing/api.ts';
import type { StorageKey } from '../storage/keys.ts';
import { watchHeldMemory } from '../testing/held-memory.ts';
import { keysOfLibrary } from '../testing/objects.ts';
import { newGuest, newLibrary, newUser, signInAs, useTestServer } from '../testing/server.ts';
import { exportLibrary } from './export.ts';

const server = useTestServer();
let folder = '';
beforeAll(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'afterimage-export-'));
  globalThis.afterimageServer = Promise.resolve(server());
});
afterAll(async () => {
  globalThis.afterimageServer = undefined;
  await fs.rm(folder, { recursive: true, force: true });
});

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Items of a library, made by SQL: each of its own bytes, or all of one object. */
async function fill(ctx: LibraryCtx, count: number, bytesOf: (index: number) => Uint8Array, share = false) {
  const staged = await Promise.all(
    Array.from({ length: share ? 1 : count }, (_, index) =>
      stageObject(ctx, uuidv7(), bytesOf(index), { mime: 'image/png' }),
    ),
  );
  const ids = Array.from({ length: count }, () => MediaId.parse(uuidv7()));
  const objectOf = (index: number) => staged[share ? 0 : index] ?? { key: '', bytes: 0, sha256: '' };
  await writeLibrary(ctx, async (tx, { version }) => {
    await settleObjects(tx, ctx.now(), staged);
    const common = { libraryId: ctx.library, width: 1, height: 1, mime: 'image/png' as const };
    await tx.insert(media).values(
      ids.map((id, index) => ({
        ...common,
        id,
        version,
        kind: 'image' as const,
        origin: 'uploaded' as const,
        prompt: `../${index} of them`,
        roles: ['original' as const],
        bytes: objectOf(index).bytes,
        sha256: objectOf(index).sha256,
      })),
    );
    const keys = staged.map(({ key }) => key);
    await tx.insert(mediaFiles).values(
      ids.flatMap((mediaId, index) => {
        const objectKey = keys[share ? 0 : index];
        const { bytes, sha256: hash } = objectOf(index);
        return objectKey
          ? [{ ...common, mediaId, role: 'original' as const, objectKey, bytes, sha256: hash }]
          : [];
      }),
    );
  });
  return ids;
}

async function download(ctx: LibraryCtx): Promise<string> {
  const zip = path.join(folder, `${uuidv7()}.zip`);
  await fs.writeFile(zip, exportLibrary(ctx));
  return zip;
}

const Sidecar = z.object({ id: z.string(), file: z.string(), sha256: z.string() });
const Failed = z.array(z.object({ id: z.string(), reason: z.string() }));
/** As Python reads it: the sha256 of each file, and the text of those in JSON. */
const Listing = z.record(z.string(), z.object({ sha256: z.string(), text: z.string().nullable() }));
const READ = `
import hashlib, json, sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
names = z.namelist()
assert len(names) == len(set(names))
print(json.dumps({n: {'sha256': hashlib.sha256(z.read(n)).hexdigest(),
  'text': z.read(n).decode() if n.endswith('.json') else None} for n in names}))`;
const readZip = (zip: string) =>
  Listing.parse(
    JSON.parse(execFileSync('python3', ['-c', READ, zip], { encoding: 'utf8', maxBuffer: 1 << 28 })),
  );
const jsonOf = (files: z.infer<typeof Listing>, name: string): unknown =>
  JSON.parse(files[name]?.text ?? 'null');

test.skipIf(spawnSync('unzip', ['-v']).status !== 0)('unzip finds nothing wrong', async () => {
  const guest = await newGuest(server());
  await fill(guest, 30, (index) => Buffer.from(`picture ${index}`));
  const tested = spawnSync('unzip', ['-tq', await download(guest)], { encoding: 'utf8' });
  expect(tested.stdout).toMatch(/No errors detected/);
});

test('two hundred items come out byte for byte, with their records, and nothing of anybody else', async () => {
  const [guest, other] = [await newGuest(server()), await newGuest(server())];
  const ids = await fill(guest, 200, (index) => Buffer.from(`own picture ${index}`));
  const foreign = await fill(other, 3, (index) => Buffer.from(`foreign picture ${index}`));
  await trashMedia(guest, { ids: ids.slice(0, 2) });
  const wish = { kind: 'image' as const, prompt: 'a wish', count: 1, settings: {}, metadata: {} };
  for (let index = 0; index < 3; index += 1) await createGeneration(guest, wish);
  const { id: collection } = await createCollection(guest, { name: 'Foxes' });

  const files = readZip(await download(guest));
  const originals = Object.keys(files).filter((name) => name.endsWith('.png'));
  expect(originals).toHaveLength(200);
  expect(originals.filter((name) => name.startsWith('trash/'))).toHaveLength(2);
  expect(originals.filter((name) => !/^(media|trash)\/[\w-]+\.png$/.test(name))).toEqual([]);
  const wrong = originals.filter((name) => {
    const record = Sidecar.parse(jsonOf(files, name.replace('.png', '.json')));
    return record.sha256 !== files[name]?.sha256 || record.file !== name || !name.includes(record.id);
  });
  expect(wrong).toEqual([]);
  expect(new Set(originals.map((name) => files[name]?.sha256))).toEqual(
    new Set(ids.map((_, index) => sha256(Buffer.from(`own picture ${index}`)))),
  );
  expect(foreign.filter((id) => JSON.stringify(files).includes(id))).toEqual([]);
  expect(jsonOf(files, 'generations.json')).toHaveLength(3);
  expect(jsonOf(files, 'collections.json')).toMatchObject([{ id: collection, name: 'Foxes' }]);
  expect(jsonOf(files, 'receipts.json')).toEqual([]);
  expect(jsonOf(files, 'library.json')).toMatchObject({
    format: { version: 1 },
    counts: { media: 198, trash: 2, generations: 3, collections: 1, failed: 0 },
  });
  expect(Object.keys(files).at(-1)).toBe('library.json');
  expect(files).not.toHaveProperty(['failed.json']);
});

test('an original that is lost or is not what was saved is listed, and the rest is whole', async () => {
  const guest = await newGuest(server());
  const [ok, lost, changed] = await fill(guest, 3, (index) => Buffer.from(`picture ${index}`));
  const keyOf = async (id: MediaId | undefined) => {
    const [file] = await asServer(server(), (tx) =>
      tx
        .select({ key: mediaFiles.objectKey })
        .from(mediaFiles)
        .where(eq(mediaFiles.mediaId, MediaId.parse(id))),
    );
    if (!file) throw new Error('the item has a file');
    return file.key;
  };
  await server().storage.delete(await keyOf(lost));
  const other = await keyOf(changed);
  await server().storage.delete(other);
  await server().storage.put(other, Buffer.from('something else'), { mime: 'image/png' });

  const files = readZip(await download(guest));
  const failed = Failed.parse(jsonOf(files, 'failed.json'));
  expect(new Set(failed.map(({ id }) => id))).toEqual(new Set([lost, changed]));
  const names = Object.keys(files);
  expect(names.filter((name) => name.endsWith('.png') && name.includes(String(lost)))).toEqual([]);
  expect(names.filter((name) => name.endsWith('.png') && name.includes(String(ok)))).toHaveLength(1);
  expect(names.filter((name) => name.endsWith('.json') && name.includes(String(lost)))).toHaveLength(1);
});

test('an original whose stream breaks off ends early, is listed, and the rest is whole', async () => {
  const guest = await newGuest(server());
  await fill(guest, 2, (index) => Buffer.from(`picture ${index}`));
  const [broken] = await keysOfLibrary(guest);
  const storage = {
    ...server().storage,
    async get(key: StorageKey) {
      if (key !== broken) return server().storage.get(key);
      const pieces = [new Uint8Array(3)];
      const stream = new ReadableStream<Uint8Array>({
        pull(controller) {
          const piece = pieces.pop();
          if (!piece) throw new Error('the disk went away');
          controller.enqueue(piece);
        },
      });
      return { bytes: 9, stream };
    },
  };
  const files = readZip(await download({ ...guest, storage }));
  expect(jsonOf(files, 'failed.json')).toHaveLength(1);
  expect(jsonOf(files, 'library.json')).toMatchObject({ counts: { media: 2, failed: 1 } });
});

test('memory stays flat: a library of 300 MB passes through', async () => {
  const guest = await newGuest(server());
  const big = new Uint8Array(2 * 1024 * 1024).fill(7);
  await fill(guest, 150, () => big, true);
  const memory = watchHeldMemory();
  let bytes = 0;
  for await (const chunk of exportLibrary(guest)) bytes += chunk.byteLength;
  expect(memory.stop()).toBeLessThan((150 * big.byteLength) / 3);
  expect(bytes).toBeGreaterThan(150 * big.byteLength);
});

test('whoever stops downloading leaves no stream open', async () => {
  const guest = await newGuest(server());
  await fill(guest, 5, () => new Uint8Array(4 * 1024 * 1024).fill(3), true);
  const [opened, closed] = [new Set<StorageKey>(), new Set<StorageKey>()];
  const storage = {
    ...server().storage,
    async get(key: StorageKey) {
      const got = await server().storage.get(key);
      if (!got) return null;
      opened.add(key);
      const reader = got.stream.getReader();
      const stream = new ReadableStream<Uint8Array>({
        async pull(controller) {
          const { value, done } = await reader.read();
          if (done) {
            closed.add(key);
            controller.close();
          } else controller.enqueue(value);
        },
        async cancel(reason) {
          closed.add(key);
          await reader.cancel(reason);
        },
      });
      return { ...got, stream };
    },
  };
  const reader = exportLibrary({ ...guest, storage }).getReader();
  for (let got = 0; got < 1024 * 1024;) got += (await reader.read()).value?.byteLength ?? 0;
  await reader.cancel();
  expect(opened.size).toBe(1);
  await expect.poll(() => closed.size).toBe(1);
});

test('the route answers its owner with a ZIP of the account, notes it, and nobody with nothing', async () => {
  const user = await newUser(server());
  const library = await newLibrary(server(), user);
  await fill(library, 1, () => Buffer.from('mine'));
  const jar = new Jar();
  jar.cookies.set(...(await signInAs(server(), user)));
  const response = await jar.fetch('/api/v1/export');
  expect(response.headers.get('content-disposition')).toMatch(
    /^attachment; filename="afterimage-[\d-]+\.zip"/,
  );
  expect(response.headers.get('cache-control')).toBe('private, no-store');
  const zip = path.join(folder, 'account.zip');
  if (!response.body) throw new Error('the answer has a body');
  await pipeline(response.body, (await fs.open(zip, 'w')).createWriteStream());
  expect(jsonOf(readZip(zip), 'account.json')).toMatchObject({
    account: { email: user.email },
    devices: [{ name: 'a test' }],
    events: [{ type: 'export-downloaded' }],
  });
  expect((await new Jar().fetch('/api/v1/export')).status).toBe(404);
  const foreign = { headers: { 'sec-fetch-site': 'cross-site' } };
  expect((await jar.fetch('/api/v1/export', foreign)).status).toBe(403);
  const empty = new Jar();
  empty.cookies.set(...(await signInAs(server(), await newUser(server()))));
  expect((await empty.fetch('/api/v1/export')).status).toBe(200);
});

test('bytes that a purge let go are lost to the export, whatever the storage still holds', async () => {
  const guest = await newGuest(server());
  await fill(guest, 1, () => Buffer.from('doomed'));
  const [key] = await keysOfLibrary(guest);
  await asServer(server(), (tx) =>
    tx
      .update(storageObjects)
      .set({ state: 'doomed' })
      .where(sql`key = ${key ?? ''}`),
  );
  expect(jsonOf(readZip(await download(guest)), 'failed.json')).toHaveLength(1);
});

test('a download ends with the session that asked for it', async () => {
  const user = await newUser(server());
  const library = await newLibrary(server(), user);
  await fill(library, 3, () => new Uint8Array(1024 * 1024).fill(3), true);
  const jar = new Jar();
  jar.cookies.set(...(await signInAs(server(), user)));
  const { body } = await jar.fetch('/api/v1/export');
  const reader = body?.getReader();
  expect((await reader?.read())?.done).toBe(false);
  await asServer(server(), (tx) => revokeSessions(tx, new Date(), user.userId, null));
  const rest = async () => {
    while (!(await reader?.read())?.done);
  };
  await expect(rest()).rejects.toThrow('This session has ended.');
});

test('so does one of an account that has nothing yet but itself', async () => {
  const user = await newUser(server());
  const jar = new Jar();
  jar.cookies.set(...(await signInAs(server(), user)));
  const { body } = await jar.fetch('/api/v1/export');
  await asServer(server(), (tx) => revokeSessions(tx, new Date(), user.userId, null));
  await expect(new Response(body).arrayBuffer()).rejects.toThrow('This session has ended.');
});
