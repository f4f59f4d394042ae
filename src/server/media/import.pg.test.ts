import { createHash } from 'node:crypto';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { useElsewhere } from '../fetch/testing/elsewhere.ts';
import { HOST } from '../fetch/testing/stand-in.ts';
import { NOBODYS_LIBRARY } from '#core/owner.ts';
import { LIMITS } from '../limits.ts';
import { filmMp4, paint } from '../ingest/sample-media.ts';
import { readCursor } from '../sync/changes.ts';
import { Jar } from '../testing/api.ts';
import { useTestServer, type Guest } from '../testing/server.ts';
import { trashMedia } from './change.ts';
import { importEntries, previewImport } from './import.ts';
import { getMedia, listMedia } from './read.ts';

const server = useTestServer();
const there = useElsewhere(server);
const newImporter = there.newGuest;
let picture: Buffer;
let dataUrl: string;

beforeAll(async () => {
  picture = await paint(300, 200).png().toBuffer();
  dataUrl = `data:image/jpeg;base64,${(await paint(60, 40).jpeg().toBuffer()).toString('base64')}`;
});
beforeEach(() => there.serve('/a.png', picture));

const link = (name: string) => `https://${HOST}${name}`;
const bring = (guest: Guest, entries: (object | string | number)[]) =>
  importEntries(guest, { entries: JSON.parse(JSON.stringify(entries)) }, null);
const look = (guest: Guest, entries: (object | string | number)[], checkLinks = false) =>
  previewImport(guest, { entries: JSON.parse(JSON.stringify(entries)), checkLinks }, null);
const states = ({ entries }: { entries: { state: string }[] }) => entries.map(({ state }) => state);

const UUID = '0b9c6a52-3f1e-4d7a-9c1b-2f6d8e4a7c10';

test('a history comes in with its prompts, models, settings and times', async () => {
  const guest = await newImporter();
  const film = await filmMp4();
  there.serve('/b.mp4', film);
  const result = await bring(guest, [
    {
      url: link('/a.png'),
      prompt: 'a sea',
      model: 'old',
      seed: 5,
      timestamp: 1_600_000_000_000,
      settings: { steps: 20 },
      id: 'x',
    },
    { videoUrl: link('/b.mp4'), prompt: 'a wave', created_at: '2021-02-03T04:05:06Z' },
    { imageUrl: dataUrl, prompt: 'kept in the browser', isFavorite: true },
  ]);
  expect(states(result)).toEqual(['saved', 'saved', 'saved']);
  const items = await Promise.all(result.entries.flatMap(({ id }) => (id ? [getMedia(guest, id)] : [])));
  expect(items).toMatchObject([
    {
      kind: 'image',
      origin: 'imported',
      prompt: 'a sea',
      model: 'old',
      seed: 5,
      settings: { steps: 20 },
      metadata: { id: 'x' },
      createdAt: '2020-09-13T12:26:40.000Z',
      sourceUrl: link('/a.png'),
    },
    { kind: 'video', prompt: 'a wave', createdAt: '2021-02-03T04:05:06.000Z' },
    { kind: 'image', origin: 'imported', mime: 'image/jpeg', starred: true, prompt: 'kept in the browser' },
  ]);
});

test('brought in again, nothing changes: by link, by UUID and by bytes', async () => {
  const guest = await newImporter();
  there.serve(`/${UUID}.png`, picture);
  const entries = [link('/a.png'), link(`/${UUID}.png`), dataUrl];
  const first = await bring(guest, entries);
  expect(states(first)).toEqual(['saved', 'saved', 'saved']);
  const cursor = await readCursor(guest);
  const again = await bring(guest, [link('/a.png#x'), link(`/other/${UUID}.webp?y`), { data: dataUrl }]);
  expect(states(again)).toEqual(['here', 'here', 'here']);
  expect(again.entries.map(({ id }) => id)).toEqual(first.entries.map(({ id }) => id));
  expect(await readCursor(guest)).toBe(cursor);
  expect(there.asked).toHaveLength(2);
});

