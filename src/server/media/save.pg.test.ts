import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { uuidv7 } from 'uuidv7';
import { MediaId, UploadId, type FileRole } from '#core/media.ts';
import { filmMp4, paint } from '../ingest/sample-media.ts';
import { sweepStorage } from '../ledger.ts';
import { verifyObject } from '../storage/verify.ts';
import { readCursor } from '../sync/changes.ts';
import { keysOfLibrary, keysOnDisk, ledgerOf, PIXEL } from '../testing/objects.ts';
import { newGuest, useTestServer, type Guest } from '../testing/server.ts';
import { putUpload } from '../upload.ts';
import { purgeMedia } from './change.ts';
import { getMedia, getMediaFile, listMedia } from './read.ts';
import { saveMedia } from './save.ts';
import { saveLink } from './save-link.ts';

const server = useTestServer();

const newId = () => MediaId.parse(uuidv7());
const newUploadId = () => UploadId.parse(crypto.randomUUID());
const pixel = Buffer.from(PIXEL, 'base64');
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const allOf = async (guest: Guest) => (await listMedia(guest, { limit: 50, trash: false })).items;

/** After a sweep, the disk holds these libraries' files and no others beside those that it held before. */
async function expectNoOrphans(before: string[], ...guests: Guest[]) {
  await sweepStorage(server(), -1);
  const named = (await Promise.all(guests.map(keysOfLibrary))).flat();
  expect(await keysOnDisk(server())).toEqual([...before, ...named].sort());
}

async function expectFiles(guest: Guest, id: MediaId, roles: FileRole[]) {
  for (const role of roles) {
    const { key, bytes, sha256: hash } = await getMediaFile(guest, id, role);
    expect(await verifyObject(server().storage, key)).toEqual({ bytes, sha256: hash });
  }
}

