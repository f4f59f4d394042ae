import type { ReadAt } from '../container.ts';
import { MAX_TEXT_BYTES } from './texts.ts';

/** XMP specification, part 3, 1.2.7: a box of this UUID holds the packet of an ISO media file. */
export const XMP_UUID = Buffer.from('be7acfcb97a942e89c71999491e3afac', 'hex');
const MAX_BOXES = 2000;

/** Where the outermost boxes of an ISO media file are. A box that is broken ends the list. */
export async function* listBoxes(
  read: ReadAt,
  size: number,
): AsyncIterable<{ type: string; at: number; header: number; length: number; isLast: boolean }> {
  let at = 0;
  for (let count = 0; at < size && count < MAX_BOXES; count += 1) {
    const bytes = await read(at, 16);
    if (bytes.byteLength < 8) return;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const type = Buffer.from(bytes.subarray(4, 8)).toString('latin1');
    const short = view.getUint32(0);
    const long = short === 1 && bytes.byteLength === 16 ? Number(view.getBigUint64(8)) : null;
    const length = long ?? (short === 0 ? size - at : short);
    const header = long === null ? 8 : 16;
    if (length < header || at + length > size) return;
    yield { type, at, header, length, isLast: short === 0 };
    at += length;
  }
}

/** The XMP packets of an ISO media file (MP4, MOV, AVIF). */
export async function readXmpBoxes(read: ReadAt, size: number): Promise<string[]> {
  const packets: string[] = [];
  let left = MAX_TEXT_BYTES;
  for await (const { type, at, header, length } of listBoxes(read, size)) {
    if (type !== 'uuid' || length > left) continue;
    const body = await read(at + header, length - header);
    if (Buffer.compare(body.subarray(0, 16), XMP_UUID) !== 0) continue;
    left -= length;
    packets.push(new TextDecoder().decode(body.subarray(16)));
  }
  return packets;
}
