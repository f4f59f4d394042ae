import { rgbaToThumbHash } from 'thumbhash';
import type { FileRole } from '#core/media.ts';
import { openPixels, toPixels, type Pixels } from './pixels.ts';

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
  const small = await toPixels(openPixels(pixels), THUMB_SIDE);
  const files = [await toWebp(role, pixels, 82), await toWebp('thumb', small, 76)];
  return { files, thumbhash: await hashPixels(small) };
}

async function toWebp(role: Rendition['role'], pixels: Pixels, quality: number): Promise<Rendition> {
  const bytes = await openPixels(pixels).webp({ quality, effort: 3 }).toBuffer();
  return { role, bytes, mime: 'image/webp', width: pixels.width, height: pixels.height };
}

async function hashPixels(pixels: Pixels): Promise<string> {
  const { data, width, height } = await toPixels(openPixels(pixels).ensureAlpha(), HASH_SIDE);
  return Buffer.from(rgbaToThumbHash(width, height, data)).toString('base64');
}
