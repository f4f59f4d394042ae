import { beforeAll, expect, test } from 'vitest';
import { uuidv7 } from 'uuidv7';
import { MediaId } from '#core/media.ts';
import { useElsewhere } from '../fetch/testing/elsewhere.ts';
import { HOST, OTHER_HOST } from '../fetch/testing/stand-in.ts';
import { filmMp4, paint } from '../ingest/sample-media.ts';
import { sweepStorage } from '../ledger.ts';
import { LIMITS } from '../limits.ts';
import { readCursor } from '../sync/changes.ts';
import { Jar } from '../testing/api.ts';
import { keysOfLibrary, keysOnDisk, PIXEL } from '../testing/objects.ts';
import { useTestServer, type Guest } from '../testing/server.ts';
import { purgeMedia, trashMedia } from './change.ts';
import { getMediaFile, listMedia } from './read.ts';
import { saveLink } from './save-link.ts';

const server = useTestServer();
const there = useElsewhere(server);
const newReader = there.newGuest;
let picture: Buffer;

beforeAll(async () => {
  picture = await paint(300, 200).png().toBuffer();
});

const serve = (name: string, bytes: Uint8Array = picture) => there.serve(name, bytes);
const save = (guest: Guest, url: string) => saveLink(guest, { url }, null);
const countOf = async (guest: Guest) => {
  const pages = await Promise.all([
    listMedia(guest, { limit: 50, trash: false }),
    listMedia(guest, { limit: 50, trash: true }),
  ]);
  return pages.map(({ items }) => items.length);
};

const UUID = '0b9c6a52-3f1e-4d7a-9c1b-2f6d8e4a7c10';

test('the bytes behind a link are kept, with where they came from', async () => {
  const guest = await newReader();
  serve('/sea.png');
  const saved = await saveLink(
    guest,
    {
      url: `https://${HOST}/sea.png#now`,
      prompt: 'a sea',
      model: 'theirs',
      createdAt: '2023-01-02T03:04:05Z',
    },
    null,
  );
  expect(saved).toMatchObject({
    origin: 'imported',
    kind: 'image',
    prompt: 'a sea',
    model: 'theirs',
    sourceUrl: `https://${HOST}/sea.png`,
    createdAt: '2023-01-02T03:04:05.000Z',
    bytes: picture.byteLength,
  });
  const { bytes, sha256 } = await getMediaFile(guest, saved.id, 'original');
  expect({ bytes, sha256 }).toEqual({ bytes: saved.bytes, sha256: saved.sha256 });
  expect(Object.keys(saved.urls).sort()).toEqual(['original', 'preview', 'thumb']);

  serve('/film', await filmMp4());
  await expect(saveLink(guest, { url: `https://${HOST}/film`, kind: 'image' }, null)).rejects.toMatchObject({
    code: 'BAD_INPUT',
    field: 'kind',
  });
  expect(await save(guest, `https://${HOST}/film`)).toMatchObject({ kind: 'video', mime: 'video/mp4' });
});

test('a link is one record, by its address and by its UUID, however often it is saved', async () => {
  const guest = await newReader();
  for (const name of [`/${UUID}.png`, `/${UUID}.png?token=2`, `/old/${UUID}.png`, '/plain.png']) serve(name);
  const first = await save(guest, `https://${HOST}/${UUID}.png`);
  const cursor = await readCursor(guest);
  expect(await save(guest, `https://${HOST}/${UUID}.png`)).toEqual(first);
  expect(await save(guest, `https://${HOST}/${UUID}.png?token=2`)).toEqual(first);
  expect(await save(guest, `https://${OTHER_HOST}/old/${UUID}.png`)).toEqual(first);
  expect(await readCursor(guest)).toBe(cursor);
  expect(there.asked).toHaveLength(1);
  const plain = await save(guest, `https://${HOST}/plain.png`);
  expect(plain.id).not.toBe(first.id);
  expect(await save(guest, `https://${HOST}/plain.png`)).toEqual(plain);
  expect(await countOf(guest)).toEqual([2, 0]);

  const other = await newReader();
  const theirs = await save(other, `https://${HOST}/${UUID}.png`);
  expect(theirs.id).not.toBe(first.id);
});

