/** WebP files whose canvas, frames and chunks do not fit. */
import { group, refused, taken } from './hostile-file.ts';
import { anmf, joined, patched, riff, text, u32le, vp8l, vp8x } from './containers.ts';
import { SAMPLES } from './samples.ts';

const ANIM: [string, Uint8Array] = ['ANIM', Buffer.alloc(6)];
const ALPHA = 0x10;
const ANIMATED = 0x02;

export const WEBP_FILES = group('webp', {
  'lossless 16383 x 16383 in 44 bytes': refused(() => riff(['VP8L', vp8l(16_383, 16_383)])),
  'lossless 16383 x 3050 in 44 bytes': taken(() => riff(['VP8L', vp8l(16_383, 3050)])),
  '10,000 frames': () =>
    riff(
      ['VP8X', vp8x(ANIMATED | ALPHA, 100, 100)],
      ANIM,
      ...Array.from({ length: 10_000 }, (): [string, Uint8Array] => [
        'ANMF',
        anmf(0, 0, 10, 10, vp8l(10, 10)),
      ]),
    ),
  'three frames of 7000 x 7000': () =>
    riff(
      ['VP8X', vp8x(ANIMATED | ALPHA, 7000, 7000)],
      ANIM,
      ...Array.from({ length: 3 }, (): [string, Uint8Array] => [
        'ANMF',
        anmf(0, 0, 7000, 7000, vp8l(7000, 7000)),
      ]),
    ),
  '2,000 frames of 7000 x 7000': () =>
    riff(
      ['VP8X', vp8x(ANIMATED | ALPHA, 7000, 7000)],
      ANIM,
      ...Array.from({ length: 2000 }, (): [string, Uint8Array] => [
        'ANMF',
        anmf(0, 0, 7000, 7000, vp8l(7000, 7000)),
      ]),
    ),
  'a frame beyond its canvas': () =>
    riff(['VP8X', vp8x(ANIMATED, 10, 10)], ANIM, ['ANMF', anmf(60_000, 60_000, 10, 10, vp8l(10, 10))]),
  'a frame larger than its canvas': () =>
    riff(['VP8X', vp8x(ANIMATED, 10, 10)], ANIM, ['ANMF', anmf(0, 0, 9000, 9000, vp8l(9000, 9000))]),
  'a frame of another size than it says': () =>
    riff(['VP8X', vp8x(ANIMATED, 100, 100)], ANIM, ['ANMF', anmf(0, 0, 100, 100, vp8l(9000, 9000))]),
  'a small canvas around a large picture': () =>
    riff(['VP8X', vp8x(0, 10, 10)], ['VP8L', vp8l(16_383, 16_383)]),
  'a canvas of 2^24 x 2^24': refused(() => riff(['VP8X', vp8x(0, 2 ** 24, 2 ** 24)], ['VP8L', vp8l(10, 10)])),
  'a profile of 30 MB': () =>
    riff(['VP8X', vp8x(0x20, 10, 10)], ['ICCP', Buffer.alloc(30_000_000, 1)], ['VP8L', vp8l(10, 10)]),
  'EXIF of noise': () =>
    riff(
      ['VP8X', vp8x(0x08, 10, 10)],
      ['VP8L', vp8l(10, 10)],
      ['EXIF', joined(text('MM\0*'), Buffer.alloc(3000, 0xff))],
    ),
  'no picture': refused(() => riff(['VP8X', vp8x(0, 10, 10)])),
  '100,000 unknown chunks': () =>
    riff(
      ['VP8X', vp8x(0, 10, 10)],
      ...Array.from({ length: 100_000 }, (): [string, Uint8Array] => ['JUNK', Buffer.alloc(0)]),
      ['VP8L', vp8l(10, 10)],
    ),
  'alpha of noise': async () =>
    riff(
      ['VP8X', vp8x(ALPHA, 160, 120)],
      ['ALPH', Buffer.alloc(400, 0x5a)],
      ['VP8 ', Buffer.from(await SAMPLES.webp()).subarray(20)],
    ),
  'says that it has 4 GB': async () => patched(await SAMPLES.webp(), 4, u32le(0xffff_fffe)),
  'says that it is empty': async () => patched(await SAMPLES.webp(), 4, u32le(0)),
  'a picture of 4 GB': async () => patched(await SAMPLES.webp(), 16, u32le(0xffff_fff0)),
});
