import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { MediaId } from '#core/media.ts';
import { readLibrary } from '../db/doors.ts';
import { media } from '../db/schema.ts';
import { sweepStorage } from '../ledger.ts';
import { readCursor } from '../sync/changes.ts';
import { keysOnDisk, ledgerOf, PIXEL } from '../testing/objects.ts';
import { newGuest, useTestServer, type Guest } from '../testing/server.ts';
import { purgeMedia, restoreMedia, trashMedia, updateMedia } from './change.ts';
import { getMedia, getMediaFile } from './read.ts';
import { saveMedia } from './save.ts';

const server = useTestServer();

const save = (guest: Guest) => saveMedia(guest, { data: PIXEL, prompt: 'a dot', tags: ['small'] });
const newId = () => MediaId.parse(crypto.randomUUID());

/** As it was, but for what every change changes. */
const same = <Item extends { version: number; updatedAt: string }>(item: Item) => ({
  ...item,
  version: expect.any(Number),
  updatedAt: expect.any(String),
});

test('a patch changes what it names and nothing else, under a new version', async () => {
  const guest = await newGuest(server());
  const saved = await save(guest);
  const changed = await updateMedia(guest, {
    id: saved.id,
    headline: 'Dot',
    starred: true,
    tags: ['b', 'a', 'b', 'a'],
  });
  expect(changed).toEqual(same({ ...saved, headline: 'Dot', starred: true, tags: ['b', 'a'] }));
  expect(changed.version).toBe(saved.version + 1);
  const cleared = await updateMedia(guest, { id: saved.id, headline: null, tags: [] });
  expect(cleared).toEqual(same({ ...changed, headline: null, tags: [] }));
  expect(await getMedia(guest, saved.id)).toEqual(cleared);
});

test('a patch of nothing is refused and takes no version', async () => {
  const guest = await newGuest(server());
  const { id } = await save(guest);
  const cursor = await readCursor(guest);
  await expect(updateMedia(guest, { id })).rejects.toMatchObject({ code: 'BAD_INPUT' });
  await expect(updateMedia(guest, { id: newId() })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await readCursor(guest)).toBe(cursor);
});

test('the trash keeps the date of the first time, and gives an item back as it was', async () => {
  const guest = await newGuest(server());
  const [first, second] = [await save(guest), await save(guest)];
  await trashMedia(guest, { ids: [first.id] });
  const trashed = await getMedia(guest, first.id);
  expect(trashed).toEqual(same({ ...first, trashedAt: expect.any(String) }));

  const later = { ...guest, now: () => new Date(Date.now() + 86_400_000) };
  await trashMedia(later, { ids: [first.id, second.id, second.id] });
  expect(await getMedia(guest, first.id)).toEqual(trashed);
  expect((await getMedia(guest, second.id)).trashedAt).not.toBe(trashed.trashedAt);

  await restoreMedia(guest, { ids: [first.id, second.id] });
  expect(await getMedia(guest, first.id)).toEqual(same(first));
  expect(await getMedia(guest, second.id)).toEqual(same(second));
});

test.each([
  ['trash', trashMedia],
  ['purge', purgeMedia],
  ['restore', restoreMedia],
])('one id that is not of this library stops the whole %s', async (_, change) => {
  const [guest, stranger] = [await newGuest(server()), await newGuest(server())];
  const [own, trashed, gone, foreign] = [
    await save(guest),
    await save(guest),
    await save(guest),
    await save(stranger),
  ];
  await trashMedia(guest, { ids: [trashed.id] });
  await purgeMedia(guest, { ids: [gone.id] });
  const before = [await getMedia(guest, own.id), await getMedia(guest, trashed.id)];
  const cursor = await readCursor(guest);
  for (const wrong of [newId(), foreign.id, gone.id]) {
    await expect(change(guest, { ids: [own.id, trashed.id, wrong] })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'No such item in this library.',
    });
  }
  expect([await getMedia(guest, own.id), await getMedia(guest, trashed.id)]).toEqual(before);
  expect(await readCursor(guest)).toBe(cursor);
  expect(await getMedia(stranger, foreign.id)).toEqual(foreign);
});

test('what is deleted for good leaves an empty tombstone, and its bytes go with the next sweep', async () => {
  const guest = await newGuest(server());
  const { id, createdAt } = await saveMedia(guest, {
    data: PIXEL,
    prompt: 'a secret',
    headline: 'secret',
    tags: ['secret'],
    starred: true,
    model: 'secret',
    seed: 7,
    settings: { style: 'secret' },
    metadata: { note: 'secret' },
    filename: 'secret.png',
  });
  const kept = await save(guest);
  const { key } = await getMediaFile(guest, id, 'original');
  const cursor = await readCursor(guest);
  await purgeMedia(guest, { ids: [id, id] });

  expect(await readCursor(guest)).not.toBe(cursor);
  await expect(getMedia(guest, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(getMediaFile(guest, id, 'original')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const [row] = await readLibrary(guest, (tx) => tx.select().from(media).where(eq(media.id, id)));
  expect(row).toMatchObject({ deletedAt: expect.any(Date), createdAt: new Date(createdAt) });
  expect(row).toMatchObject({
    prompt: '',
    bytes: 0,
    sha256: '',
    thumbhash: null,
    seed: null,
    starred: false,
  });
  expect(JSON.stringify(row)).not.toContain('secret');

  const doomed = await ledgerOf(server(), id);
  expect(doomed.map((object) => object.state)).toEqual(['doomed', 'doomed', 'doomed']);
  expect(await keysOnDisk(server())).toContain(key);
  await sweepStorage(server());
  for (const object of await ledgerOf(server(), id)) {
    expect(object).toMatchObject({ state: 'gone', goneAt: expect.any(Date) });
    expect(await keysOnDisk(server())).not.toContain(object.key);
  }
  const { key: keptKey } = await getMediaFile(guest, kept.id, 'original');
  expect(await keysOnDisk(server())).toContain(keptKey);
});

test('an item and its files are to a stranger as if they were not', async () => {
  const [owner, stranger] = [await newGuest(server()), await newGuest(server())];
  const saved = await save(owner);
  const refusals = [
    getMedia(stranger, saved.id),
    getMediaFile(stranger, saved.id, 'original'),
    updateMedia(stranger, { id: saved.id, starred: true }),
  ];
  for (const refused of await Promise.allSettled(refusals)) {
    expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'NOT_FOUND' } });
  }
  await expect(getMedia(stranger, newId())).rejects.toThrow('No such item in this library.');
  await expect(getMedia(stranger, saved.id)).rejects.toThrow('No such item in this library.');
  expect(await getMedia(owner, saved.id)).toEqual(saved);
});
