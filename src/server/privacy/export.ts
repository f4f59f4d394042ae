/**
 * Everything that somebody has here, as one ZIP that is made while it is read: records come by pages, files by streams,
 * and the next piece is fetched when the one before has left. A file that fails is listed and does not fail the rest;
 * `library.json` comes last, so that an archive which broke off lacks it.
 */
import { and, eq, inArray, sql } from 'drizzle-orm';
import { makeZip } from 'client-zip';
import { createHash } from 'node:crypto';
import { SOURCE_ROLES, type FileRole } from '#core/media.ts';
import type { LibraryCtx } from '../context.ts';
import { listCollections } from '../collection/read.ts';
import { readLibrary } from '../db/doors.ts';
import { collections, generations, media, mediaFiles, purges, storageObjects } from '../db/schema.ts';
import { listGenerations } from '../generation/read.ts';
import { log } from '../log.ts';
import { isLive, NEWEST_FIRST, olderThan, pageOf, type MediaRow } from '../media/rows.ts';
import { listReceipts } from '../receipt.ts';
import type { StorageKey } from '../storage/keys.ts';
import { storageOf, type Places } from '../storage/place.ts';
import type { Backend } from '../storage/port.ts';
import { nameOf, sidecarOf, sourceNameOf } from './export-names.ts';

/** Tables of a library that an export holds. Of the files, originals and sources: the rest is made from them. */
export const EXPORTED = [collections, generations, media, mediaFiles, purges];
/** Tables of a library that it lacks, and why. */
export const NOT_EXPORTED: Record<string, string> = {
  uploads: 'bytes on their way to a record; they last an hour',
  sync_clients: 'how far each device has sent its changes, of no use elsewhere',
};

const FORMAT = { name: 'afterimage-library', version: 1 };
const PAGE = 100;

type ExportCtx = Pick<LibraryCtx, 'db' | 'library' | 'now'> & Places;
/** A file as it was saved: an original, or an image that one was made from. */
type Kept = {
  role: FileRole;
  mime: string;
  sha256: string;
  key: StorageKey | null;
  backend: Backend | null;
};
type Row = { item: MediaRow; files: Kept[] };
type FailedFile = { id: string; file: string; reason: string };
type Entry = { name: string; lastModified: Date; input: string | AsyncGenerator<Uint8Array | string> };

const KEPT_ROLES: FileRole[] = ['original', ...SOURCE_ROLES];

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

const LOST = 'its bytes are not in the storage';
const BROKEN = 'reading its bytes broke off; what is here is the beginning';
const OTHER = 'its bytes are not those that were saved';

/**
 * The bytes of a file, compared with its record on the way. They can no longer be called back by the time that
 * something is wrong with them, so that it is told afterwards.
 */
async function* readKept(
  stream: ReadableStream<Uint8Array>,
  { sha256 }: Kept,
  file: string,
  onWrong: (reason: string) => void,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of stream) {
      hash.update(chunk);
      yield chunk;
    }
  } catch (error) {
    log.error(`export: ${file} broke off`, error);
    onWrong(BROKEN);
    return;
  }
  if (hash.digest('hex') !== sha256) onWrong(OTHER);
}

async function openKept(ctx: ExportCtx, kept: Kept | undefined, file: string) {
  if (!kept || kept.key === null || kept.backend === null) return null;
  try {
    return (await (await storageOf(ctx, kept.backend)).get(kept.key))?.stream ?? null;
  } catch (error) {
    log.error(`export: ${file} cannot be read`, error);
    return null;
  }
}

/** One file of an item, or the word that it is not there. */
async function* writeKept(
  ctx: ExportCtx,
  { createdAt }: MediaRow,
  kept: Kept | undefined,
  file: string,
  fail: (reason: string) => void,
): AsyncGenerator<Entry> {
  const stream = await openKept(ctx, kept, file);
  if (stream === null || !kept) return fail(LOST);
  const input = readKept(stream, kept, file, fail);
  try {
    yield { name: file, lastModified: yearOfZip(createdAt), input };
  } finally {
    // Whoever stops reading stops here. One that broke off by itself refuses, and has nothing to let go of.
    await input.return(undefined);
    await stream.cancel().catch(() => {});
  }
}

async function* listEntries(ctx: ExportCtx, account: (() => AsyncGenerator<string>) | null) {
  const at = ctx.now();
  const counts = { media: 0, trash: 0, bytes: 0, generations: 0, collections: 0, failed: 0 };
  const failed: FailedFile[] = [];
  const json = (name: string, input: Entry['input']): Entry => ({ name, lastModified: at, input });
  for await (const { item, files } of readRows(ctx)) {
    const file = nameOf(item);
    const fail = (name: string) => (reason: string) => void failed.push({ id: item.id, file: name, reason });
    const original = files.find(({ role }) => role === 'original');
    yield* writeKept(ctx, item, original, file, fail(file));
    const sources: string[] = [];
    for (const source of files) {
      if (source.role === 'original') continue;
      const name = sourceNameOf(file, source);
      sources.push(name);
      yield* writeKept(ctx, item, source, name, fail(name));
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
