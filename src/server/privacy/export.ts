/**
 * Everything that somebody has here, as one ZIP that is made while it is read: records come by pages, files by streams,
 * and the next piece is fetched when the one before has left. A file that is lost is listed and does not fail the rest; a
 * storage that is out of reach breaks the archive off. `library.json` comes last, so that one which broke off lacks it.
 */
import { and, eq, inArray, sql } from 'drizzle-orm';
import { makeZip } from 'client-zip';
import { KEPT_ROLES } from '#core/media.ts';
import type { LibraryCtx } from '../context.ts';
import { listCollections } from '../collection/read.ts';
import { readLibrary } from '../db/doors.ts';
import { collections, generations, media, mediaFiles, purges, storageObjects } from '../db/schema.ts';
import { listGenerations } from '../generation/read.ts';
import { isLive, NEWEST_FIRST, olderThan, pageOf, type MediaRow } from '../media/rows.ts';
import { listReceipts } from '../receipt.ts';
import { writeKept, type FilesCtx, type Kept } from './export-files.ts';
import { archiveNameOf, sidecarOf, sourceNameOf } from './export-names.ts';

/** Tables of a library that an export holds. Of the files, originals and sources: the rest is made from them. */
export const EXPORTED = [collections, generations, media, mediaFiles, purges];
/** Tables of a library that it lacks, and why. */
export const NOT_EXPORTED: Record<string, string> = {
  uploads: 'bytes on their way to a record; they last an hour',
  sync_clients: 'how far each device has sent its changes, of no use elsewhere',
};

const FORMAT = { name: 'afterimage-library', version: 1 };
const PAGE = 100;

type ExportCtx = Pick<LibraryCtx, 'now'> & FilesCtx;
type Row = { item: MediaRow; files: Kept[] };
type FailedFile = { id: string; file: string; reason: string };
type Entry = { name: string; lastModified: Date; input: string | AsyncGenerator<Uint8Array | string> };

async function readPage(ctx: ExportCtx, cursor: string | undefined) {
  return readLibrary(ctx, async (tx) => {
    const found = await tx
      .select()
      .from(media)
      .where(and(eq(media.libraryId, ctx.library), isLive, olderThan(cursor)))
      .orderBy(...NEWEST_FIRST)
      .limit(PAGE + 1);
    const { page, next } = pageOf(found, PAGE);
    const ids = page.map(({ id }) => id);
    const files = await tx
      .select({
        mediaId: mediaFiles.mediaId,
        role: mediaFiles.role,
        mime: mediaFiles.mime,
        bytes: mediaFiles.bytes,
        sha256: mediaFiles.sha256,
        key: storageObjects.key,
        backend: storageObjects.backend,
      })
      .from(mediaFiles)
      .leftJoin(
        storageObjects,
        and(eq(storageObjects.key, mediaFiles.objectKey), eq(storageObjects.state, 'live')),
      )
      .where(
        and(
          eq(mediaFiles.libraryId, ctx.library),
          inArray(mediaFiles.mediaId, ids),
          inArray(mediaFiles.role, KEPT_ROLES),
        ),
      )
      .orderBy(mediaFiles.role);
    const filesOf = Map.groupBy(files, ({ mediaId }) => mediaId);
    return {
      page: page.map((item): Row => ({ item, files: filesOf.get(item.id) ?? [] })),
      next: next ?? undefined,
    };
  });
}

async function* readRows(ctx: ExportCtx): AsyncGenerator<Row> {
  let cursor: string | undefined;
  do {
    const { page, next } = await readPage(ctx, cursor);
    yield* page;
    cursor = next;
  } while (cursor !== undefined);
}

/** Items as one JSON list, of which no more than a page is in memory. */
export async function* jsonList(items: AsyncIterable<unknown>, count: () => void): AsyncGenerator<string> {
  let before = '[\n';
  for await (const item of items) {
    count();
    yield before + JSON.stringify(item);
    before = ',\n';
  }
  yield before === '[\n' ? '[]\n' : '\n]\n';
}