test.each([`/${UUID}.png`, '/plain.png'])('saved four times at once, %s is one record', async (name) => {
  const guest = await newReader();
  await sweepStorage(server(), -1);
  const before = await keysOnDisk(server());
  const waiting: (() => void)[] = [];
  there.paths.set(name, (_request, response) => {
    waiting.push(() => response.end(picture));
    if (waiting.length === 4) for (const answer of waiting) answer();
  });
  const four = await Promise.all([1, 2, 3, 4].map(() => save(guest, `https://${HOST}${name}`)));
  for (const saved of four) expect(saved).toEqual(four[0]);
  expect(there.asked).toHaveLength(4);
  expect(await countOf(guest)).toEqual([1, 0]);
  await sweepStorage(server(), -1);
  expect(await keysOnDisk(server())).toEqual([...before, ...(await keysOfLibrary(guest))].sort());
});

test('what is in the trash stays there and is said to be, and what was deleted for good is saved anew', async () => {
  const guest = await newReader();
  const url = `https://${HOST}/${UUID}.png`;
  serve(`/${UUID}.png`);
  const first = await save(guest, url);
  await trashMedia(guest, { ids: [first.id] });
  expect(await save(guest, url)).toMatchObject({ id: first.id, trashedAt: expect.any(String) });
  expect(await countOf(guest)).toEqual([0, 1]);
  await purgeMedia(guest, { ids: [first.id] });
  const again = await save(guest, url);
  expect(again.id).not.toBe(first.id);
  expect(await countOf(guest)).toEqual([1, 0]);
});

test('an id that was saved is answered without a fetch', async () => {
  const guest = await newReader();
  serve('/a.png');
  const input = { id: MediaId.parse(uuidv7()), url: `https://${HOST}/a.png` };
  const first = await saveLink(guest, input, null);
  expect(await saveLink(guest, { ...input, url: `https://${HOST}/b.png` }, null)).toEqual(first);
  expect(there.asked).toHaveLength(1);
});

test('what cannot be kept changes nothing and leaves nothing', async () => {
  const guest = await newReader();
  await sweepStorage(server(), -1);
  const before = await keysOnDisk(server());
  const cursor = await readCursor(guest);
  serve('/broken.png', picture.subarray(0, picture.byteLength - 40));
  serve('/page', Buffer.from('<!doctype html><p>Not here.'));
  for (const [url, code] of [
    [`https://${HOST}/broken.png`, 'BAD_INPUT'],
    [`https://${HOST}/page`, 'UNSUPPORTED_MEDIA'],
    [`https://${HOST}/missing`, 'LINK_DEAD'],
    ['https://10.0.0.1/a.png', 'LINK_REFUSED'],
  ] as const) {
    await expect(save(guest, url)).rejects.toMatchObject({ code, field: 'url' });
  }
  expect(await readCursor(guest)).toBe(cursor);
  await sweepStorage(server(), -1);
  expect(await keysOnDisk(server())).toEqual(before);
});

const dataUrl = (bytes: Uint8Array) => `data:image/png;base64,${Buffer.from(bytes).toString('base64')}`;

