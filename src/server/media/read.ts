import { and, arrayContains, eq, isNotNull, isNull, sql } from 'drizzle-orm';
import { notFound } from '#core/errors.ts';
import type { JsonObject } from '#core/json.ts';
import type { FileRole, ListMediaInput, Media, MediaId, MediaPage } from '#core/media.ts';
import { makeCursor } from '#core/sync.ts';
import type { LibraryCtx } from '../context.ts';
import { readLibrary } from '../db/doors.ts';
import { libraries, media, mediaFiles, storageObjects } from '../db/schema.ts';
import { isLive, NEWEST_FIRST, olderThan, pageOf, toMedia } from './rows.ts';

type ReadCtx = Pick<LibraryCtx, 'db' | 'library'>;

/** One page by keyset: page 2,000 costs what page 1 costs, and nothing repeats or is skipped as new items arrive. */
export function listMedia(ctx: ReadCtx, input: ListMediaInput): Promise<MediaPage> {
  const { kind, trash, starred, collection, limit, cursor } = input;
  const older = olderThan(cursor);
  return readLibrary(ctx, async (tx) => {
    const [[head], rows] = await Promise.all([
      tx
        .select({ epoch: libraries.epoch, version: libraries.version })
        .from(libraries)
        .where(eq(libraries.id, ctx.library)),
      tx
        .select()
        .from(media)
        .where(
          and(
            eq(media.libraryId, ctx.library),
            isLive,
            trash ? isNotNull(media.trashedAt) : isNull(media.trashedAt),
            kind && eq(media.kind, kind),
            starred === undefined ? undefined : eq(media.starred, starred),
            collection && arrayContains(media.collectionIds, [collection]),
            older,
          ),
        )
        .orderBy(...NEWEST_FIRST)
        .limit(limit + 1),
    ]);
    const { page, next } = pageOf(rows, limit);
    return {
      items: page.map(toMedia),
      nextCursor: next,
      asOf: head ? makeCursor(head.epoch, head.version) : null,
    };
  });
}

/** @throws AppError NOT_FOUND for an unknown, foreign or purged id alike. */
export function getMedia(ctx: ReadCtx, id: MediaId): Promise<Media> {
  return readLibrary(ctx, async (tx) => {
    const [row] = await tx
      .select()
      .from(media)
      .where(and(eq(media.libraryId, ctx.library), eq(media.id, id), isLive));
    if (!row) throw notFound('item');
    return toMedia(row);
  });
}

/** Where the bytes of one file are, and what to say of them; of its item what names it. */
export function getMediaFile(ctx: ReadCtx, id: MediaId, role: FileRole) {
  return readLibrary(ctx, async (tx) => {
    const [file] = await tx
      .select({
        key: mediaFiles.objectKey,
        backend: storageObjects.backend,
        mime: mediaFiles.mime,
        bytes: mediaFiles.bytes,
        sha256: mediaFiles.sha256,
        item: {
          headline: media.headline,
          prompt: sql<string>`left(${media.prompt}, 200)`,
          metadata: sql<JsonObject>`jsonb_build_object('filename', ${media.metadata} -> 'filename')`,
          createdAt: media.createdAt,
          mime: media.mime,
        },
      })
      .from(mediaFiles)
      .innerJoin(media, eq(media.id, mediaFiles.mediaId))
      .innerJoin(storageObjects, eq(storageObjects.key, mediaFiles.objectKey))
      .where(
        and(
          eq(mediaFiles.libraryId, ctx.library),
          eq(mediaFiles.mediaId, id),
          eq(mediaFiles.role, role),
          eq(storageObjects.state, 'live'),
        ),
      );
    if (!file) throw notFound('file');
    return file;
  });
}
