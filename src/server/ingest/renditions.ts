import { rgbaToThumbHash } from 'thumbhash';
import type { FileRole } from '#core/media.ts';
import sharp from 'sharp';
import { openPixels, toPixels, type Pixels } from './pixels.ts';
import { readWebp, writeWebp } from './webp.ts';

export const PREVIEW_SIDE = 1280;
export const THUMB_SIDE = 384;
/** thumbhash takes at most 100; smaller costs less and shows the same, since it keeps a handful of frequencies. */
const HASH_SIDE = 64;

export type Rendition = {
  role: Exclude<FileRole, 'original'>;
  bytes: Uint8Array;
  mime: 'image/webp';
  width: number;
  height: number;
};

/**
 * Made from pixels, so that nothing of the source's container (EXIF, text, what was hung on its end) comes along.
 * @param pixels At most `PREVIEW_SIDE` on the longer side.
 */
export async function makeRenditions(
  role: 'preview' | 'poster',
  pixels: Pixels,
): Promise<{ files: Rendition[]; thumbhash: string }> {
  const small: Pixels = { ...(await toPixels(openPixels(pixels), THUMB_SIDE)), icc: pixels.icc };
  const thumb = await toWebp('thumb', small, 76);
  const files = [await toWebp(role, pixels, 82), thumb];
  return { files, thumbhash: await hashPixels(small, thumb) };
}

async function toWebp(role: Rendition['role'], pixels: Pixels, quality: number): Promise<Rendition> {
  const bytes = await openPixels(pixels).webp({ quality, effort: 3 }).toBuffer();
  const { width, height, icc } = pixels;
  return { role, bytes: icc ? tagWebp(bytes, icc) : bytes, mime: 'image/webp', width, height };
}

/** Says what the colours are; sharp can say so only of pixels that it converts, and it does that by way of sRGB. */
function tagWebp(webp: Uint8Array, icc: Uint8Array): Uint8Array {
  const [header, ...rest] = readWebp(webp) ?? [];
  if (!header) throw new Error('sharp wrote no WebP');
  return writeWebp([header, { type: 'ICCP', data: icc }, ...rest]);
}

/** The few colours of a thumbhash are drawn as sRGB, into which the decoder of the thumb turns others. */
async function hashPixels(pixels: Pixels, thumb: Rendition): Promise<string> {
  const image = pixels.icc ? sharp(thumb.bytes) : openPixels(pixels);
  const { data, width, height } = await toPixels(image.ensureAlpha(), HASH_SIDE);
  return Buffer.from(rgbaToThumbHash(width, height, data)).toString('base64');
}
