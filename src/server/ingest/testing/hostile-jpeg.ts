/** JPEG files with tables, scans and segments that nobody would write. */
import sharp from 'sharp';
import { group, refused, taken } from './hostile-file.ts';
import {
  find,
  findSof,
  joined,
  patched,
  segment,
  text,
  u16,
  u32,
  withSegments,
  repeated,
} from './containers.ts';
import { SAMPLES } from './samples.ts';

const large = { width: 7000, height: 7000 };

const EXIF = text('Exif\0\0');
/** A directory whose next directory is itself, with an orientation that does not exist. */
const loopingExif = joined(
  EXIF,
  text('MM\0*'),
  u32(8),
  u16(1),
  u16(0x0112),
  u16(3),
  u32(1),
  u16(9),
  u16(0),
  u32(8),
);
const hugeExif = joined(
  EXIF,
  text('MM\0*'),
  u32(8),
  u16(0xffff),
  repeated(joined(u16(0x0112), u16(12), u32(0xffff_ffff, 0xffff_ffff)), 4000),
);

const jpegOf =
  (change: (jpeg: Buffer) => Uint8Array, sample: 'jpeg' | 'progressive jpeg' = 'jpeg') =>
  async () =>
    change(Buffer.from(await SAMPLES[sample]()));

const flat = (channels: 3 | 4 = 3) =>
  sharp({ create: { ...large, channels, background: { r: 9, g: 90, b: 200, alpha: 0.5 } } });

/** The last scan of a progressive JPEG, as often as wanted: each costs a pass over all of its coefficients. */
function scans(jpeg: Buffer, times: number): Buffer {
  const last = jpeg.lastIndexOf(Buffer.from([0xff, 0xda]));
  const ending = jpeg.subarray(-2);
  return joined(jpeg.subarray(0, -2), repeated(jpeg.subarray(last, -2), times), ending);
}

export const JPEG_FILES = group('jpeg', {
  '49 megapixels': taken(() => flat().jpeg().toBuffer()),
  '49 megapixels, progressive, no subsampling': () =>
    flat().jpeg({ progressive: true, chromaSubsampling: '4:4:4' }).toBuffer(),
  '49 megapixels, progressive, four colours': () =>
    flat().toColourspace('cmyk').jpeg({ progressive: true, chromaSubsampling: '4:4:4' }).toBuffer(),
  '2,000 scans': jpegOf((jpeg) => scans(jpeg, 2000), 'progressive jpeg'),
  '400 scans of 49 megapixels': async () => scans(await flat().jpeg({ progressive: true }).toBuffer(), 400),
  '5,000 comments': jpegOf((jpeg) =>
    withSegments(jpeg, repeated(segment(0xfe, Buffer.alloc(2000, 65)), 5000)),
  ),
  '255 parts of a colour profile': jpegOf((jpeg) =>
    withSegments(
      jpeg,
      ...Array.from({ length: 255 }, (_, part) =>
        segment(0xe2, joined(text('ICC_PROFILE\0'), Buffer.from([part + 1, 255]), Buffer.alloc(65_000, 1))),
      ),
    ),
  ),
  'a part of a profile that has no others': jpegOf((jpeg) =>
    withSegments(
      jpeg,
      segment(0xe2, joined(text('ICC_PROFILE\0'), Buffer.from([200, 3]), Buffer.alloc(500, 1))),
    ),
  ),
  'EXIF in a circle, orientation 9': jpegOf((jpeg) => withSegments(jpeg, segment(0xe1, loopingExif))),
  'EXIF of 65,535 entries': jpegOf((jpeg) => withSegments(jpeg, segment(0xe1, hugeExif))),
  'arithmetic coding': jpegOf((jpeg) => patched(jpeg, findSof(jpeg) + 1, Buffer.from([0xc9]))),
  'lossless coding': jpegOf((jpeg) => patched(jpeg, findSof(jpeg) + 1, Buffer.from([0xc3]))),
  'progressive by its word alone': jpegOf((jpeg) => patched(jpeg, findSof(jpeg) + 1, Buffer.from([0xc2]))),
  'twelve bits': jpegOf((jpeg) => patched(jpeg, findSof(jpeg) + 4, Buffer.from([12]))),
  '255 components': refused(jpegOf((jpeg) => patched(jpeg, findSof(jpeg) + 9, Buffer.from([255])))),
  'no component': refused(jpegOf((jpeg) => patched(jpeg, findSof(jpeg) + 9, Buffer.from([0])))),
  'sampling 15 x 15': jpegOf((jpeg) => patched(jpeg, findSof(jpeg) + 11, Buffer.from([0xff]))),
  'sampling 0': refused(jpegOf((jpeg) => patched(jpeg, findSof(jpeg) + 11, Buffer.from([0])))),
  'Huffman tables with too many codes': refused(
    jpegOf((jpeg) => patched(jpeg, find(jpeg, Buffer.from([0xff, 0xc4])) + 5, Buffer.alloc(16, 0xff))),
  ),
  'no quantisation table': jpegOf((jpeg) =>
    patched(jpeg, find(jpeg, Buffer.from([0xff, 0xdb])) + 1, Buffer.from([0xfe])),
  ),
  'a megabyte of fill': jpegOf((jpeg) =>
    joined(jpeg.subarray(0, 2), Buffer.alloc(1_000_000, 0xff), jpeg.subarray(2)),
  ),
  'ten megabytes behind its end': jpegOf((jpeg) => joined(jpeg, Buffer.alloc(10_000_000, 0x41))),
  'restart markers alone': jpegOf((jpeg) =>
    joined(
      jpeg.subarray(0, jpeg.lastIndexOf(Buffer.from([0xff, 0xda])) + 14),
      repeated(Buffer.from([0xff, 0xd0]), 100_000),
    ),
  ),
  'two starts': jpegOf((jpeg) => joined(jpeg.subarray(0, 2), jpeg)),
  'nothing but markers': refused(() =>
    joined(Buffer.from([0xff, 0xd8]), repeated(segment(0xdd, u16(1)), 50_000)),
  ),
});