test('a data: URL is kept as what a link leads to: its bytes are one record, under the rules of data', async () => {
  const guest = await newReader();
  const first = await saveLink(guest, { url: dataUrl(picture), prompt: 'a sea' }, null);
  expect(first).toMatchObject({ origin: 'imported', prompt: 'a sea', bytes: picture.byteLength });
  expect(first.sourceUrl).toBeUndefined();
  const cursor = await readCursor(guest);
  expect(await saveLink(guest, { url: dataUrl(picture), prompt: 'another' }, null)).toEqual(first);
  expect(await saveLink(guest, { id: first.id, url: dataUrl(picture) }, null)).toEqual(first);
  await expect(saveLink(guest, { id: first.id, url: dataUrl(await filmMp4()) }, null)).rejects.toMatchObject({
    code: 'CONFLICT',
    field: 'id',
  });
  for (const [url, code] of [
    ['data:image/svg+xml,<svg/>', 'BAD_INPUT'],
    [dataUrl(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')), 'UNSUPPORTED_MEDIA'],
    [dataUrl(picture.subarray(0, 60)), 'BAD_INPUT'],
  ] as const) {
    await expect(save(guest, url)).rejects.toMatchObject({ code, field: 'url' });
  }
  expect(await readCursor(guest)).toBe(cursor);
  const both = await Promise.all([1, 2].map(() => save(guest, dataUrl(Buffer.from(PIXEL, 'base64')))));
  expect(both[0]).toEqual(both[1]);
  expect(await countOf(guest)).toEqual([2, 0]);
  expect(there.asked).toEqual([]);
});

test('a slow link holds no lock: the library goes on changing', async () => {
  const guest = await newReader();
  const arrived = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  there.paths.set('/slow.png', (_request, response) => {
    arrived.resolve();
    void goOn.promise.then(() => response.end(picture));
  });
  serve('/quick.png');
  const slow = save(guest, `https://${HOST}/slow.png`);
  await arrived.promise;
  await save(guest, `https://${HOST}/quick.png`);
  goOn.resolve();
  await slow;
  expect(await countOf(guest)).toEqual([2, 0]);
});

test('links are counted for a library and for a network, repeats are not', async () => {
  const guest = await newReader();
  serve('/a.png');
  await save(guest, `https://${HOST}/a.png`);
  for (let call = 1; call < LIMITS.fetch.calls; call += 1) await guest.limits.take('fetch', guest.library);
  await save(guest, `https://${HOST}/a.png`);
  await expect(save(guest, `https://${HOST}/b.png`)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  expect(there.asked).toHaveLength(1);

  const [one, other] = [await newReader(), await newReader()];
  for (let call = 0; call < LIMITS.fetchFrom.calls; call += 1)
    await one.limits.take('fetchFrom', 'a network');
  await expect(saveLink(other, { url: `https://${HOST}/c.png` }, 'a network')).rejects.toMatchObject({
    code: 'RATE_LIMITED',
  });
});

test('over the API a link is saved, and one that is not fetched is told by both doors', async () => {
  const reader = await newReader();
  globalThis.afterimageServer = Promise.resolve({ ...server(), fetcher: reader.fetcher });
  serve('/a.png');
  const jar = new Jar();
  jar.cookies.set('guest', reader.token);
  const saved = await jar.json('/api/v1/media', { json: { url: `https://${HOST}/a.png`, prompt: 'theirs' } });
  expect(saved).toMatchObject({ status: 201, body: { prompt: 'theirs', origin: 'imported' } });
  const refusal = { code: 'LINK_REFUSED', field: 'url' };
  expect(await jar.json('/api/v1/media', { json: { url: 'https://169.254.169.254/' } })).toMatchObject({
    status: 422,
    body: { error: refusal },
  });
  expect(await jar.json('/api/v1/media', { json: { url: `https://${HOST}/gone` } })).toMatchObject({
    status: 422,
    body: { error: { code: 'LINK_DEAD', message: expect.stringContaining('answered 404') } },
  });
  const called = await jar.fetch('/api/trpc/media.save', { json: { url: 'http://example.org/' } });
  expect(called.status).toBe(422);
  expect(await called.json()).toMatchObject({ error: { data: { appCode: 'LINK_REFUSED', field: 'url' } } });
  const held = { url: `data:image/png;base64,${PIXEL}` };
  expect(await jar.json('/api/v1/media', { json: { ...held, sources: [held] } })).toMatchObject({
    status: 201,
    body: { origin: 'imported', urls: { sources: [expect.any(String)] } },
  });
  const long = `https://a.example.org/${'x'.repeat(2048)}`;
  for (const json of [{}, { url: 'https://a.example.org/', data: 'AAAA' }, { url: long }]) {
    expect((await jar.json('/api/v1/media', { json })).body.error).toMatchObject({ code: 'BAD_INPUT' });
  }
  globalThis.afterimageServer = undefined;
});