test('an image is kept with its recipe, and every one of its files can be read as recorded', async () => {
  const guest = await newGuest(server());
  const before = await keysOnDisk(server());
  const bytes = await paint(900, 600).png().toBuffer();
  const recipe = {
    id: newId(),
    prompt: 'Two halves',
    headline: 'Halves',
    model: 'by hand',
    seed: 7,
    starred: true,
    settings: { aspect: '3:2' },
    createdAt: '2001-02-03T04:05:06.789Z',
  };
  const saved = await saveMedia(guest, {
    ...recipe,
    data: bytes.toString('base64'),
    kind: 'image',
    filename: 'halves.png',
    tags: ['red', 'blue', 'red'],
    metadata: { from: 'a test' },
  });
  expect(saved).toMatchObject({
    ...recipe,
    kind: 'image',
    origin: 'uploaded',
    tags: ['red', 'blue'],
    metadata: { from: 'a test', filename: 'halves.png' },
    width: 900,
    height: 600,
    mime: 'image/png',
    bytes: bytes.byteLength,
    sha256: sha256(bytes),
    trashedAt: null,
  });
  expect(Object.keys(saved.urls).sort()).toEqual(['original', 'preview', 'thumb']);
  await expectFiles(guest, saved.id, ['original', 'preview', 'thumb']);
  expect((await getMediaFile(guest, saved.id, 'original')).sha256).toBe(sha256(bytes));
  await expect(getMediaFile(guest, saved.id, 'poster')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  for (const row of await ledgerOf(server(), saved.id)) {
    expect(row).toMatchObject({ state: 'live', verifiedAt: expect.any(Date) });
  }
  expect(await getMedia(guest, saved.id)).toEqual(saved);
  await expectNoOrphans(before, guest);
});

test('a film is kept as it came', async () => {
  const guest = await newGuest(server());
  const film = await filmMp4();
  const data = Buffer.from(film).toString('base64');
  await expect(saveMedia(guest, { data, kind: 'image' })).rejects.toMatchObject({
    code: 'BAD_INPUT',
    field: 'kind',
  });
  const saved = await saveMedia(guest, { data, kind: 'video' });
  expect(saved).toMatchObject({ kind: 'video', mime: 'video/mp4', sha256: sha256(film) });
  await expectFiles(guest, saved.id, ['original']);
});

test('one id is one record, however often and however many at once it is saved', async () => {
  const guest = await newGuest(server());
  const before = await keysOnDisk(server());
  const again = { id: newId(), data: PIXEL, prompt: 'first' };
  const first = await saveMedia(guest, again);
  const cursor = await readCursor(guest);
  expect(await saveMedia(guest, { ...again, prompt: 'second' })).toEqual(first);
  expect(await readCursor(guest)).toBe(cursor);

  const id = newId();
  const five = await Promise.all(
    Array.from({ length: 5 }, (_, n) => saveMedia(guest, { id, data: PIXEL, prompt: `attempt ${n}` })),
  );
  for (const saved of five) expect(saved).toEqual(five[0]);
  expect(await allOf(guest)).toHaveLength(2);
  await expectFiles(guest, id, ['original', 'preview', 'thumb']);
  await expectNoOrphans(before, guest);
});

test('other bytes under an id that is taken are refused, instead of lost behind the record of the first', async () => {
  const guest = await newGuest(server());
  const before = await keysOnDisk(server());
  const other = (await paint(30, 20).png().toBuffer()).toString('base64');
  const refusal = { code: 'CONFLICT', field: 'id' };
  const { id } = await saveMedia(guest, { data: PIXEL });
  await expect(saveMedia(guest, { id, data: other })).rejects.toMatchObject(refusal);
  await expect(saveLink(guest, { id, url: `data:image/png;base64,${other}` }, null)).rejects.toMatchObject(
    refusal,
  );

  const raced = newId();
  const both = await Promise.allSettled([PIXEL, other].map((data) => saveMedia(guest, { id: raced, data })));
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  await expectNoOrphans(before, guest);
});

test("an id of another library is refused without a word of what it holds, and that library's item stays", async () => {
  const [owner, other] = [await newGuest(server()), await newGuest(server())];
  const before = await keysOnDisk(server());
  const kept = await saveMedia(owner, { data: PIXEL, prompt: 'a secret' });
  const refused = saveMedia(other, { id: kept.id, data: PIXEL });
  await expect(refused).rejects.toMatchObject({
    code: 'CONFLICT',
    field: 'id',
    message: 'This id cannot be used. Make a new one.',
  });
  expect(await allOf(other)).toEqual([]);
  await expectNoOrphans(before, owner, other);
  expect(await getMedia(owner, kept.id)).toEqual(kept);
  await expectFiles(owner, kept.id, ['original', 'preview', 'thumb']);
});

test('an id that was deleted for good does not come back', async () => {
  const guest = await newGuest(server());
  const before = await keysOnDisk(server());
  const { id } = await saveMedia(guest, { data: PIXEL });
  await purgeMedia(guest, { ids: [id] });
  const cursor = await readCursor(guest);
  await expect(saveMedia(guest, { id, data: PIXEL })).rejects.toMatchObject({
    code: 'CONFLICT',
    field: 'id',
  });
  expect(await readCursor(guest)).toBe(cursor);
  await expectNoOrphans(before, guest);
});

test('an upload becomes the original of the record that names it, once', async () => {
  const [guest, other] = [await newGuest(server()), await newGuest(server())];
  const before = await keysOnDisk(server());
  const upload = newUploadId();
  expect(await putUpload(guest, upload, new Blob([pixel]).stream())).toEqual({ id: upload, bytes: 70 });
  expect(await putUpload(guest, upload, Buffer.from('something else'))).toEqual({ id: upload, bytes: 70 });
  const [object] = await ledgerOf(server(), upload);

  await expect(saveMedia(other, { upload })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(saveMedia(guest, { upload, kind: 'video' })).rejects.toMatchObject({ field: 'kind' });

  const id = newId();
  const five = await Promise.all(Array.from({ length: 5 }, () => saveMedia(guest, { id, upload })));
  for (const saved of five) expect(saved).toEqual(five[0]);
  expect(five[0]).toMatchObject({ sha256: sha256(pixel) });
  expect((await getMediaFile(guest, id, 'original')).key).toBe(object?.key);
  expect(await saveMedia(guest, { id, upload })).toEqual(five[0]);
  await expect(saveMedia(guest, { upload })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expectNoOrphans(before, guest, other);
  await expectFiles(guest, id, ['original', 'preview', 'thumb']);
});

test('broken bytes leave nothing: no record, no version, no live object', async () => {
  const guest = await newGuest(server());
  const before = await keysOnDisk(server());
  const upload = newUploadId();
  await putUpload(guest, upload, Buffer.from('not a picture'));
  const cursor = await readCursor(guest);
  const cut = (await paint(300, 200).png().toBuffer()).subarray(0, 400).toString('base64');
  const id = newId();
  for (const bytes of [
    { data: 'aGVsbG8=' },
    { data: '%%%' },
    { data: 'data:image/png;base64,' },
    { data: cut },
    { upload },
    { upload: newUploadId() },
  ]) {
    await expect(saveMedia(guest, { id, ...bytes })).rejects.toMatchObject({ name: 'AppError' });
  }
  expect(await allOf(guest)).toEqual([]);
  expect(await readCursor(guest)).toBe(cursor);
  expect(await ledgerOf(server(), id)).toEqual([]);
  await expectNoOrphans(before, guest);
});
