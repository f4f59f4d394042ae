import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { CreateGenerationInput } from '#core/generation.ts';
import { MediaId } from '#core/media.ts';
import {
  DELTA_LIMIT,
  makeCursor,
  parseCursor,
  SYNC_SCHEMA,
  WINDOW,
  type Cursor,
  type ResetReason,
} from '#core/sync.ts';
import { writeLibrary } from '../db/doors.ts';
import { media } from '../db/schema.ts';
import { cancelGeneration } from '../generation/cancel.ts';
import { createGeneration } from '../generation/create.ts';
import { purgeMedia, restoreMedia, trashMedia, updateMedia } from '../media/change.ts';
import { newGuest, useTestServer, type Guest } from '../testing/server.ts';
import { readChanges, readCursor, readWindow } from './changes.ts';
import { startNewEpoch } from './epoch.ts';

const server = useTestServer();

const since = (guest: Guest, cursor: Cursor | null, adopt?: { library: string; version: number }) =>
  readChanges(guest, { cursor, schema: SYNC_SCHEMA, adopt });

/** Rows of one version without bytes, oldest first; `apart` is the time between two, in milliseconds. */
async function addRows(guest: Guest, count: number, apart = 1): Promise<MediaId[]> {
  const ids = Array.from({ length: count }, () => MediaId.parse(crypto.randomUUID()));
  await writeLibrary(guest, (tx, { version }) =>
    tx.insert(media).values(
      ids.map((id, index) => ({
        id,
        libraryId: guest.library,
        version,
        kind: 'image' as const,
        origin: 'uploaded' as const,
        width: 1,
        height: 1,
        mime: 'image/png' as const,
        bytes: 70,
        sha256: '0'.repeat(64),
        roles: ['original' as const],
        createdAt: new Date(1_700_000_000_000 + index * apart),
      })),
    ),
  );
  return ids;
}

const request = (prompt: string) => CreateGenerationInput.parse({ kind: 'image', prompt });

/** A claim's move of everything, with what each row was before. The login of a test server is a superuser. */
const merge = (from: Guest, to: Guest) =>
  server().db.transaction(async (tx) => {
    await tx.execute(sql`update libraries set version = 1 + (select max(version) from libraries
      where id in (${from.library}, ${to.library})) where id = ${to.library}`);
    await tx.execute(sql`update media set origin_library = library_id, origin_version = version,
      library_id = ${to.library}, version = (select version from libraries where id = ${to.library})
      where library_id = ${from.library}`);
    await tx.execute(sql`update libraries set merged_into = ${to.library}, session_id = null
      where id = ${from.library}`);
  });

const reset = (reason: ResetReason) => ({ type: 'reset', reason });

describe('a device starts over', () => {
  test('without a cursor, of another schema, of another epoch, and ahead of the server', async () => {
    const guest = await newGuest(server());
    await addRows(guest, 1);
    const cursor = await readCursor(guest);
    const { epoch, version } = parseCursor(cursor);
    expect(await since(guest, cursor)).toEqual({ type: 'same' });
    expect(await since(guest, null)).toEqual(reset('no-cursor'));
    expect(await readChanges(guest, { cursor, schema: SYNC_SCHEMA + 1 })).toEqual(reset('schema'));
    expect(await since(guest, makeCursor(crypto.randomUUID(), version))).toEqual(reset('epoch'));
    expect(await since(guest, makeCursor(epoch, version + 1))).toEqual(reset('ahead'));

    await startNewEpoch(server());
    expect(await since(guest, cursor)).toEqual(reset('epoch'));
    expect(await since(guest, await readCursor(guest))).toEqual({ type: 'same' });
  });

  test('when more has changed than one delta may hold, media and generations together', async () => {
    const guest = await newGuest(server());
    const start = await readCursor(guest);
    await addRows(guest, DELTA_LIMIT - 1);
    const job = await createGeneration(guest, request('the last one'));
    const full = await since(guest, start);
    expect(full).toMatchObject({ type: 'delta', changes: { length: DELTA_LIMIT } });
    // The change of a row that is in the delta already adds nothing to it.
    await cancelGeneration(guest, job.id);
    expect(await since(guest, start)).toMatchObject({ type: 'delta', changes: { length: DELTA_LIMIT } });
    await addRows(guest, 1);
    expect(await since(guest, start)).toEqual(reset('too-many'));
  });
});

