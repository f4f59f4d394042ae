import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { uuidv7 } from 'uuidv7';
import { ListMediaInput, MediaId, SaveMediaInput, type Media } from '#core/media.ts';
import { writeLibrary } from '../db/doors.ts';
import { media } from '../db/schema.ts';
import { readCursor } from '../sync/changes.ts';
import { PIXEL } from '../testing/objects.ts';
import { newGuest, useTestServer, type Guest } from '../testing/server.ts';
import { purgeMedia, trashMedia, updateMedia } from './change.ts';
import { listMedia } from './read.ts';
import { saveMedia } from './save.ts';

const server = useTestServer();

const save = (guest: Guest, input: Partial<SaveMediaInput> = {}) =>
  saveMedia(guest, { data: PIXEL, ...input });
const list = (guest: Guest, input: Partial<ListMediaInput> = {}) =>
  listMedia(guest, ListMediaInput.parse(input));
const idsOf = (items: Media[]) => items.map((item) => item.id);

/** Every page of two, one after another. */
async function readPages(guest: Guest, betweenPages: () => Promise<unknown> = async () => {}) {
  const found: MediaId[] = [];
  let cursor: string | undefined;
  do {
    const page = await list(guest, { limit: 2, ...(cursor !== undefined && { cursor }) });
    expect(page.items.length).toBeLessThanOrEqual(2);
    found.push(...idsOf(page.items));
    cursor = page.nextCursor ?? undefined;
    await betweenPages();
  } while (cursor !== undefined);
  return found;
}

test('pages repeat and skip nothing while newer items arrive and read ones go', async () => {
  const guest = await newGuest(server());
  const saved: MediaId[] = [];
  for (let n = 0; n < 5; n += 1)
    saved.unshift((await save(guest, { createdAt: `2020-01-0${n + 1}T00:00:00Z` })).id);
  let arrived = 0;
  const found = await readPages(guest, async () => {
    await save(guest);
    // The item that the next cursor stands on leaves the list.
    const last = saved[arrived * 2 + 1];
    if (last) await trashMedia(guest, { ids: [last] });
    arrived += 1;
  });
  expect(found).toEqual(saved);
  expect(arrived).toBe(3);
});

test('items of the same moment come in the order of their ids, on pages as well', async () => {
  const guest = await newGuest(server());
  const createdAt = '2020-01-01T00:00:00.123Z';
  const ids = Array.from({ length: 5 }, () => MediaId.parse(uuidv7()));
  for (const id of ids.toSorted(() => 0.5 - Math.random())) await save(guest, { id, createdAt });
  const newestFirst = ids.toSorted().toReversed();
  expect(await readPages(guest)).toEqual(newestFirst);
  expect(idsOf((await list(guest)).items)).toEqual(newestFirst);
});

test('a page that is exactly full and the last has no next one', async () => {
  const guest = await newGuest(server());
  await save(guest);
  await save(guest);
  expect(await list(guest, { limit: 2 })).toMatchObject({ nextCursor: null });
});

test('filters: kind, starred, trash; what was deleted for good is in none', async () => {
  const guest = await newGuest(server());
  const [image, film, starred, trashed, purged] = [
    await save(guest),
    await save(guest),
    await save(guest, { starred: true }),
    await save(guest, { starred: true }),
    await save(guest),
  ];
  // What a list looks at is the row; a film's bytes would say nothing more here.
  await writeLibrary(guest, (tx, { version }) =>
    tx.update(media).set({ kind: 'video', version }).where(eq(media.id, film.id)),
  );
  await trashMedia(guest, { ids: [trashed.id, purged.id] });
  await purgeMedia(guest, { ids: [purged.id] });

  const found = async (input: Partial<ListMediaInput>) => idsOf((await list(guest, input)).items);
  expect(await found({})).toEqual([starred.id, film.id, image.id]);
  expect(await found({ kind: 'video' })).toEqual([film.id]);
  expect(await found({ kind: 'image' })).toEqual([starred.id, image.id]);
  expect(await found({ starred: true })).toEqual([starred.id]);
  expect(await found({ starred: false })).toEqual([film.id, image.id]);
  expect(await found({ trash: true })).toEqual([trashed.id]);
  expect(await found({ trash: true, starred: false })).toEqual([]);
  expect(await found({ kind: 'video', starred: true })).toEqual([]);

  await updateMedia(guest, { id: film.id, starred: true });
  expect(await found({ starred: true })).toEqual([starred.id, film.id]);
});

test('a page says as of which change it was read', async () => {
  const guest = await newGuest(server());
  const empty = await list(guest);
  expect(empty).toEqual({ items: [], nextCursor: null, asOf: await readCursor(guest) });
  await save(guest);
  const { asOf } = await list(guest);
  expect(asOf).toBe(await readCursor(guest));
  expect(asOf).not.toBe(empty.asOf);
});

test.each([
  '',
  'x',
  '1_2',
  `8640000000000000_${crypto.randomUUID()}`,
  `-99999999999999_${crypto.randomUUID()}`,
  `99999999999999999_${crypto.randomUUID()}`,
  `1_${crypto.randomUUID()}'`,
])('the cursor %j, which no list gave out, is refused', async (cursor) => {
  const guest = await newGuest(server());
  await expect((async () => list(guest, { cursor }))()).rejects.toMatchObject({
    code: 'BAD_INPUT',
    field: 'cursor',
  });
});

test('items of any year that can be saved have a place on pages', async () => {
  const guest = await newGuest(server());
  const saved: MediaId[] = [];
  for (const createdAt of [
    '1000-01-01T00:00:00.000Z',
    '1950-06-01T12:00:00.001Z',
    '1970-01-01T00:00:00.000Z',
    '2020-02-29T23:59:59.999Z',
    '9999-12-31T23:59:59.999Z',
  ]) {
    const item = await save(guest, { createdAt });
    expect(item.createdAt).toBe(createdAt);
    saved.unshift(item.id);
  }
  expect(await readPages(guest)).toEqual(saved);
});

test('a year that JavaScript and Postgres read differently is refused as input', () => {
  for (const createdAt of ['0000-01-01T00:00:00Z', '0999-12-31T23:59:59.999Z', '10000-01-01T00:00:00Z']) {
    expect(SaveMediaInput.safeParse({ data: PIXEL, createdAt }).success).toBe(false);
  }
});

test('a library shows nothing of another, not even by its cursor', async () => {
  const [owner, stranger] = [await newGuest(server()), await newGuest(server())];
  for (let n = 0; n < 3; n += 1) await save(owner);
  const { nextCursor } = await list(owner, { limit: 1 });
  if (nextCursor === null) throw new Error('three items are more than one page of one');
  expect((await list(stranger, { trash: false })).items).toEqual([]);
  expect((await list(stranger, { cursor: nextCursor })).items).toEqual([]);
});
