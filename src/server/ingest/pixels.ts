/**
 * The one place that sets sharp up, for the whole process: only the five formats that are kept can be decoded,
 * nothing is cached between files, and every input is opened with the same limits.
 */
import sharp, { type Sharp, type SharpOptions } from 'sharp';
import { MAX_PIXELS, READ_DEADLINE } from './limits.ts';
import type { MediaSource } from './source.ts';

sharp.cache(false);
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: [
    'VipsForeignLoadPng',
    'VipsForeignLoadJpeg',
    'VipsForeignLoadWebp',
    'VipsForeignLoadNsgif',
    'VipsForeignLoadHeif',
  ],
});

/** Opens the first frame, turned as the file asks. Warnings fail it, since a damaged JPEG gives nothing worse. */
export function openImage(source: MediaSource, options: SharpOptions = {}): Sharp {
  return sharp(source, {
    limitInputPixels: MAX_PIXELS,
    pages: 1,
    failOn: 'warning',
    autoOrient: true,
    sequentialRead: true,
    ...options,
  });
}

/** Pixels without a container: 8 bits a channel, sRGB where no profile says otherwise. */
export type Pixels = {
  data: Uint8Array;
  width: number;
  height: number;
  channels: 3 | 4;
  /** Of colours that sRGB lacks: they stay as they are, and are what this ICC profile says. */
  icc?: Uint8Array | undefined;
};

export function openPixels({ data, width, height, channels }: Pixels): Sharp {
  return sharp(data, { raw: { width, height, channels }, limitInputPixels: MAX_PIXELS });
}

/**
 * Fits the image into a square of this side, never enlarging it, as plain pixels; sharp converts to sRGB unasked.
 * @param icc The image's own profile, to leave its colours as they are.
 */
export async function toPixels(image: Sharp, side: number, icc?: Uint8Array): Promise<Pixels> {
  const { data, info } = await (icc ? image.keepIccProfile() : image)
    .resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })
    .timeout({ seconds: READ_DEADLINE / 1000 })
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  if (channels !== 3 && channels !== 4) throw new Error(`${channels} channels after conversion of colours`);
  return { data, width, height, channels, icc };
}
