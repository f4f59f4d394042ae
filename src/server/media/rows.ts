import { desc, isNull, sql, type SQL } from 'drizzle-orm';
import { decodePageCursor, encodePageCursor } from '#core/cursor.ts';
import { mediaUrl } from '#core/media-url.ts';
import { SOURCE_ROLES, type FileRole, type Media } from '#core/media.ts';
import { media } from '../db/schema.ts';

export type MediaRow = typeof media.$inferSelect;

const iso = (date: Date | null) => date?.toISOString() ?? null;

/** A row as the world sees it: no owner, no storage key. */
export function toMedia(row: MediaRow): Media {
  const sources = SOURCE_ROLES.filter((role) => row.roles.includes(role));
  const path = (role: FileRole) => (row.roles.includes(role) ? { [role]: mediaUrl(row.id, role) } : {});
  return {
    id: row.id,
    version: row.version,
    kind: row.kind,
    origin: row.origin,
    prompt: row.prompt,
    headline: row.headline,
    tags: row.tags,
    collectionIds: row.collectionIds,
    starred: row.starred,
    model: row.model,
    provider: row.provider,
    seed: row.seed,
    settings: row.settings,
    metadata: row.metadata,
    width: row.width,
    height: row.height,
    durationMs: row.durationMs,
    mime: row.mime,
    bytes: row.bytes,
    sha256: row.sha256,
    thumbhash: row.thumbhash,
    generationId: row.generationId,
    outputIndex: row.outputIndex,
    ...(row.sourceUrl === null ? {} : { sourceUrl: row.sourceUrl }),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    trashedAt: iso(row.trashedAt),
    urls: {
      original: mediaUrl(row.id, 'original'),
      ...path('preview'),
      ...path('thumb'),
      ...path('poster'),
      ...(sources.length > 0 && { sources: sources.map((role) => mediaUrl(row.id, role)) }),
    },
  };
}

/** Newest first; both keys descend alike, so that one index serves the order and the cursor. */
export const NEWEST_FIRST = [desc(media.createdAt), desc(media.id)];

export const isLive = isNull(media.deletedAt);

/** Rows that come after a cursor in a newest-first list. */
export function olderThan(cursor: string | undefined): SQL | undefined {
  if (cursor === undefined) return undefined;
  const { createdAt, id } = decodePageCursor(cursor);
  return sql`(${media.createdAt}, ${media.id}) < (${createdAt.toISOString()}::timestamptz, ${id}::uuid)`;
}

/** Splits `limit + 1` rows into a page and the cursor of the next one. */
export function pageOf<Row extends { createdAt: Date; id: string }>(rows: Row[], limit: number) {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { page, next: rows.length > limit && last ? encodePageCursor(last) : null };
}
