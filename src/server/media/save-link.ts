import { and, desc, eq, or } from 'drizzle-orm';
import { createReadStream } from 'node:fs';
import { uuidv7 } from 'uuidv7';
import { AppError } from '#core/errors.ts';
import { MediaId, type Media, type SaveLinkInput } from '#core/media.ts';
import type { LibraryCtx } from '../context.ts';
import type { Tx } from '../db/client.ts';
import { readLibrary, writeLibrary } from '../db/doors.ts';
import { media } from '../db/schema.ts';
import type { FetchedFile } from '../fetch/fetcher.ts';
import { readLink, sourceOf, type SourceOf } from '../fetch/link.ts';
import { prepareMedia } from '../ingest/prepare.ts';
import { doomStaged, stageObject } from '../ledger.ts';
import { insertMedia, stageFiles } from './ingest.ts';
import { isLive, toMedia, type MediaRow } from './rows.ts';
import { findSaved, recipeOf, requireKind } from './save.ts';

/** The item that was made from this source, in the trash or not. */
export async function findBySource(
  tx: Tx,
  ctx: Pick<LibraryCtx, 'library'>,
  { sourceUrl, sourceUuid }: SourceOf,
): Promise<MediaRow | null> {
  const same = eq(media.sourceUrl, sourceUrl);
  const [row] = await tx
    .select()
    .from(media)
    .where(
      and(
        eq(media.libraryId, ctx.library),
        isLive,
        sourceUuid === null ? same : or(same, eq(media.sourceUuid, sourceUuid)),
      ),
    )
    .orderBy(desc(media.createdAt), desc(media.id))
    .limit(1);
  return row ?? null;
}

/** @returns The id of the record that holds the file: another's, if another save of this source came first. */
async function keepFile(
  ctx: LibraryCtx,
  id: MediaId,
  input: SaveLinkInput,
  source: SourceOf,
  { path }: FetchedFile,
): Promise<MediaId> {
  const prepared = await prepareMedia(path, { field: 'url' });
  requireKind(input, prepared);
  const original = await stageObject(ctx, id, createReadStream(path), { mime: prepared.mime });
  const files = await stageFiles(ctx, id, original, prepared);
  const kept = await writeLibrary(ctx, async (tx, head) => {
    // Under the library's lock, so that of two saves of one link the second finds the first.
    const twin = await findBySource(tx, ctx, source);
    if (twin) return { id: twin.id, isOurs: false };
    const recipe = { id, origin: 'imported' as const, ...recipeOf(ctx, input), ...source };
    return { id, isOurs: await insertMedia(tx, head, ctx, recipe, prepared, files) };
  });
  if (!kept.isOurs) {
    await doomStaged(
      ctx,
      files.map((file) => file.object),
    );
  }
  return kept.id;
}

/**
 * Fetches a link and keeps its bytes. One that was saved before answers with the record that exists, unchanged: a save
 * does not take anything out of the trash. No transaction is open while the other side is waited for.
 * @param network Where the request came from, as limits count it.
 * @throws AppError LINK_REFUSED, LINK_DEAD, UNSUPPORTED_MEDIA, TOO_LARGE, RATE_LIMITED; nothing is kept then.
 */
export async function saveLink(
  ctx: LibraryCtx,
  input: SaveLinkInput,
  network: string | null,
): Promise<Media> {
  const id = input.id ?? MediaId.parse(uuidv7());
  const link = readLink(input.url);
  const source = sourceOf(link);
  const saved = await findSaved(ctx, id);
  if (saved) return saved;
  const before = await readLibrary(ctx, (tx) => findBySource(tx, ctx, source));
  if (before) return toMedia(before);

  await ctx.limits.take('fetch', ctx.library);
  await ctx.limits.take('fetchFrom', network);
  const kept = await ctx.fetcher.fetch(link, ctx.library, (file) => keepFile(ctx, id, input, source, file));
  const media = await findSaved(ctx, kept);
  if (!media) throw new AppError('CONFLICT', 'This id cannot be used. Make a new one.', { field: 'id' });
  return media;
}
