/** Pictures whose colours are declared falsely: profiles that are cut, empty, endless or nonsense, and numbers that are. */
import { deflateSync } from 'node:zlib';
import { profileOf } from '../declared-colour.ts';
import { pngChunk } from '../sample-media.ts';
import { readWebp, writeWebp } from '../webp.ts';
import { box, find, joined, patched, repeated, text, u16, u32 } from './containers.ts';
import { avifWith } from './hostile-avif.ts';
import { group, taken, type HostileFile } from './hostile-file.ts';
import { SAMPLES } from './samples.ts';

const P3 = Buffer.from(profileOf({ primaries: 12, transfer: 13 }) ?? []);
const TAGS = 128;
const tag = (name: string) => find(P3, name);
const grown = (bytes: number) => patched(joined(P3, Buffer.alloc(bytes)), 0, u32(P3.byteLength + bytes));

const PROFILES: Record<string, Buffer> = {
  whole: P3,
  'of one byte': P3.subarray(0, 1),
  'of its header alone': P3.subarray(0, TAGS),
  'cut in its list of tags': P3.subarray(0, TAGS + 30),
  'cut in half': P3.subarray(0, P3.byteLength / 2),
  'cut by a byte': P3.subarray(0, -1),
  'of nothing': Buffer.alloc(0),
  'of noise': Buffer.alloc(5000, 0xa5),
  'that says it has 4 GB': patched(P3, 0, u32(0xffff_ffff)),
  'that says it is empty': patched(P3, 0, u32(0)),
  'of 2^32 tags': patched(P3, TAGS, u32(0xffff_ffff)),
  'without tags': patched(P3, TAGS, u32(0)),
  'whose red is beyond it': patched(P3, tag('rXYZ') + 4, u32(0xffff_fff0)),
  'whose red is its header': patched(P3, tag('rXYZ') + 4, u32(0)),
  'whose red has 4 GB': patched(P3, tag('rXYZ') + 8, u32(0xffff_ffff)),
  'whose colours are all black': patched(P3, P3.indexOf('XYZ ', 300) + 8, Buffer.alloc(72)),
  'with a curve of 2^32 points': patched(P3, find(P3, 'para'), text('curv'), u32(0, 0xffff_ffff)),
  'with a curve of an unknown sort': patched(P3, find(P3, 'para') + 8, u16(99)),
  'whose curve is infinite': patched(P3, find(P3, 'para') + 12, repeated(u32(0x7fff_ffff), 5)),
  'whose curve is zero': patched(P3, find(P3, 'para') + 12, Buffer.alloc(20)),
  'of grey for a picture of colours': patched(P3, 16, text('GRAY')),
  'of print for a picture of a screen': patched(P3, 16, text('CMYK')),
  'of a version to come': patched(P3, 8, u32(0xff00_0000)),
  'of just as much as is kept': grown(16_384 - P3.byteLength),
  'of 1 MB': grown(1_000_000),
  'of 10 MB': grown(10_000_000),
};

const SEGMENT = 65_000;

function jpegSegments(profile: Buffer): Buffer {
  const count = Math.max(1, Math.ceil(profile.byteLength / SEGMENT));
  const segments = Array.from({ length: count }, (_, at) => {
    const part = profile.subarray(at * SEGMENT, (at + 1) * SEGMENT);
    const place = Buffer.from([at + 1, count]);
    return joined(Buffer.from([0xff, 0xe2]), u16(part.byteLength + 16), text('ICC_PROFILE\0'), place, part);
  });
  return joined(...segments);
}

const HOLDERS: Record<string, (profile: Buffer) => Promise<Uint8Array>> = {
  async png(profile) {
    const whole = await SAMPLES.png();
    const chunk = pngChunk('iCCP', joined(text('profile\0\0'), deflateSync(profile)));
    return joined(whole.subarray(0, 33), chunk, whole.subarray(33));
  },
  async jpeg(profile) {
    const whole = await SAMPLES.jpeg();
    return joined(whole.subarray(0, 2), jpegSegments(profile), whole.subarray(2));
  },
  async webp(profile) {
    const [header, ...rest] = readWebp(await SAMPLES.webp()) ?? [];
    if (!header) throw new Error('the sample is no WebP file');
    return writeWebp([header, { type: 'ICCP', data: profile }, ...rest]);
  },
  avif: (profile) => avifWith([box('colr', text('prof'), profile)]),
};

const profiles = Object.entries(HOLDERS).flatMap(([holder, hold]) =>
  group(
    'colours',
    Object.fromEntries(
      Object.entries(PROFILES).map(([name, profile]) => [
        `${holder}, a profile ${name}`,
        name === 'whole' ? taken(() => hold(profile)) : () => hold(profile),
      ]),
    ),
  ),
);

async function declaring(...bytes: number[]): Promise<Uint8Array> {
  const whole = await SAMPLES.png();
  return joined(whole.subarray(0, 33), pngChunk('cICP', Buffer.from(bytes)), whole.subarray(33));
}
const nclx = (...body: Uint8Array[]) => avifWith([box('colr', text('nclx'), ...body)]);

export const COLOUR_FILES: readonly HostileFile[] = [
  ...profiles,
  ...group('colours', {
    'png, numbers of Display P3': taken(() => declaring(12, 13, 0, 1)),
    'png, numbers that mean nothing': () => declaring(255, 255, 255, 255),
    'png, no numbers': () => declaring(),
    'png, a thousand numbers': () => declaring(...Array.from({ length: 1000 }, () => 12)),
    'avif, numbers of Display P3': taken(() => nclx(u16(12), u16(13), u16(6), Buffer.from([0x80]))),
    'avif, numbers that mean nothing': () => nclx(repeated(u16(0xffff), 3), Buffer.from([0xff])),
    'avif, no numbers': () => nclx(),
    'avif, a megabyte of numbers': () => nclx(Buffer.alloc(1_000_000, 12)),
  }),
];