async function* readGenerations(ctx: ExportCtx) {
  let cursor: string | undefined;
  do {
    const page = await listGenerations(ctx, { limit: PAGE, cursor });
    yield* page.items;
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
}

async function* readReceipts(ctx: ExportCtx) {
  let cursor: string | undefined;
  do {
    const page = await listReceipts(ctx, { limit: PAGE, cursor });
    yield* page.items;
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
}

async function* readCollections(ctx: ExportCtx) {
  for (const { size: _size, cover: _cover, ...collection } of await listCollections(ctx)) yield collection;
}

async function* listEntries(ctx: ExportCtx, account: (() => AsyncGenerator<string>) | null) {
  const at = ctx.now();
  const counts = { media: 0, trash: 0, bytes: 0, generations: 0, collections: 0, failed: 0 };
  const failed: FailedFile[] = [];
  const json = (name: string, input: Entry['input']): Entry => ({ name, lastModified: at, input });
  for await (const { item, files } of readRows(ctx)) {
    const file = archiveNameOf(item);
    const fail = (name: string) => (reason: string) => void failed.push({ id: item.id, file: name, reason });
    const lastModified = yearOfZip(item.createdAt);
    const original = files.find(({ role }) => role === 'original');
    for await (const entry of writeKept(ctx, original, file, fail(file))) yield { ...entry, lastModified };
    const sources: string[] = [];
    for (const source of files) {
      if (source.role === 'original') continue;
      const name = sourceNameOf(file, source);
      sources.push(name);
      for await (const entry of writeKept(ctx, source, name, fail(name))) yield { ...entry, lastModified };
    }
    yield json(file.replace(/\.\w+$/, '.json'), pretty(sidecarOf(item, file, sources)));
    counts[item.trashedAt === null ? 'media' : 'trash'] += 1;
    counts.bytes += item.bytes;
  }
  yield json(
    'generations.json',
    jsonList(readGenerations(ctx), () => (counts.generations += 1)),
  );
  yield json(
    'collections.json',
    jsonList(readCollections(ctx), () => (counts.collections += 1)),
  );
  yield json(
    'receipts.json',
    jsonList(readReceipts(ctx), () => {}),
  );
  if (account) yield json('account.json', account());
  counts.failed = failed.length;
  if (failed.length > 0) yield json('failed.json', pretty(failed));
  yield json('library.json', pretty({ format: FORMAT, exportedAt: at.toISOString(), counts }));
}

const pretty = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** A ZIP counts years from 1980 to 2107. */
function yearOfZip(date: Date): Date {
  const year = date.getFullYear();
  return year < 1980 ? new Date(1980, 0, 1) : year > 2107 ? new Date(2107, 11, 31) : date;
}

/**
 * @param account What else there is of an account, as pieces of one JSON document.
 * @returns The ZIP; cancelling it lets go of whatever it was reading.
 */
export function exportLibrary(
  ctx: ExportCtx,
  account: (() => AsyncGenerator<string>) | null = null,
): ReadableStream<Uint8Array> {
  // Piped, since cancelling what makeZip gives would reject with the reason of cancelling.
  return makeZip(listEntries(ctx, account)).pipeThrough(new TransformStream());
}

export type ExportSummary = { media: number; trash: number; bytes: number };

/** What an export would hold. */
export async function summariseLibrary(ctx: Pick<LibraryCtx, 'db' | 'library'>): Promise<ExportSummary> {
  const [found] = await readLibrary(ctx, (tx) =>
    tx
      .select({
        media: sql<string>`count(*) filter (where ${media.trashedAt} is null)`,
        trash: sql<string>`count(*) filter (where ${media.trashedAt} is not null)`,
        bytes: sql<string>`coalesce(sum(${media.bytes}), 0)`,
      })
      .from(media)
      .where(and(eq(media.libraryId, ctx.library), isLive)),
  );
  return {
    media: Number(found?.media ?? 0),
    trash: Number(found?.trash ?? 0),
    bytes: Number(found?.bytes ?? 0),
  };
}