describe('a delta', () => {
  test('holds every row that changed, as it is now, and leads to the present', async () => {
    const guest = await newGuest(server());
    const [same, starred, gone, back] = await addRows(guest, 4);
    if (!same || !starred || !gone || !back) throw new Error('four rows were added');
    const cursor = await readCursor(guest);
    await updateMedia(guest, { id: starred, starred: true, headline: 'Low tide' });
    await purgeMedia(guest, { ids: [gone] });
    await trashMedia(guest, { ids: [back] });
    await restoreMedia(guest, { ids: [back] });
    const job = await createGeneration(guest, request('a pier'));

    const delta = await since(guest, cursor);
    if (delta.type !== 'delta') throw new Error(`a ${delta.type} instead of a delta`);
    const { version } = parseCursor(cursor);
    expect(delta.changes).toHaveLength(4);
    expect(delta.changes).toEqual(
      expect.arrayContaining([
        {
          type: 'media',
          row: expect.objectContaining({
            id: starred,
            starred: true,
            headline: 'Low tide',
            version: version + 1,
          }),
        },
        { type: 'media-gone', id: gone, version: version + 2 },
        { type: 'media', row: expect.objectContaining({ id: back, trashedAt: null, version: version + 4 }) },
        { type: 'generation', row: job },
      ]),
    );
    expect(delta.cursor).toBe(await readCursor(guest));
    expect(await since(guest, delta.cursor)).toEqual({ type: 'same' });
  });

  test('tells nothing of another library', async () => {
    const [guest, other] = await Promise.all([newGuest(server()), newGuest(server())]);
    const cursor = await readCursor(guest);
    await addRows(other, 2);
    expect(await since(guest, cursor)).toEqual({ type: 'same' });
    const [own] = await addRows(guest, 1);
    expect(await since(guest, cursor)).toMatchObject({ type: 'delta', changes: [{ row: { id: own } }] });
  });
});

describe('a merged library', () => {
  test('sends its devices on, and what they hold already comes to them as stubs', async () => {
    const [guest, account] = await Promise.all([newGuest(server()), newGuest(server())]);
    const [held, changed] = await addRows(guest, 2);
    if (!held || !changed) throw new Error('two rows were added');
    const cursor = await readCursor(guest);
    const { version } = parseCursor(cursor);
    const [late] = await addRows(guest, 1);
    const start = await readCursor(account);
    await merge(guest, account);
    await updateMedia(account, { id: changed, starred: true });

    expect(await since(guest, cursor)).toEqual({ type: 'moved', to: account.library });
    await expect(readWindow(guest, { limit: 1 })).rejects.toMatchObject({ code: 'OWNER_CHANGED' });
    const typesFor = async (adopt?: { library: string; version: number }) => {
      const delta = await since(account, start, adopt);
      if (delta.type !== 'delta') throw new Error(`a ${delta.type} instead of a delta`);
      return Object.fromEntries(
        delta.changes.map((change) => ['row' in change ? change.row.id : change.id, change.type]),
      );
    };
    const whole = { [held]: 'media', [changed]: 'media', [late ?? '']: 'media' };
    expect(await typesFor({ library: guest.library, version })).toEqual({ ...whole, [held]: 'media-stub' });
    expect(await typesFor({ library: guest.library, version: version - 1 })).toEqual(whole);
    expect(await typesFor({ library: account.library, version })).toEqual(whole);
    expect(await typesFor()).toEqual(whole);
  });
});

describe('a window', () => {
  test('pages through everything that is not purged, once, also where moments are the same', async () => {
    const guest = await newGuest(server());
    const ids = await addRows(guest, 7, 0);
    const [trashed, purged] = ids;
    if (!trashed || !purged) throw new Error('seven rows were added');
    await trashMedia(guest, { ids: [trashed] });
    await purgeMedia(guest, { ids: [purged] });
    const job = await createGeneration(guest, request('a pier'));

    const pages = [];
    let before: string | undefined;
    do {
      const page = await readWindow(guest, { limit: 2, before });
      pages.push(page);
      before = page.next ?? undefined;
    } while (before !== undefined);
    const rows = pages.flatMap((page) => page.rows);
    expect(pages.map((page) => page.rows.length)).toEqual([2, 2, 2]);
    expect(rows.map(({ id }) => id)).toEqual(
      ids
        .filter((id) => id !== purged)
        .toSorted()
        .toReversed(),
    );
    expect(rows.filter(({ trashedAt }) => trashedAt !== null).map(({ id }) => id)).toEqual([trashed]);
    expect(pages.map((page) => page.generations)).toEqual([[job], [], []]);
    expect(pages[0]?.asOf).toBe(await readCursor(guest));
  });

  test('is the newest rows, newest first', async () => {
    const guest = await newGuest(server());
    const ids = await addRows(guest, WINDOW + 1);
    const { rows, next } = await readWindow(guest, { limit: WINDOW });
    expect(rows.map(({ id }) => id)).toEqual(ids.slice(1).toReversed());
    const last = await readWindow(guest, { limit: WINDOW, before: next ?? '' });
    expect(last).toMatchObject({ rows: [{ id: ids[0] }], next: null });
  });

  test('brings old generations that are still under way', async () => {
    const guest = await newGuest(server());
    const waiting = await createGeneration(guest, request('the first'));
    for (let index = 0; index < 50; index += 1) {
      const { id } = await createGeneration(guest, request(`number ${index}`));
      await cancelGeneration(guest, id);
    }
    const first = await readWindow(guest, { limit: 1 });
    expect(first.generations).toHaveLength(51);
    expect(first.generations.map(({ id }) => id)).toContain(waiting.id);
    await cancelGeneration(guest, waiting.id);
    const later = await readWindow(guest, { limit: 1 });
    expect(later.generations).toHaveLength(50);
    expect(later.generations.map(({ id }) => id)).not.toContain(waiting.id);
  });
});
