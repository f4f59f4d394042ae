/** Every format with sizes that no picture has. */
import { group, type HostileFile } from './hostile-file.ts';
import {
  find,
  findSof,
  gif,
  gifFrame,
  ihdr,
  lzwRun,
  patched,
  riff,
  text,
  u16,
  u16le,
  u32,
  vp8l,
  vp8x,
} from './containers.ts';
import { pngChunk } from '../sample-media.ts';
import { SAMPLES } from './samples.ts';

const SIZES = [
  [0, 0],
  [0, 100],
  [100, 0],
  [1, 65_535],
  [65_535, 1],
  [65_535, 65_535],
  [16_383, 3051],
  [1, 1],
] as const;

const BEYOND = [
  [0x7fff_ffff, 1],
  [1, 0x7fff_ffff],
  [0x8000_0000, 0x8000_0000],
  [0xffff_ffff, 0xffff_ffff],
] as const;

type Resize = (width: number, height: number) => Promise<Uint8Array>;

/** The size of the header alone: what follows belongs to a picture of 160 x 120. */
const RESIZES: Record<string, Resize> = {
  png: async (width, height) => patched(await SAMPLES.png(), 8, pngChunk('IHDR', ihdr({ width, height }))),
  jpeg: async (width, height) => {
    const whole = await SAMPLES.jpeg();
    return patched(whole, findSof(whole) + 5, u16(height), u16(width));
  },
  'progressive jpeg': async (width, height) => {
    const whole = await SAMPLES['progressive jpeg']();
    return patched(whole, findSof(whole) + 5, u16(height), u16(width));
  },
  gif: async (width, height) => patched(await SAMPLES.gif(), 6, u16le(width), u16le(height)),
  'gif frame': async (width, height) => gif(160, 120, gifFrame(0, 0, width, height, lzwRun(100))),
  webp: async (width, height) => {
    const whole = await SAMPLES.webp();
    return patched(
      whole,
      find(whole, Buffer.from([0x9d, 0x01, 0x2a])) + 3,
      u16le(width & 0x3fff),
      u16le(height & 0x3fff),
    );
  },
  'lossless webp': async (width, height) =>
    riff(['VP8L', vp8l(Math.max(1, width % 16_384), Math.max(1, height % 16_384))]),
  'webp canvas': async (width, height) => riff(['VP8X', vp8x(0, width, height)], ['VP8L', vp8l(160, 120)]),
  avif: async (width, height) => {
    const whole = await SAMPLES.avif();
    return patched(whole, find(whole, text('ispe')) + 8, u32(width, height));
  },
};

export const SIZED_FILES: readonly HostileFile[] = Object.entries(RESIZES).flatMap(([format, resize]) =>
  group(
    `size/${format}`,
    Object.fromEntries(
      [...SIZES, ...(format === 'png' || format === 'avif' ? BEYOND : [])].map(([width, height]) => [
        `${width} x ${height}`,
        () => resize(width, height),
      ]),
    ),
  ),
);
