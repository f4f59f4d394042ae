import { and, desc, eq, or, type SQL } from 'drizzle-orm';
import { createReadStream } from 'node:fs';
import type { MediaId } from '#core/media.ts';
import type { LibraryCtx } from '../context.ts';
import type { Tx } from '../db/client.ts';
import { writeLibrary } from '../db/doors.ts';
import { media } from '../db/schema.ts';
import type { SourceOf } from '../fetch/link.ts';
import { prepareMedia } from '../ingest/prepare.ts';
import type { MediaSource } from '../ingest/source.ts';
import { doomStaged, stageObject } from '../ledger.ts';
import { insertMedia, stageFiles } from './ingest.ts';
import { isLive, type MediaRow } from './rows.ts';
import { NO_SOURCES, stageSources, takeUploads, type Sources } from './sources.ts';
import { recipeOf, requireKind, type Described } from './save.ts';

type OfLibrary = Pick<LibraryCtx, 'library'>;

async function findFirst(tx: Tx, ctx: OfLibrary, same: SQL | undefined): Promise<MediaRow | null> {
  const [row] = await tx
    .select()
    .from(media)
    .where(and(eq(media.libraryId, ctx.library), isLive, same))
    .orderBy(desc(media.createdAt), desc(media.id))
    .limit(1);
  return row ?? null;
}

/** The item that was made from this source, in the trash or not. */
export const findBySource = (tx: Tx, ctx: OfLibrary, { sourceUrl, sourceUuid }: SourceOf) =>
  findFirst(
    tx,
    ctx,
    or(eq(media.sourceUrl, sourceUrl), sourceUuid === null ? undefined : eq(media.sourceUuid, sourceUuid)),
  );

/** The item that has these very bytes, in the trash or not. */
export const findByHash = (tx: Tx, ctx: OfLibrary, sha256: string) =>
  findFirst(tx, ctx, eq(media.sha256, sha256));

type Brought = {
  file: MediaSource;
  /** Path of the input field that errors name. */
  field: string;
  described: Described;
  source: SourceOf | null;
  /** What this file repeats. Asked under the library's lock: of two that bring the same, the second finds the first. */
  findTwin: (tx: Tx) => Promise<MediaRow | null>;
  sources?: Sources;
};

/**
 * Keeps what came from elsewhere, once. Its bytes are read and stored before any transaction begins.
 * @returns The id of the record that holds it, and whether that was made now.
 */
export async function keepImported(
  ctx: LibraryCtx,
  id: MediaId,
  { file, field, described, source, findTwin, sources = NO_SOURCES }: Brought,
): Promise<{ id: MediaId; isNew: boolean }> {
  const prepared = await prepareMedia(file, { field });
  requireKind(described, prepared);
  const beside = await stageSources(ctx, id, sources);
  const body = typeof file === 'string' ? createReadStream(file) : file;
  const original = await stageObject(ctx, id, body, { mime: prepared.mime });
  const staged = await stageFiles(ctx, id, original, prepared);
  const files = [...staged, ...beside.files];
  const kept = await writeLibrary(ctx, async (tx, head) => {
    const twin = await findTwin(tx);
    if (twin) return { id: twin.id, isNew: false };
    const recipe = { id, origin: 'imported' as const, ...recipeOf(ctx, described, prepared), ...source };
    const isNew = await insertMedia(tx, head, ctx, recipe, prepared, files);
    if (isNew && beside.files.length > 0) await takeUploads(tx, beside.files);
    return { id, isNew };
  });
  if (!kept.isNew) {
    await doomStaged(ctx, [...staged.map(({ object }) => object), ...beside.own]);
  }
  return kept;
}
