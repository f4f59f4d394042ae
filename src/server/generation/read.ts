import { and, asc, eq, sql } from 'drizzle-orm';
import { decodePageCursor } from '#core/cursor.ts';
import { notFound } from '#core/errors.ts';
import type { GenerationPage, GenerationWithMedia, ListGenerationsInput } from '#core/generation.ts';
import type { GenerationId } from '#core/media.ts';
import type { LibraryCtx } from '../context.ts';
import { readLibrary } from '../db/doors.ts';
import { generations, media } from '../db/schema.ts';
import { isLive, pageOf, toMedia } from '../media/rows.ts';
import { isListed, NEWEST_FIRST, toGeneration } from './rows.ts';

type ReadCtx = Pick<LibraryCtx, 'db' | 'library'>;

/** With the media that it made and that were not purged since. */
export function getGeneration(ctx: ReadCtx, id: GenerationId): Promise<GenerationWithMedia> {
  return readLibrary(ctx, async (tx) => {
    const [[row], made] = await Promise.all([
      tx
        .select()
        .from(generations)
        .where(and(eq(generations.libraryId, ctx.library), eq(generations.id, id), isListed)),
      tx
        .select()
        .from(media)
        .where(and(eq(media.libraryId, ctx.library), eq(media.generationId, id), isLive))
        .orderBy(asc(media.outputIndex)),
    ]);
    if (!row) throw notFound('generation');
    return { ...toGeneration(row), media: made.map(toMedia) };
  });
}

export function listGenerations(
  ctx: ReadCtx,
  { limit, cursor }: ListGenerationsInput,
): Promise<GenerationPage> {
  const before = cursor === undefined ? null : decodePageCursor(cursor);
  return readLibrary(ctx, async (tx) => {
    const rows = await tx
      .select()
      .from(generations)
      .where(
        and(
          eq(generations.libraryId, ctx.library),
          isListed,
          before
            ? sql`(${generations.createdAt}, ${generations.id}) < (${before.createdAt.toISOString()}::timestamptz, ${before.id}::uuid)`
            : undefined,
        ),
      )
      .orderBy(...NEWEST_FIRST)
      .limit(limit + 1);
    const { page, next } = pageOf(rows, limit);
    return { items: page.map(toGeneration), nextCursor: next };
  });
}
