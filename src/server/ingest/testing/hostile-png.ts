/** PNG files that unpack to far more than they hold, or say what cannot be. */
import { deflateSync } from 'node:zlib';
import { pngChunk } from '../sample-media.ts';
import { group, refused, taken } from './hostile-file.ts';
import {
  blackPng,
  ihdr,
  joined,
  patched,
  png,
  pngRows,
  PNG_SIGNATURE,
  text,
  u32,
  zeros,
  repeated,
} from './containers.ts';
import { SAMPLES } from './samples.ts';

const BOMB = 200_000_000;
const small = { width: 40, height: 30 };
/** Just under the limit of 50 megapixels. */
const large = { width: 7000, height: 7000 };
const end: [type: string, data: Uint8Array] = ['IEND', Buffer.alloc(0)];

/** Puts chunks behind the header of a PNG. */
async function withChunks(...chunks: Uint8Array[]) {
  const whole = await SAMPLES.png();
  const headerEnd = PNG_SIGNATURE.byteLength + 25;
  return joined(whole.subarray(0, headerEnd), ...chunks, whole.subarray(headerEnd));
}

export const PNG_FILES = group('png', {
  'one bit a pixel, 20000 x 20000': refused(() =>
    blackPng({ width: 20_000, height: 20_000, depth: 1, colour: 0 }),
  ),
  'one bit a pixel, 7000 x 7000': taken(() => blackPng({ ...large, depth: 1, colour: 0 })),
  'RGBA, 7000 x 7000': taken(() => blackPng({ ...large, colour: 6 })),
  'RGBA interlaced, 7000 x 7000': () => blackPng({ ...large, colour: 6, interlace: 1 }),
  '16-bit RGBA, 7000 x 7000': () => blackPng({ ...large, depth: 16, colour: 6 }),
  '16-bit RGBA interlaced, 7000 x 7000': () => blackPng({ ...large, depth: 16, colour: 6, interlace: 1 }),
  'one row of 50 million': () => blackPng({ width: 50_000_000, height: 1, depth: 1, colour: 0 }),
  'one column of 50 million': () => blackPng({ width: 1, height: 50_000_000, depth: 1, colour: 0 }),
  'IDAT of 200 MB in 40 x 30': () => png(['IHDR', ihdr(small)], ['IDAT', zeros(BOMB)], end),
  'text that unpacks to 200 MB': () => withChunks(pngChunk('zTXt', joined(text('Comment\0\0'), zeros(BOMB)))),
  'international text that unpacks to 200 MB': () =>
    withChunks(pngChunk('iTXt', joined(text('Comment\0\x01\0\0\0'), zeros(BOMB)))),
  'fifty texts that unpack to 8 MB each': () =>
    withChunks(repeated(pngChunk('zTXt', joined(text('Comment\0\0'), zeros(8_000_000))), 50)),
  'a colour profile that unpacks to 200 MB': () =>
    withChunks(pngChunk('iCCP', joined(text('profile\0\0'), zeros(BOMB)))),
  'a colour profile that says it has 4 GB': () =>
    withChunks(
      pngChunk(
        'iCCP',
        joined(text('profile\0\0'), deflateSync(joined(u32(0xffff_fff0), Buffer.alloc(200, 1)))),
      ),
    ),
  '20,000 texts': () => withChunks(repeated(pngChunk('tEXt', text('Comment\0x')), 20_000)),
  'a text of 20 MB': () =>
    withChunks(pngChunk('tEXt', joined(text('parameters\0'), Buffer.alloc(20_000_000, 97)))),
  'a text of 59 MB': () =>
    withChunks(pngChunk('tEXt', joined(text('parameters\0'), Buffer.alloc(59_000_000, 97)))),
  '100,000 empty IDAT': () =>
    joined(
      PNG_SIGNATURE,
      pngChunk('IHDR', ihdr(small)),
      repeated(pngChunk('IDAT', Buffer.alloc(0)), 100_000),
      pngChunk('IDAT', zeros(pngRows(small))),
      pngChunk(...end),
    ),
  'rows that end too early': refused(() =>
    png(['IHDR', ihdr(small)], ['IDAT', zeros(pngRows(small) - 200)], end),
  ),
  'no IDAT': refused(() => png(['IHDR', ihdr(small)], end)),
  'IDAT before IHDR': refused(() => png(['IDAT', zeros(1000)], ['IHDR', ihdr(small)], end)),
  'two headers': () =>
    png(['IHDR', ihdr(small)], ['IHDR', ihdr(large)], ['IDAT', zeros(pngRows(small))], end),
  'palette without colours': () =>
    png(['IHDR', ihdr({ ...small, colour: 3 })], ['IDAT', zeros(pngRows({ ...small, colour: 3 }))], end),
  'palette of one, indices beyond it': () =>
    png(
      ['IHDR', ihdr({ ...small, colour: 3 })],
      ['PLTE', Buffer.alloc(3)],
      ['IDAT', deflateSync(Buffer.alloc(pngRows({ ...small, colour: 3 }), 4))],
      end,
    ),
  'depth 3': refused(() => png(['IHDR', ihdr({ ...small, depth: 3 })], ['IDAT', zeros(4000)], end)),
  'colour type 5': refused(() => png(['IHDR', ihdr({ ...small, colour: 5 })], ['IDAT', zeros(4000)], end)),
  'interlace 7': refused(() => png(['IHDR', ihdr({ ...small, interlace: 7 })], ['IDAT', zeros(4000)], end)),
  'filter 9': () => png(['IHDR', ihdr(small)], ['IDAT', deflateSync(Buffer.alloc(pngRows(small), 9))], end),
  'a chunk of 4 GB': refused(async () => patched(await SAMPLES.png(), 33, u32(0xffff_ffff))),
  'a header of 12 bytes': refused(async () => patched(await SAMPLES.png(), 8, u32(12))),
  'animation of 2^31 frames': () => withChunks(pngChunk('acTL', u32(0x7fff_ffff, 0))),
  'gamma, chroma and transparency of nonsense': () =>
    withChunks(
      pngChunk('gAMA', u32(0)),
      pngChunk('cHRM', Buffer.alloc(32, 0xff)),
      pngChunk('tRNS', Buffer.alloc(600)),
    ),
  'EXIF of noise': () =>
    withChunks(pngChunk('eXIf', joined(text('MM\0*'), u32(8), Buffer.alloc(4000, 0xff)))),
});