test('a prompt that is too long is kept whole beside the item, or the answer says that it was shortened', async () => {
  const guest = await newImporter();
  const prompts = ['p'.repeat(9000), 'p'.repeat(60_000)];
  const entries = [
    { url: link('/a.png'), prompt: prompts[0] },
    { url: dataUrl, prompt: prompts[1] },
  ];
  const reasons = [null, 'The prompt is shortened from 60,000 to 8,000 characters.'];
  expect((await look(guest, entries)).entries.map(({ reason }) => reason)).toEqual(reasons);
  const { entries: brought } = await bring(guest, entries);
  expect(brought.map(({ reason }) => reason)).toEqual(reasons);
  const items = await Promise.all(brought.flatMap(({ id }) => (id ? [getMedia(guest, id)] : [])));
  expect(items.map(({ prompt }) => prompt.length)).toEqual([8000, 8000]);
  expect(items[0]?.metadata).toEqual({ prompt: prompts[0] });
  expect((await bring(guest, entries)).entries.map(({ reason }) => reason)).toEqual([null, null]);
});

test('two imports of one history at once make one of each', async () => {
  const guest = await newImporter();
  const entries = [dataUrl, link('/a.png')];
  const both = await Promise.all([bring(guest, entries), bring(guest, entries)]);
  expect(both.flatMap(states).sort()).toEqual(['here', 'here', 'saved', 'saved']);
  expect((await listMedia(guest, { limit: 50, trash: false })).items).toHaveLength(2);
});

