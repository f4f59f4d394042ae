/**
 * Bytes in; what they are and their renditions out. Knows no database and no storage, and never changes the source.
 * Whatever the bytes are, the answer is a `PreparedMedia` or an AppError that names the field, within a bounded time.
 */
import type { Mime } from '#core/media.ts';
import type { Kind } from '#core/settings.ts';
import { readEmbedded } from './embedded/read-embedded.ts';
import type { EmbeddedRecipe } from './embedded/recipe.ts';
import { prepareImage } from './image.ts';
import type { Rendition } from './renditions.ts';
import { SNIFF_BYTES } from '#core/sniff.ts';
import { sniffMime } from './sniff.ts';
import { digestSource, readHead, type MediaSource } from './source.ts';
import { prepareVideo } from './video.ts';

export type PreparedMedia = {
  kind: Kind;
  mime: Mime;
  /** As shown: after the orientation that the file asks for. */
  width: number;
  height: number;
  durationMs: number | null;
  /** Of the source, which is the original. */
  bytes: number;
  sha256: string;
  /** Base64 of a thumbhash; null for a video without a poster. */
  thumbhash: string | null;
  /** Images: preview and thumb. Videos: poster and thumb, or none. */
  files: Rendition[];
  /** An image of several frames; its renditions show the first. */
  animated: boolean;
  /** How the file says that it was made; null when it says nothing that is understood. */
  embedded: EmbeddedRecipe | null;
};

export type PrepareOptions = {
  /** Path of the input field that errors name. */
  field: string;
  /** An image of the video, as its generator made it; otherwise one is decoded where that is possible. */
  poster?: Uint8Array;
};

/** @throws AppError BAD_INPUT, TOO_LARGE or UNSUPPORTED_MEDIA, naming the field. */
export async function prepareMedia(
  source: MediaSource,
  { field, poster }: PrepareOptions,
): Promise<PreparedMedia> {
  const mime = sniffMime(await readHead(source, SNIFF_BYTES), field);
  const { texts, ...prepared } = mime.startsWith('video/')
    ? await prepareVideo(source, { field, poster })
    : await prepareImage(source, mime, field);
  return { mime, ...(await digestSource(source)), ...prepared, embedded: readEmbedded(texts) };
}
