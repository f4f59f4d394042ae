import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import type { Collection, CollectionId } from '#core/collection.ts';
import type { Media, MediaId } from '#core/media.ts';
import type { LibraryCtx } from '../context.ts';
import { readLibrary } from '../db/doors.ts';
import { collections, media } from '../db/schema.ts';
import { toMedia } from '../media/rows.ts';
import { isLive, toCollection } from './rows.ts';

/** `size` and `cover`, the newest, are of what is not in the trash. */
export type CollectionSummary = Collection & { size: number; cover: Media | null };

/** All collections of a library, by name. */
export function listCollections(ctx: Pick<LibraryCtx, 'db' | 'library'>): Promise<CollectionSummary[]> {
  return readLibrary(ctx, async (tx) => {
    const [rows, sizes] = await Promise.all([
      tx
        .select()
        .from(collections)
        .where(and(eq(collections.libraryId, ctx.library), isLive))
        .orderBy(asc(collections.name), asc(collections.id)),
      tx.execute<{ id: CollectionId; size: string; newest: MediaId }>(sql`
        select member.id, count(*) as size, (array_agg(m.id order by m.created_at desc, m.id desc))[1] as newest
        from media as m, unnest(m.collection_ids) as member (id)
        where m.library_id = ${ctx.library} and m.deleted_at is null and m.trashed_at is null
          and m.collection_ids <> '{}'
        group by member.id`),
    ]);
    const newest = sizes.map((row) => row.newest);
    const covers =
      newest.length === 0
        ? []
        : await tx
            .select()
            .from(media)
            .where(and(eq(media.libraryId, ctx.library), inArray(media.id, newest)));
    const sizeOf = new Map(sizes.map((row) => [row.id, row]));
    const coverOf = new Map(covers.map((row) => [row.id, toMedia(row)]));
    return rows.map((row) => {
      const found = sizeOf.get(row.id);
      const cover = found ? (coverOf.get(found.newest) ?? null) : null;
      return { ...toCollection(row), size: Number(found?.size ?? 0), cover };
    });
  });
}
