import { inflateSync } from 'node:zlib';
import type { ReadAt } from '../container.ts';
import { MAX_TEXT_BYTES, type EmbeddedText } from './texts.ts';

/** More than any encoder writes; what comes after is not looked at. */
const MAX_CHUNKS = 20_000;
/** Each may be a bomb, which costs the inflating of all that is allowed and brings nothing. */
const MAX_TEXTS = 64;
const HEADER_BYTES = 8;

const latin1 = (bytes: Uint8Array) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
const utf8 = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** The texts of a PNG (PNG specification, 11.3.3): tEXt, zTXt and iTXt, wherever they are among the chunks. */
export async function readPngTexts(read: ReadAt): Promise<EmbeddedText[]> {
  const texts: EmbeddedText[] = [];
  let left = MAX_TEXT_BYTES;
  let at = 8;
  let tried = 0;
  for (let chunk = 0; chunk < MAX_CHUNKS && left > 0; chunk += 1) {
    const header = await read(at, HEADER_BYTES);
    if (header.byteLength < HEADER_BYTES) break;
    const length = new DataView(header.buffer, header.byteOffset).getUint32(0);
    const type = latin1(header.subarray(4));
    if (type === 'IEND') break;
    if (type in DECODERS && length <= left) {
      tried += 1;
      if (tried > MAX_TEXTS) break;
      const text = readTextChunk(type, await read(at + HEADER_BYTES, length), left);
      if (text) {
        texts.push(text);
        left -= text.text.length;
      }
      left -= length;
    }
    at += HEADER_BYTES + length + 4;
  }
  return texts;
}

/** Null for a chunk of another type, a broken one, and one of more than `max` characters. */
export const readTextChunk = (type: string, data: Uint8Array, max = MAX_TEXT_BYTES): EmbeddedText | null =>
  DECODERS[type]?.(data, max) ?? null;

/** Latin-1 by the specification; many writers use UTF-8 all the same. */
function decodeText(bytes: Uint8Array): string {
  const text = utf8(bytes);
  return text.includes('\uFFFD') ? latin1(bytes) : text;
}

type Decode = (data: Uint8Array, max: number) => EmbeddedText | null;

const DECODERS: Record<string, Decode | undefined> = {
  tEXt(data) {
    const [key, at] = readKey(data);
    return { key, text: decodeText(data.subarray(at)) };
  },
  zTXt(data, max) {
    const [key, at] = readKey(data);
    const text = inflate(data.subarray(at + 1), max);
    return text && { key, text: decodeText(text) };
  },
  iTXt(data, max) {
    const [key, at] = readKey(data);
    const isCompressed = data[at] === 1;
    const language = data.indexOf(0, at + 2);
    const translated = language < 0 ? -1 : data.indexOf(0, language + 1);
    if (translated < 0) return null;
    const body = data.subarray(translated + 1);
    const text = isCompressed ? inflate(body, max) : body;
    return text && { key, text: utf8(text) };
  },
};

/** The keyword, and where the rest begins. */
function readKey(data: Uint8Array): [key: string, rest: number] {
  const end = data.subarray(0, 80).indexOf(0);
  return end < 0 ? ['', data.byteLength] : [latin1(data.subarray(0, end)), end + 1];
}

/** Null for what is broken, and for what would become larger than `max`. */
function inflate(data: Uint8Array, max: number): Uint8Array | null {
  try {
    return inflateSync(data, { maxOutputLength: max });
  } catch {
    return null;
  }
}
