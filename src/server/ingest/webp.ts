/** The container of WebP (RFC 9649): its chunks, of which the first says what the others are. */
export type WebpChunk = { type: string; data: Uint8Array };

const FLAGS: Record<string, number> = { ICCP: 0x20, 'XMP ': 0x04 };
const ALPHA_FLAG = 0x10;

/** Null for a file that is broken. One without the extended header gets it. */
export function readWebp(bytes: Uint8Array): WebpChunk[] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: WebpChunk[] = [];
  for (let at = 12; at + 8 <= bytes.byteLength;) {
    const length = view.getUint32(at + 4, true);
    if (at + 8 + length > bytes.byteLength) return null;
    const type = Buffer.from(bytes.subarray(at, at + 4)).toString('latin1');
    chunks.push({ type, data: bytes.subarray(at + 8, at + 8 + length) });
    at += 8 + length + (length % 2);
  }
  const [first] = chunks;
  if (!first) return null;
  if (first.type === 'VP8X') return chunks;
  const header = extendedHeader(first);
  return header && [{ type: 'VP8X', data: header }, ...chunks];
}

/** The header announces a profile and a packet that were added. */
export function writeWebp(chunks: WebpChunk[]): Uint8Array {
  const parts = chunks.flatMap(({ type, data }) => {
    const head = Buffer.alloc(8);
    head.write(type, 0, 'latin1');
    head.writeUInt32LE(data.byteLength, 4);
    return [head, type === 'VP8X' ? withFlags(data, chunks) : data, Buffer.alloc(data.byteLength % 2)];
  });
  const body = Buffer.concat([Buffer.from('WEBP', 'latin1'), ...parts]);
  const head = Buffer.alloc(8);
  head.write('RIFF', 0, 'latin1');
  head.writeUInt32LE(body.byteLength, 4);
  return Buffer.concat([head, body]);
}

function withFlags(header: Uint8Array, chunks: WebpChunk[]): Uint8Array {
  const flagged = Buffer.from(header);
  for (const { type } of chunks) flagged[0] = (flagged[0] ?? 0) | (FLAGS[type] ?? 0);
  return flagged;
}

/** Of a file that has one picture and nothing else. */
function extendedHeader({ type, data }: WebpChunk): Buffer | null {
  if (data.byteLength < 10) return null;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const header = Buffer.alloc(10);
  if (type === 'VP8 ') {
    header.writeUIntLE((view.getUint16(6, true) & 0x3fff) - 1, 4, 3);
    header.writeUIntLE((view.getUint16(8, true) & 0x3fff) - 1, 7, 3);
    return header;
  }
  if (type !== 'VP8L') return null;
  const packed = view.getUint32(1, true);
  header[0] = (packed >>> 28) & 1 ? ALPHA_FLAG : 0;
  header.writeUIntLE(packed & 0x3fff, 4, 3);
  header.writeUIntLE((packed >>> 14) & 0x3fff, 7, 3);
  return header;
}
