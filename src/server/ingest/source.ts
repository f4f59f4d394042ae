import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { ReadAt } from './container.ts';

/** Bytes at hand, or the path of a file on this machine. */
export type MediaSource = Uint8Array | string;

export async function readHead(source: MediaSource, length: number): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source.subarray(0, length);
  const handle = await open(source, 'r');
  try {
    const { bytesRead, buffer } = await handle.read(new Uint8Array(length), 0, length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Random access to a source; the caller closes it. */
export async function openSource(
  source: MediaSource,
): Promise<{ read: ReadAt; size: number; close: () => Promise<void> }> {
  if (source instanceof Uint8Array) {
    const read: ReadAt = async (offset, length) => source.subarray(offset, offset + length);
    return { read, size: source.byteLength, close: async () => {} };
  }
  const handle = await open(source, 'r');
  const read: ReadAt = async (offset, length) => {
    const { bytesRead, buffer } = await handle.read(new Uint8Array(length), 0, length, offset);
    return buffer.subarray(0, bytesRead);
  };
  return { read, size: (await handle.stat()).size, close: () => handle.close() };
}

const SLICE = 4 * 1024 * 1024;

/** Size, and sha256 in lower case hexadecimal. Lets the event loop breathe between slices of a large array. */
export async function digestSource(source: MediaSource): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of source instanceof Uint8Array ? slices(source) : createReadStream(source)) {
    hash.update(chunk);
    bytes += chunk.byteLength;
  }
  return { bytes, sha256: hash.digest('hex') };
}

async function* slices(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += SLICE) {
    if (at > 0) await new Promise(setImmediate);
    yield bytes.subarray(at, at + SLICE);
  }
}
