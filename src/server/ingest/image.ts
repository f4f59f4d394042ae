import { availableParallelism } from 'node:os';
import type { Metadata } from 'sharp';
import { AppError } from '#core/errors.ts';
import type { Mime } from '#core/media.ts';
import { profileOf, readDeclaredColour } from './declared-colour.ts';
import { readImageTexts } from './embedded/image-texts.ts';
import { createGate, withDeadline } from './gate.ts';
import { MAX_HELD_BYTES, MAX_PIXELS, MAX_SIDE } from './limits.ts';
import { isWideGamut } from './gamut.ts';
import { openImage, toPixels, type Pixels } from './pixels.ts';
import { makeRenditions, PREVIEW_SIDE } from './renditions.ts';
import type { MediaSource } from './source.ts';

/** sharp works on the process's four file threads; one of them is left for files. */
const AT_ONCE = Math.min(3, availableParallelism());
/** By pixels: a few common images at once, or one of the largest, so that memory is bounded too. */
const enterDecoding = createGate(MAX_PIXELS);
const LIGHTEST = MAX_PIXELS / AT_ONCE;

export async function prepareImage(source: MediaSource, mime: Mime, field: string) {
  const { width, height, animated, held, exif, xmp, ...profile } = await probeImage(source, field);
  const weight = Math.max(LIGHTEST, width * height, (held / MAX_HELD_BYTES) * MAX_PIXELS);
  const declared = profile.isAbsent || mime === 'image/png' ? await readDeclaredColour(source, mime) : null;
  const icc = (declared && profileOf(declared)) ?? profile.icc;
  const { files, thumbhash } = await enterDecoding(weight, field, async () =>
    makeRenditions('preview', await decodeImage(source, field, icc)),
  );
  const texts = await readImageTexts(source, mime, { exif, xmp });
  return { kind: 'image' as const, width, height, animated, durationMs: null, thumbhash, files, texts };
}

/** Reads the header alone; sizes are as shown, and `held` is what decoding holds at once, in bytes. */
export async function probeImage(source: MediaSource, field: string) {
  const header = await readHeader(source, field);
  const { width, height } = header.autoOrient;
  const held = heldBytes(header);
  const size = `${width} x ${height} pixels`;
  const tooLarge = (message: string) => new AppError('TOO_LARGE', message, { field });
  if (width * height > MAX_PIXELS) {
    throw tooLarge(
      `The image has ${size} (${megapixels(width * height)}); at most ${megapixels(MAX_PIXELS)} are allowed.`,
    );
  }
  if (Math.max(width, height) > MAX_SIDE)
    throw tooLarge(`The image has ${size}; at most ${MAX_SIDE} on a side are allowed.`);
  if (held > MAX_HELD_BYTES) {
    throw tooLarge(
      `The image has ${size} in a progressive or interlaced file, which takes ${megabytes(held)} to read; at most ${megabytes(MAX_HELD_BYTES)} are allowed. Save it without that.`,
    );
  }
  const { exif, xmp, icc, pages = 1 } = header;
  const isKept = header.space !== 'cmyk' && icc && icc.byteLength <= MAX_ICC_BYTES && isWideGamut(icc);
  const profile = { isAbsent: icc === undefined, icc: isKept ? icc : undefined };
  return { width, height, animated: pages > 1, held, exif, xmp, ...profile };
}

/** Plain PNG and JPEG come row by row; of the others the whole picture, or all of its coefficients, is held. */
function heldBytes({ format, width, height, channels, depth, isProgressive, chromaSubsampling }: Metadata) {
  const pixels = width * height;
  if (format === 'png') return isProgressive ? pixels * channels * (depth === 'ushort' ? 2 : 1) : 0;
  if (format !== 'jpeg') return pixels * 4;
  const samples = chromaSubsampling?.startsWith('4:2:0') ? channels - 1.5 : channels;
  return isProgressive ? pixels * samples * 2 : 0;
}

async function readHeader(source: MediaSource, field: string): Promise<Metadata> {
  try {
    return await withDeadline(
      field,
      openImage(source, { failOn: 'error', limitInputPixels: false }).metadata(),
    );
  } catch (error) {
    throw unreadable(error, field);
  }
}

/** A profile by primaries has some kilobytes; it goes with every rendition. */
const MAX_ICC_BYTES = 16_384;

/** Decoded once, to the size of the largest rendition. */
export async function decodeImage(source: MediaSource, field: string, icc?: Uint8Array): Promise<Pixels> {
  try {
    return await toPixels(openImage(source), PREVIEW_SIDE, icc).catch((error: unknown) => {
      if (!HARMLESS.test(String(error))) throw error;
      return toPixels(openImage(source, { failOn: 'error' }), PREVIEW_SIDE, icc);
    });
  } catch (error) {
    throw unreadable(error, field);
  }
}

/** Some cameras write these three bytes wrong in every picture; nothing depends on them in a sequential JPEG. */
const HARMLESS = /Invalid SOS parameters for sequential JPEG/;

const unreadable = (cause: unknown, field: string) =>
  cause instanceof AppError
    ? cause
    : new AppError('BAD_INPUT', 'The image is damaged or incomplete and cannot be read.', { field, cause });

const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`;
const megapixels = (pixels: number) => `${Math.ceil(pixels / 1e6)} megapixels`;
