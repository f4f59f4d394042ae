/** Reads up to `length` bytes at an offset; fewer at the end of the file. */
export type ReadAt = (offset: number, length: number) => Promise<Uint8Array>;

/**
 * Whether a video file stops before its outermost parts do. A reader of metadata does not notice, because a file
 * made for streaming carries its whole index in front.
 */
export async function isCutShort(read: ReadAt, size: number): Promise<boolean> {
  const head = viewOf(await read(0, 4));
  if (head.byteLength < 4) return true;
  return head.getUint32(0) === 0x1a45dfa3 ? isMatroskaCut(read, size) : isIsoCut(read, size);
}

/** ISO 14496-12, 4.2: a box begins with its size and type; size 1 = 64 bits follow, 0 = to the end of the file. */
async function isIsoCut(read: ReadAt, size: number): Promise<boolean> {
  let at = 0;
  while (at < size) {
    const header = viewOf(await read(at, 16));
    if (header.byteLength < 8) return true;
    let length = header.getUint32(0);
    if (length === 0) return false;
    if (length === 1) {
      if (header.byteLength < 16) return true;
      length = Number(header.getBigUint64(8));
    }
    if (length < 8 || at + length > size) return true;
    at += length;
  }
  return false;
}

/** RFC 8794: an id, then a size; all bits of the size set = not known, as in a live recording. */
async function isMatroskaCut(read: ReadAt, size: number): Promise<boolean> {
  let at = 0;
  while (at < size) {
    const bytes = await read(at, 16);
    const id = readVint(bytes, 0);
    const length = id && readVint(bytes, id.width);
    if (!length) return true;
    if (length.unknown) return false;
    at += id.width + length.width + length.value;
    if (at > size) return true;
  }
  return false;
}

function readVint(bytes: Uint8Array, at: number): { width: number; value: number; unknown: boolean } | null {
  const first = bytes[at] ?? 0;
  const width = Math.clz32(first) - 23;
  if (width > 8 || at + width > bytes.byteLength) return null;
  let value = first & (0xff >> width);
  let unknown = value === 0xff >> width;
  for (const byte of bytes.subarray(at + 1, at + width)) {
    value = value * 256 + byte;
    unknown &&= byte === 0xff;
  }
  return { width, value, unknown };
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
