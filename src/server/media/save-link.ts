import { uuidv7 } from 'uuidv7';
import { AppError } from '#core/errors.ts';
import { MediaId, type Media, type SaveLinkInput, type SourceInput } from '#core/media.ts';
import type { LibraryCtx } from '../context.ts';
import { readLibrary } from '../db/doors.ts';
import { countFetch } from '../fetch/count-fetch.ts';
import { readLink, sourceOf } from '../fetch/link.ts';
import { findBySource, keepImported } from './keep.ts';
import { toMedia } from './rows.ts';
import { findSaved } from './save.ts';

/** As `saveLink`, with the word whether the record was made now. */
export async function keepLink(
  ctx: LibraryCtx,
  { url, ...described }: SaveLinkInput,
  network: string | null,
  named: readonly SourceInput[] = [],
): Promise<{ item: Media; isNew: boolean }> {
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
  const item = await findSaved(ctx, kept.id);
  if (!item) throw new AppError('CONFLICT', 'This id cannot be used. Make a new one.', { field: 'id' });
  return { item, isNew: kept.isNew };
}

/**
 * Fetches a link and keeps its bytes. One that was saved before answers with the record that exists, unchanged: a save
 * does not take anything out of the trash. No transaction is open while the other side is waited for.
 * @param network Where the request came from, as limits count it.
 * @throws AppError LINK_REFUSED, LINK_DEAD, UNSUPPORTED_MEDIA, TOO_LARGE, RATE_LIMITED; nothing is kept then.
 */
export const saveLink = async (
  ctx: LibraryCtx,
  input: SaveLinkInput,
  network: string | null,
  sources: readonly SourceInput[] = [],
): Promise<Media> => (await keepLink(ctx, input, network, sources)).item;
