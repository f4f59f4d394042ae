/** Files of other sorts, as they are and behind the first bytes of one that is kept; and files that are two things. */
import { deflateRawSync, gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { pngChunk } from '../sample-media.ts';
import {
  box,
  element,
  find,
  gif,
  gifFrame,
  joined,
  lzwRun,
  mapBoxes,
  patched,
  PNG_SIGNATURE,
  segment,
  text,
  u32,
  u32le,
  withSegments,
} from './containers.ts';
import { group, PAYLOAD, refused, taken, type HostileFile } from './hostile-file.ts';
import { SAMPLES } from './samples.ts';

const page = text(`<!doctype html><html><body>${PAYLOAD}</body></html>`);
const svg = text(
  `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">${PAYLOAD}<rect width="9" height="9"/></svg>`,
);
const laughs = text(
  `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "ha">${Array.from('bcdefghij', (name, index) => `<!ENTITY ${name} "${`&${'abcdefghi'[index]};`.repeat(10)}">`).join('')}]><svg xmlns="http://www.w3.org/2000/svg"><text>&j;</text></svg>`,
);
const remote = text(
  '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="file:///etc/passwd" width="9" height="9"/></svg>',
);
const bmp = joined(
  text('BM'),
  u32le(0x7fff_ffff),
  Buffer.alloc(4),
  u32le(54),
  u32le(40),
  u32le(60_000),
  u32le(60_000),
  Buffer.from([1, 0, 24, 0]),
  Buffer.alloc(24),
);
const zip = joined(
  text('PK\x03\x04'),
  Buffer.alloc(26),
  deflateRawSync(page),
  text('PK\x05\x06'),
  Buffer.alloc(18),
);
const pdf = text(
  `%PDF-1.7\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(${PAYLOAD})>>>>endobj\n%%EOF`,
);
const tiff = () =>
  sharp({ create: { width: 40, height: 30, channels: 3, background: '#369' } })
    .tiff()
    .toBuffer();
const ftyp = (major: string, ...others: string[]) => box('ftyp', text(major), u32(0), ...others.map(text));

/** What an AVIF file holds, under another name for what it is. */
const avifAs = (brand: Uint8Array) => async () => {
  const whole = Buffer.from(await SAMPLES.avif());
  return joined(brand, whole.subarray(whole.readUInt32BE(0)));
};

const avifCodedAs = (codec: string) => async () =>
  Buffer.from(
    Buffer.from(await SAMPLES.avif())
      .toString('latin1')
      .replaceAll('av01', codec)
      .replaceAll('av1C', `${codec.slice(0, 3)}C`),
    'latin1',
  );

const OTHERS: Record<string, () => Uint8Array | Promise<Uint8Array>> = {
  svg: () => svg,
  'svg with a mark': () => joined(text('\xef\xbb\xbf  \n'), svg),
  'svg in UTF-16': () => joined(text('\xff\xfe'), Buffer.from(svg.toString('latin1'), 'utf16le')),
  'compressed svg': () => gzipSync(svg),
  'svg of a billion laughs': () => laughs,
  'svg that reads a file': () => remote,
  tiff,
  'big tiff': () => joined(text('II+\0'), Buffer.alloc(200, 8)),
  bmp: () => bmp,
  pdf: () => pdf,
  html: () => page,
  zip: () => zip,
  program: () => joined(text('\x7fELF'), Buffer.alloc(5000, 1)),
  icon: () => joined(text('\0\0\x01\0\x01\0'), Buffer.alloc(100)),
  psd: () => joined(text('8BPS\0\x01'), Buffer.alloc(6), Buffer.alloc(40, 0xff)),
  'jpeg 2000': () => joined(box('jP  ', text('\r\n\x87\n')), ftyp('jp2 ')),
  'jpeg xl': () => joined(text('\xff\x0a'), Buffer.alloc(100, 7)),
  exr: () => joined(text('v/1\x01'), Buffer.alloc(100)),
  hdr: () => text('#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 9 +X 9\n'),
  ppm: () => text('P6 60000 60000 255\n'),
  fits: () => text('SIMPLE  =                    T'.padEnd(2880)),
  xpm: () => text('/* XPM */ static char *x[] = {"60000 60000 2 1"};'),
  script: () => text(`import os\nprint(${JSON.stringify(PAYLOAD)})`),
  'a script for ImageMagick': () =>
    text('push graphic-context\nimage over 0,0 0,0 \'https://example.org/x"|ls "-la\''),
  heic: avifAs(ftyp('heic', 'mif1', 'heic')),
  'text of nothing': () => Buffer.alloc(5000),
};

const FRONTS: Record<string, Uint8Array> = {
  png: PNG_SIGNATURE,
  jpeg: Buffer.from([0xff, 0xd8, 0xff, 0xe0]),
  gif: text('GIF89a'),
  webp: text('RIFF\xff\xff\0\0WEBPVP8 '),
  avif: ftyp('avif', 'avif', 'mif1'),
  mp4: ftyp('isom', 'isom'),
  webm: element('1a45dfa3', element('4282', text('webm'))),
};

const behind: HostileFile[] = ['svg', 'tiff', 'bmp', 'pdf', 'html'].flatMap((other) =>
  Object.entries(FRONTS).flatMap(([format, front]) =>
    group(`disguise/${other}`, {
      [`behind the first bytes of ${format}`]: refused(async () =>
        joined(front, (await OTHERS[other]?.()) ?? page),
      ),
    }),
  ),
);

const PLAIN = group('disguise', {
  ...Object.fromEntries(Object.entries(OTHERS).map(([name, make]) => [name, refused(make)])),
  'heic that says it is avif': refused(avifCodedAs('hvc1')),
  'jpeg in heif': refused(avifCodedAs('jpeg')),
  'uncompressed in heif': refused(avifCodedAs('unci')),
  'avif that says it is mif1 alone': refused(avifAs(ftyp('mif1', 'mif1'))),
  'avif that says it is a film': refused(avifAs(ftyp('isom', 'avif'))),
  'a film that says it is avif': refused(async () => {
    const whole = Buffer.from(await SAMPLES.mp4());
    return joined(ftyp('avif', 'avif'), whole.subarray(whole.readUInt32BE(0)));
  }),
  'matroska that says it is webm': async () =>
    patched(await SAMPLES.webm(), find(await SAMPLES.webm(), text('webm')), text('webM')),
});

const TWO_THINGS = group('two things', {
  'gif and script': () => {
    const whole = Buffer.from(gif(0x2f2a, 0x10, gifFrame(0, 0, 4, 4, lzwRun(16))));
    return joined(whole, text(`*/=1;alert("${PAYLOAD}")`));
  },
  'gif and page': () =>
    gif(
      10,
      10,
      text('!\xfe'),
      Buffer.from([PAYLOAD.length]),
      text(PAYLOAD),
      Buffer.alloc(1),
      gifFrame(0, 0, 10, 10, lzwRun(100)),
    ),
  'png and zip': taken(async () => joined(await SAMPLES.png(), zip, text(PAYLOAD))),
  'png and page': taken(async () => {
    const whole = await SAMPLES.png();
    return joined(
      whole.subarray(0, 33),
      pngChunk('tEXt', joined(text('Comment\0'), page)),
      whole.subarray(33),
    );
  }),
  'png and pixels that are a page': taken(() =>
    sharp(Buffer.from(PAYLOAD.repeat(30).slice(0, 900), 'latin1'), {
      raw: { width: 20, height: 15, channels: 3 },
    })
      .png({ compressionLevel: 0 })
      .toBuffer(),
  ),
  'jpeg and page': taken(async () => withSegments(await SAMPLES.jpeg(), segment(0xfe, page))),
  'jpeg and pdf': taken(async () => withSegments(await SAMPLES.jpeg(), segment(0xef, pdf))),
  'jpeg and archive': taken(async () => joined(await SAMPLES.jpeg(), zip, text(PAYLOAD))),
  'jpeg and exif with a page': taken(() =>
    sharp({ create: { width: 40, height: 30, channels: 3, background: '#369' } })
      .withExif({ IFD0: { ImageDescription: PAYLOAD } })
      .jpeg()
      .toBuffer(),
  ),
  'webp and page': async () => {
    const whole = Buffer.from(await SAMPLES.webp());
    const extra = joined(text('XMP '), u32le(page.byteLength), page, Buffer.alloc(page.byteLength % 2));
    return patched(joined(whole, extra), 4, u32le(whole.byteLength - 8 + extra.byteLength));
  },
  'avif and page': async () => joined(await SAMPLES.avif(), box('free', page)),
  'mp4 and page': taken(async () => joined(await SAMPLES['fast mp4'](), box('free', page))),
  'mp4 and page in its title': async () =>
    mapBoxes(await SAMPLES.mp4(), (type, body) =>
      type === 'moov' ? joined(body, box('udta', box('\xa9nam', page))) : null,
    ),
  'webm and page': async () => joined(await SAMPLES.webm(), element('ec', page)),
  'pdf with a jpeg in it': refused(async () => joined(pdf, await SAMPLES.jpeg())),
  'zip with a png behind it': refused(async () => joined(zip, await SAMPLES.png())),
  'page with a gif behind it': refused(async () => joined(page, await SAMPLES.gif())),
});

export const DISGUISED_FILES: readonly HostileFile[] = [...PLAIN, ...behind, ...TWO_THINGS];
