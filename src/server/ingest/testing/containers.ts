/** The frames that media are written in, with nothing that would keep them truthful. */
import { deflateRawSync, constants } from 'node:zlib';
import { pngChunk } from '../sample-media.ts';

export const u16 = (value: number) => Buffer.from([value >>> 8, value]);
export const u16le = (value: number) => Buffer.from([value, value >>> 8]);
export const u24le = (value: number) => Buffer.from([value, value >>> 8, value >>> 16]);
export const u32 = (...values: number[]) =>
  Buffer.concat(values.map((value) => Buffer.from([value >>> 24, value >>> 16, value >>> 8, value])));
export const u32le = (value: number) => Buffer.from([value, value >>> 8, value >>> 16, value >>> 24]);
export const text = (latin1: string) => Buffer.from(latin1, 'latin1');
export const joined = (...parts: Uint8Array[]): Buffer => Buffer.concat(parts);

export const repeated = (bytes: Uint8Array, times: number): Buffer =>
  Buffer.concat(Array.from({ length: times }, () => bytes));

/** A copy with other bytes from a place on. */
export function patched(bytes: Uint8Array, at: number, ...parts: Uint8Array[]): Buffer {
  const copy = Buffer.from(bytes);
  joined(...parts).copy(copy, at);
  return copy;
}

export function find(bytes: Uint8Array, needle: string | Buffer): number {
  const at = Buffer.from(bytes).indexOf(needle, 0, 'latin1');
  if (at < 0) throw new Error(`no ${needle.toString('latin1')} in this sample`);
  return at;
}

/** As many zero bytes, as a zlib stream, without ever holding them: a thousandth of their size. */
export function zeros(count: number): Buffer {
  const megabyte = 2 ** 20;
  const block = deflateRawSync(Buffer.alloc(megabyte), { finishFlush: constants.Z_FULL_FLUSH });
  const whole = Array.from({ length: Math.floor(count / megabyte) }, () => block);
  const adler = (((count % 65_521) << 16) | 1) >>> 0;
  return joined(
    Buffer.from([0x78, 0x01]),
    ...whole,
    deflateRawSync(Buffer.alloc(count % megabyte)),
    u32(adler),
  );
}

export const PNG_SIGNATURE = text('\x89PNG\r\n\x1a\n');

type PngHeader = { width: number; height: number; depth?: number; colour?: number; interlace?: number };

export const ihdr = ({ width, height, depth = 8, colour = 2, interlace = 0 }: PngHeader) =>
  joined(u32(width, height), Buffer.from([depth, colour, 0, 0, interlace]));

export const png = (...chunks: [type: string, data: Uint8Array][]) =>
  joined(PNG_SIGNATURE, ...chunks.map(([type, data]) => pngChunk(type, data)));

const CHANNELS = new Map([
  [0, 1],
  [2, 3],
  [3, 1],
  [4, 2],
  [6, 4],
]);

/** Rows of zeros as PNG holds them: each with a filter byte, and in seven passes when interlaced. */
export function pngRows({ width, height, depth = 8, colour = 2, interlace = 0 }: PngHeader): number {
  const pass = (columns: number, rows: number) =>
    columns === 0 || rows === 0
      ? 0
      : rows * (1 + Math.ceil((columns * depth * (CHANNELS.get(colour) ?? 1)) / 8));
  if (interlace === 0) return pass(width, height);
  const passes = [
    [0, 8, 0, 8],
    [4, 8, 0, 8],
    [0, 4, 4, 8],
    [2, 4, 0, 4],
    [0, 2, 2, 4],
    [1, 2, 0, 2],
    [0, 1, 1, 2],
  ] as const;
  return passes
    .map(([left, across, top, down]) =>
      pass(Math.ceil((width - left) / across), Math.ceil((height - top) / down)),
    )
    .reduce((sum, bytes) => sum + bytes, 0);
}

/** A valid black picture of any size and depth. */
export const blackPng = (header: PngHeader, ...before: [type: string, data: Uint8Array][]) =>
  png(['IHDR', ihdr(header)], ...before, ['IDAT', zeros(pngRows(header))], ['IEND', Buffer.alloc(0)]);

export const segment = (marker: number, body: Uint8Array) =>
  joined(Buffer.from([0xff, marker]), u16(body.byteLength + 2), body);

/** Puts segments right behind the start of a JPEG. */
export const withSegments = (jpeg: Uint8Array, ...segments: Uint8Array[]) =>
  joined(jpeg.subarray(0, 2), ...segments, jpeg.subarray(2));

/** Where the frame header of a JPEG begins, at its marker. */
export function findSof(jpeg: Uint8Array): number {
  const view = Buffer.from(jpeg);
  for (let at = 2; at + 4 < view.byteLength; at += 2 + view.readUInt16BE(at + 2)) {
    const marker = view[at + 1] ?? 0;
    if (marker >= 0xc0 && marker <= 0xc2) return at;
  }
  throw new Error('no frame header in this sample');
}