test('each entry answers for itself, in the order of the list', async () => {
  const guest = await newImporter();
  there.serve('/page', '<!doctype html><p>gone');
  const result = await bring(guest, [
    link('/gone.png'),
    'http://pictures.example.org/a.png',
    'https://10.0.0.1/a.png',
    { prompt: 'no link' },
    7,
    link('/page'),
    'data:image/png;base64,AAAA',
    { sha256: 'a'.repeat(64) },
    link('/a.png'),
    link('/a.png'),
  ]);
  expect(states(result)).toEqual([
    'dead',
    'refused',
    'refused',
    'invalid',
    'invalid',
    'invalid',
    'invalid',
    'invalid',
    'saved',
    'repeat',
  ]);
  expect(result.entries.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const silent = result.entries.filter(({ reason }) => reason === null);
  expect(silent.map(({ state }) => state)).toEqual(['saved']);
  expect(result.entries[0]?.reason).toContain('answered 404');
});

test('a preview asks nobody else, unless it is told to', async () => {
  const guest = await newImporter();
  const brought = await bring(guest, [link('/a.png'), dataUrl]);
  const [first, second] = brought.entries.map(({ id }) => id);
  if (first) await trashMedia(guest, { ids: [first] });
  there.asked.length = 0;
  const cursor = await readCursor(guest);
  const sha256 = createHash('sha256')
    .update(Buffer.from(dataUrl.split(',')[1] ?? '', 'base64'))
    .digest('hex');
  const entries = [
    link('/a.png'),
    { sha256 },
    dataUrl,
    link('/gone.png'),
    link('/gone.png'),
    'https://127.0.0.1/',
    5,
  ];
  const preview = await look(guest, entries);
  expect(preview.entries).toMatchObject([
    { state: 'here', id: first, trashed: true },
    { state: 'here', id: second, trashed: false },
    { state: 'here', id: second },
    { state: 'new', id: null },
    { state: 'repeat', reason: expect.stringContaining('entry 3') },
    { state: 'refused' },
    { state: 'invalid' },
  ]);
  expect(there.asked).toEqual([]);

  there.serve('/page', '<!doctype html><p>moved');
  there.serve('/b.png', picture);
  const checked = await look(guest, [link('/gone.png'), link('/page'), link('/b.png'), link('/a.png')], true);
  expect(states(checked)).toEqual(['dead', 'dead', 'new', 'here']);
  expect(there.asked).toHaveLength(3);
  expect(await readCursor(guest)).toBe(cursor);
});

test('slow links do not hold a call up: what was not begun in time is said to be, and sent again', async () => {
  const guest = await newImporter();
  const names = ['/1.png', '/2.png', '/3.png', '/4.png', '/5.png'];
  for (const name of names)
    there.serve(
      name,
      await paint(40, 30 + names.indexOf(name))
        .png()
        .toBuffer(),
    );
  const entries = [...names.map(link), 'https://127.0.0.1/'];
  const hurried = await importEntries(guest, { entries }, null, 0);
  expect(states(hurried)).toEqual(['saved', 'saved', 'saved', 'failed', 'failed', 'refused']);
  expect(hurried.entries[4]?.reason).toContain('was not begun');
  expect(hurried.retryAfter).toBe(0);
  expect(there.asked).toHaveLength(3);
  const again = await importEntries(guest, { entries: entries.slice(3) }, null, 0);
  expect(states(again)).toEqual(['saved', 'saved', 'refused']);
  expect(again.retryAfter).toBeNull();

  const gone = ['/6.png', '/7.png', '/8.png', '/9.png'].map(link);
  const preview = await previewImport(guest, { entries: gone, checkLinks: true }, null, 0);
  expect(states(preview)).toEqual(['dead', 'dead', 'dead', 'new']);
});

test('what may pass is told apart, with the time after which to send it again', async () => {
  const guest = await newImporter();
  const busy: Guest = {
    ...guest,
    storage: { ...guest.storage, put: () => Promise.reject(new Error('the disk is out')) },
  };
  expect((await bring(busy, [dataUrl])).entries).toMatchObject([
    { state: 'failed', reason: expect.stringContaining('try again') },
  ]);
  for (let call = 0; call < 300; call += 1) await guest.limits.take('fetch', guest.library);
  const refused = await bring(guest, [link('/a.png'), dataUrl]);
  expect(states(refused)).toEqual(['failed', 'saved']);
  expect(refused.retryAfter).toBeGreaterThan(0);
});

test('links of those without a library are counted for their network, not for all of them together', async () => {
  const nobody = { ...(await newImporter()), library: NOBODYS_LIBRARY };
  const look = (network: string) =>
    previewImport(nobody, { entries: [link('/gone.png')], checkLinks: true }, network);
  for (let call = 0; call < LIMITS.fetch.calls; call += 1) await nobody.limits.take('fetch', '192.0.2.1');
  expect(states(await look('192.0.2.1'))).toEqual(['new']);
  expect(states(await look('192.0.2.2'))).toEqual(['dead']);
});

test('another library’s items are not here', async () => {
  const [one, other] = [await newImporter(), await newImporter()];
  await bring(one, [link('/a.png'), dataUrl]);
  expect(states(await look(other, [link('/a.png'), dataUrl]))).toEqual(['new', 'new']);
});

test('over REST, by somebody who is nobody yet', async () => {
  globalThis.afterimageServer = Promise.resolve(server());
  const jar = new Jar();
  const preview = await jar.fetch('/api/v1/media/import/preview', { json: { entries: [dataUrl, {}] } });
  expect(preview.status).toBe(200);
  expect(await preview.json()).toMatchObject({ entries: [{ state: 'new' }, { state: 'invalid' }] });
  expect([...jar.cookies.keys()]).toEqual([]);
  const brought = await jar.fetch('/api/v1/media/import', {
    json: { entries: [{ url: dataUrl, prompt: 'mine' }] },
  });
  expect(await brought.json()).toMatchObject({ entries: [{ state: 'saved' }], retryAfter: null });
  expect((await jar.json('/api/v1/media')).body.items).toHaveLength(1);
  for (const entries of [[], Array.from({ length: 21 }, () => dataUrl)]) {
    expect((await jar.fetch('/api/v1/media/import', { json: { entries } })).status).toBe(400);
  }
  globalThis.afterimageServer = undefined;
});
