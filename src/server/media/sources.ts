/**
 * The images that a record was made from. Invariant: each is a copy with bytes of its own, so that nothing that becomes
 * of the item, upload or link it came from changes it.
 */
import { inArray } from 'drizzle-orm';
import { createReadStream } from 'node:fs';
import { AppError, notFound } from '#core/errors.ts';
import { SOURCE_ROLES, type MediaId, type SourceInput } from '#core/media.ts';
import { isDataUrl } from '#core/source.ts';
import type { LibraryCtx } from '../context.ts';
import type { Tx } from '../db/client.ts';
import { uploads } from '../db/schema.ts';
import { countFetch } from '../fetch/count-fetch.ts';
import { readLink } from '../fetch/link.ts';
import { decodeBase64 } from '../ingest/base64.ts';
import { prepareMedia } from '../ingest/prepare.ts';
import type { MediaSource } from '../ingest/source.ts';
import { doomStaged, stageObject, type StagedObject } from '../ledger.ts';
import { storageOf } from '../storage/place.ts';
import { storageFailure } from '../storage/port.ts';
import { readUpload } from '../upload.ts';
import type { StagedFile } from './ingest.ts';
import { getMediaFile } from './read.ts';

/** What a request names as sources, and where it came from. */
export type Sources = { named: readonly SourceInput[]; network: string | null };

export const NO_SOURCES: Sources = { named: [], network: null };

type Staged = {
  files: StagedFile[];
  /** Objects that were staged here; those of uploads are not. */
  own: StagedObject[];
};

type Read = { object: StagedObject; isOwn: boolean; mime: string; width: number; height: number };

async function readImage(file: MediaSource, field: string) {
  const { kind, mime, width, height } = await prepareMedia(file, { field });
  if (kind === 'image') return { mime, width, height };
  throw new AppError('BAD_INPUT', 'A source is an image, and this is a video. Nothing was saved.', { field });
}

/** @throws AppError naming `field`. */
async function readSource(
  ctx: LibraryCtx,
  id: MediaId,
  { url, data, upload, media }: SourceInput,
  network: string | null,
  field: string,
): Promise<Read> {
  async function copy(file: MediaSource): Promise<Read> {
    const facts = await readImage(file, field);
    const body = typeof file === 'string' ? createReadStream(file) : file;
    return { ...facts, object: await stageObject(ctx, id, body, facts), isOwn: true };
  }

  if (url !== undefined && !isDataUrl(url)) {
    const link = readLink(url);
    await countFetch(ctx, network);
    return ctx.fetcher.fetch(link, ctx.library, ({ path }) => copy(path));
  }
  if (upload !== undefined) {
    const object = await readUpload(ctx, upload);
    const facts = object && (await ctx.storage.lend(object.key, (path) => readImage(path, field)));
    if (!facts) throw notFound('upload');
    return { ...facts, object, isOwn: false };
  }
  if (media !== undefined) {
    const { key, backend } = await getMediaFile(ctx, media, 'original');
    const copied = await (await storageOf(ctx, backend)).lend(key, copy);
    if (!copied) throw notFound('item');
    return copied;
  }
  return copy(decodeBase64(data ?? url ?? '', { field }));
}

/** The same failure, of the source that it is about. */
function naming(error: unknown, field: string): unknown {
  const known = storageFailure(error, field);
  if (!(known instanceof AppError)) return known;
  const { code, message, retryAfter } = known;
  return new AppError(code, message, { field, cause: known, ...(retryAfter !== null && { retryAfter }) });
}

/**
 * Stores the images that a request names, in its order.
 * @throws AppError naming the source at fault, such as `sources.0`; none is kept then.
 */
export async function stageSources(
  ctx: LibraryCtx,
  id: MediaId,
  { named, network }: Sources,
): Promise<Staged> {
  const ends = await Promise.allSettled(
    named.map((source, index) => {
      const field = `sources.${index}`;
      return readSource(ctx, id, source, network, field).catch((error: unknown) => {
        throw naming(error, field);
      });
    }),
  );
  const files: StagedFile[] = [];
  const own: StagedObject[] = [];
  for (const [index, end] of ends.entries()) {
    const role = SOURCE_ROLES[index];
    if (end.status === 'rejected' || role === undefined) continue;
    const { isOwn, ...read } = end.value;
    files.push({ ...read, role });
    if (isOwn) own.push(read.object);
  }
  const failed = ends.find((end) => end.status === 'rejected');
  if (!failed) return { files, own };
  if (own.length > 0) await doomStaged(ctx, own);
  throw failed.reason;
}

/** Uploads whose objects a record holds by now, in the transaction that made it. */
export async function takeUploads(tx: Tx, files: readonly StagedFile[]): Promise<void> {
  const keys = files.map(({ object }) => object.key);
  await tx.delete(uploads).where(inArray(uploads.objectKey, keys));
}