export const riff = (...chunks: [type: string, data: Uint8Array][]) => {
  const body = Buffer.concat([
    text('WEBP'),
    ...chunks.map(([type, data]) =>
      joined(text(type), u32le(data.byteLength), data, Buffer.alloc(data.byteLength % 2)),
    ),
  ]);
  return joined(text('RIFF'), u32le(body.byteLength), body);
};

/** A lossless frame of one colour, whose codes take no bit a pixel: 20 bytes, whatever it says its size is. */
export function vp8l(width: number, height: number): Buffer {
  let bits = BigInt(0x2f);
  let at = 8n;
  const put = (value: number, count: number) => {
    bits |= BigInt(value) << at;
    at += BigInt(count);
  };
  put(width - 1, 14);
  put(height - 1, 14);
  put(0, 1 + 3 + 3);
  for (let code = 0; code < 5; code += 1) put(1, 4);
  const bytes = Buffer.alloc(24);
  for (let index = 0; index < bytes.byteLength; index += 1)
    bytes[index] = Number((bits >> BigInt(8 * index)) & 0xffn);
  return bytes;
}

export const vp8x = (flags: number, width: number, height: number) =>
  joined(u32le(flags), u24le(width - 1), u24le(height - 1));

export const anmf = (x: number, y: number, width: number, height: number, frame: Uint8Array) =>
  joined(
    u24le(x >> 1),
    u24le(y >> 1),
    u24le(width - 1),
    u24le(height - 1),
    u24le(40),
    Buffer.alloc(1),
    text('VP8L'),
    u32le(frame.byteLength),
    frame,
  );

/** A GIF of two colours; each frame is a run of one of them. */
export const gif = (width: number, height: number, ...blocks: Uint8Array[]) =>
  joined(
    text('GIF89a'),
    u16le(width),
    u16le(height),
    Buffer.from([0x80, 0, 0, 0, 0, 0, 255, 255, 255]),
    ...blocks,
    text(';'),
  );

export const gifFrame = (left: number, top: number, width: number, height: number, data: Uint8Array) =>
  joined(text(','), u16le(left), u16le(top), u16le(width), u16le(height), Buffer.alloc(1), data);

export function subBlocks(data: Uint8Array): Buffer {
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < data.byteLength; at += 255) {
    const part = data.subarray(at, at + 255);
    blocks.push(Buffer.from([part.byteLength]), part);
  }
  blocks.push(Buffer.alloc(1));
  return Buffer.concat(blocks);
}

/** LZW of `count` equal pixels: codes for ever longer runs, so that 4,000 of them make seven million pixels. */
export function lzwRun(count: number): Buffer {
  const bytes: number[] = [];
  let held = 0;
  let bits = 0;
  let width = 3;
  const put = (code: number) => {
    held |= code << bits;
    for (bits += width; bits >= 8; bits -= 8, held >>>= 8) bytes.push(held & 0xff);
  };
  let left = count;
  while (left > 0) {
    put(4); // begin a new table
    width = 3;
    put(0);
    left -= 1;
    for (let next = 6; left > 0 && next < 4095;) {
      // Code 6 is a run of two, 7 of three; the last may be any of those before.
      const run = Math.min(next - 4, left);
      put(run === 1 ? 0 : run + 4);
      left -= run;
      next += 1;
      if (next === 1 << width && width < 12) width += 1;
    }
  }
  put(5);
  if (bits > 0) bytes.push(held & 0xff);
  return joined(Buffer.from([2]), subBlocks(Buffer.from(bytes)));
}

export const box = (type: string, ...body: Uint8Array[]) => {
  const whole = joined(...body);
  return joined(u32(whole.byteLength + 8), text(type), whole);
};

const HOLDS_BOXES = new Set(['moov', 'trak', 'mdia', 'minf', 'stbl', 'edts', 'mvex', 'moof', 'traf']);

/** Builds an ISO file anew from its boxes; `change` gives a box's body another content, or null to keep it. */
export function mapBoxes(
  bytes: Uint8Array,
  change: (type: string, body: Buffer) => Uint8Array | null,
): Buffer {
  const view = Buffer.from(bytes);
  const parts: Uint8Array[] = [];
  for (let at = 0; at + 8 <= view.byteLength;) {
    const long = view.readUInt32BE(at) === 1;
    const size = long ? Number(view.readBigUInt64BE(at + 8)) : view.readUInt32BE(at);
    const type = view.toString('latin1', at + 4, at + 8);
    const body = view.subarray(at + (long ? 16 : 8), at + size);
    const inner = HOLDS_BOXES.has(type) ? mapBoxes(body, change) : body;
    parts.push(box(type, change(type, inner) ?? inner));
    at += size;
  }
  return joined(...parts);
}

/** One element of Matroska: its id in hexadecimal, a size of eight bytes, and its body. */
export const element = (id: string, ...body: Uint8Array[]) => {
  const whole = joined(...body);
  return joined(Buffer.from(id, 'hex'), Buffer.from([0x01, 0, 0, 0]), u32(whole.byteLength), whole);
};
