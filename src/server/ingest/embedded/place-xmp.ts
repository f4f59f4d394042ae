/** XMP into a file without touching its picture. Every function gives a new array and leaves the one it got. */
import { crc32 } from 'node:zlib';
import type { Mime } from '#core/media.ts';
import { readWebp, writeWebp } from '../webp.ts';
import { XMP_UUID, listBoxes } from './boxes.ts';
import { readTextChunk } from './png.ts';
import { XMP_KEY } from './texts.ts';

/** Writes the packet, given the one that the file has; null when that is to be left alone. */
type MakePacket = (existing: string | null) => string;

/** Null where the format has no place for it, and where the file is not what its type says. */
export async function placeXmp(bytes: Uint8Array, mime: Mime, make: MakePacket): Promise<Uint8Array | null> {
  if (bytes.byteLength < 32) return null;
  switch (mime) {
    case 'image/png':
      return placeInPng(bytes, make);
    case 'image/jpeg':
      return placeInJpeg(bytes, make);
    case 'image/webp':
      return placeInWebp(bytes, make);
    case 'image/avif':
    case 'video/mp4':
    case 'video/quicktime':
      return placeInBoxes(bytes, make);
    case 'image/gif':
    case 'video/webm':
      return null;
  }
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const latin1 = (bytes: Uint8Array, start: number, end: number) =>
  Buffer.from(bytes.subarray(start, end)).toString('latin1');

/** PNG: an iTXt chunk behind the header. */
function placeInPng(bytes: Uint8Array, make: MakePacket): Uint8Array | null {
  const view = viewOf(bytes);
  const parts: Uint8Array[] = [bytes.subarray(0, 8)];
  let existing: string | null = null;
  for (let at = 8; at + 12 <= bytes.byteLength;) {
    const end = at + 12 + view.getUint32(at);
    if (end > bytes.byteLength) return null;
    const chunk = readTextChunk(latin1(bytes, at + 4, at + 8), bytes.subarray(at + 8, end - 4));
    if (chunk?.key === XMP_KEY) existing = chunk.text;
    else parts.push(bytes.subarray(at, end));
    at = end;
  }
  if (parts.length < 3) return null;
  const body = Buffer.concat([
    Buffer.from(`iTXt${XMP_KEY}\0\0\0\0\0`, 'latin1'),
    Buffer.from(make(existing)),
  ]);
  const chunk = Buffer.alloc(body.byteLength + 8);
  chunk.writeUInt32BE(body.byteLength - 4, 0);
  chunk.set(body, 4);
  chunk.writeUInt32BE(crc32(body), body.byteLength + 4);
  parts.splice(2, 0, chunk);
  return Buffer.concat(parts);
}

const JPEG_KEY = 'http://ns.adobe.com/xap/1.0/\0';
/** What a segment holds beside its own length. */
const MAX_SEGMENT = 65_533;

/** JPEG: a segment APP1 behind those that begin the file (JFIF, EXIF). */
function placeInJpeg(bytes: Uint8Array, make: MakePacket): Uint8Array | null {
  const view = viewOf(bytes);
  const parts: Uint8Array[] = [bytes.subarray(0, 2)];
  let existing: string | null = null;
  let at = 2;
  for (let marker = view.getUint16(at); marker === 0xffe0 || marker === 0xffe1; marker = view.getUint16(at)) {
    const end = at + 2 + view.getUint16(at + 2);
    if (end + 4 > bytes.byteLength) return null;
    const isXmp = marker === 0xffe1 && latin1(bytes, at + 4, at + 4 + JPEG_KEY.length) === JPEG_KEY;
    if (isXmp) existing = Buffer.from(bytes.subarray(at + 4 + JPEG_KEY.length, end)).toString();
    else parts.push(bytes.subarray(at, end));
    at = end;
  }
  const body = Buffer.concat([Buffer.from(JPEG_KEY, 'latin1'), Buffer.from(make(existing))]);
  if (body.byteLength > MAX_SEGMENT) return null;
  const head = Buffer.alloc(4);
  head.writeUInt16BE(0xffe1, 0);
  head.writeUInt16BE(body.byteLength + 2, 2);
  return Buffer.concat([...parts, head, body, bytes.subarray(at)]);
}

/** ISO media (MP4, MOV, AVIF): a box at the end, where it moves nothing that others point to. */
async function placeInBoxes(bytes: Uint8Array, make: MakePacket): Promise<Uint8Array | null> {
  const read = async (at: number, length: number) => bytes.subarray(at, at + length);
  let end = 0;
  for await (const { at, length, isLast } of listBoxes(read, bytes.byteLength)) {
    // A box that reaches to the end of the file would swallow ours.
    if (isLast) return null;
    end = at + length;
  }
  if (end !== bytes.byteLength) return null;
  const packet = Buffer.from(make(null));
  const head = Buffer.alloc(8);
  head.writeUInt32BE(24 + packet.byteLength, 0);
  head.write('uuid', 4, 'latin1');
  return Buffer.concat([bytes, head, XMP_UUID, packet]);
}

/** WebP: a chunk at the end, announced in the header. */
function placeInWebp(bytes: Uint8Array, make: MakePacket): Uint8Array | null {
  const chunks = readWebp(bytes);
  if (!chunks) return null;
  const before = chunks.find(({ type }) => type === 'XMP ');
  const packet = Buffer.from(make(before ? Buffer.from(before.data).toString() : null));
  return writeWebp([...chunks.filter((chunk) => chunk !== before), { type: 'XMP ', data: packet }]);
}
