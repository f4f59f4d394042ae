import { createHash } from 'node:crypto';
import { uuidv7 } from 'uuidv7';
import { AppError } from '#core/errors.ts';
import { MediaId, type Media, type SaveLinkInput, type SourceInput } from '#core/media.ts';
import { isDataUrl } from '#core/source.ts';
import type { LibraryCtx } from '../context.ts';
import { readLibrary } from '../db/doors.ts';
import { countFetch } from '../fetch/count-fetch.ts';
import { readLink, sourceOf } from '../fetch/link.ts';
import { decodeBase64 } from '../ingest/base64.ts';
import { findByHash, findBySource, keepImported } from './keep.ts';
import { toMedia } from './rows.ts';
import { findSaved, requireBytes, type Described } from './save.ts';
import type { Sources } from './sources.ts';

/** Keeps bytes that came in place of a link, once: an item that has these very bytes is their record, unchanged. */
export async function keepBytes(
  ctx: LibraryCtx,
  bytes: Uint8Array,
  described: Described,
  sources?: Sources,
): Promise<{ item: Media; isNew: boolean }> {
  const id = described.id ?? MediaId.parse(uuidv7());
  const saved = await findSaved(ctx, id);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (saved) return { item: requireBytes(saved, sha256), isNew: false };
  const before = await readLibrary(ctx, (tx) => findByHash(tx, ctx, sha256));
  if (before) return { item: toMedia(before), isNew: false };
  const kept = await keepImported(ctx, id, {
    file: bytes,
    field: 'url',
    described,
    source: null,
    findTwin: (tx) => findByHash(tx, ctx, sha256),
    ...(sources && { sources }),
  });
  return { item: await requireSaved(ctx, kept.id), isNew: kept.isNew };
}

async function requireSaved(ctx: LibraryCtx, id: MediaId): Promise<Media> {
  const item = await findSaved(ctx, id);
  if (!item) throw new AppError('CONFLICT', 'This id cannot be used. Make a new one.', { field: 'id' });
  return item;
}

/** As `saveLink`, with the word whether the record was made now. */
export async function keepLink(
  ctx: LibraryCtx,
  { url, ...described }: SaveLinkInput,
  network: string | null,
  named: readonly SourceInput[] = [],
): Promise<{ item: Media; isNew: boolean }> {
  if (isDataUrl(url))
    return keepBytes(ctx, decodeBase64(url, { field: 'url' }), described, { named, network });
  const id = described.id ?? MediaId.parse(uuidv7());
  const link = readLink(url);
  const source = sourceOf(link);
  const saved = await findSaved(ctx, id);
  if (saved) return { item: saved, isNew: false };
  const before = await readLibrary(ctx, (tx) => findBySource(tx, ctx, source));
  if (before) return { item: toMedia(before), isNew: false };

  await countFetch(ctx, network);
  const kept = await ctx.fetcher.fetch(link, ctx.library, ({ path }) =>
    keepImported(ctx, id, {
      file: path,
      field: 'url',
      described,
      source,
      findTwin: (tx) => findBySource(tx, ctx, source),
      sources: { named, network },
    }),
  );
  return { item: await requireSaved(ctx, kept.id), isNew: kept.isNew };
}

/**
 * Fetches a link and keeps its bytes; those of a `data:` URL are in it. One that was saved before answers with the record
 * that exists, unchanged: a save does not take anything out of the trash. No transaction is open while the other side is waited for.
 * @param network Where the request came from, as limits count it.
 * @throws AppError LINK_REFUSED, LINK_DEAD, BAD_INPUT, UNSUPPORTED_MEDIA, TOO_LARGE, RATE_LIMITED; nothing is kept then.
 */
export const saveLink = async (
  ctx: LibraryCtx,
  input: SaveLinkInput,
  network: string | null,
  sources: readonly SourceInput[] = [],
): Promise<Media> => (await keepLink(ctx, input, network, sources)).item;
