/**
 * The few EXIF fields into which generators write. Own code, because readers of all fields take time and memory that
 * grow with the square of a hostile file: each entry may name the whole of it as its value.
 */
import { MAX_TEXT_BYTES, type EmbeddedText } from './texts.ts';

const TAGS: Record<number, string> = {
  0x010e: 'ImageDescription',
  0x010f: 'Make',
  0x0110: 'Model',
  0x0131: 'Software',
  0x9286: 'UserComment',
};
const EXIF_IFD = 0x8769;
const ENTRY_BYTES = 12;
/** Byte widths of types 1 (byte), 2 (ASCII), 3 (short), 4 (long) and 7 (undefined). */
const WIDTHS: Record<number, number> = { 1: 1, 2: 1, 3: 2, 4: 4, 7: 1 };

/** @param exif A TIFF structure, with or without the `Exif\0\0` that goes before it. */
export function readExifTexts(exif: Uint8Array): EmbeddedText[] {
  const start = Buffer.from(exif.subarray(0, 6)).toString('latin1') === 'Exif\0\0' ? 6 : 0;
  const tiff = exif.subarray(start);
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  if (tiff.byteLength < 8) return [];
  const little = view.getUint16(0) === 0x4949;
  const texts = new Map<string, string>();
  let left = MAX_TEXT_BYTES;
  /** One folder within the first: each entry may name another, as large as the file. */
  let isInner = false;

  function readFolder(offset: number): void {
    if (offset + 2 > tiff.byteLength) return;
    const entries = view.getUint16(offset, little);
    for (let entry = 0; entry < entries; entry += 1) {
      const at = offset + 2 + entry * ENTRY_BYTES;
      if (at + ENTRY_BYTES > tiff.byteLength) return;
      const tag = view.getUint16(at, little);
      const key = TAGS[tag];
      if (tag === EXIF_IFD && !isInner) {
        isInner = true;
        readFolder(view.getUint32(at + 8, little));
      }
      if (key === undefined || texts.has(key)) continue;
      const bytes = view.getUint32(at + 4, little) * (WIDTHS[view.getUint16(at + 2, little)] ?? 0);
      const from = bytes <= 4 ? at + 8 : view.getUint32(at + 8, little);
      if (bytes === 0 || bytes > left || from + bytes > tiff.byteLength) continue;
      left -= bytes;
      const value = tiff.subarray(from, from + bytes);
      texts.set(key, tag === 0x9286 ? decodeComment(value, little) : decodeText(value));
    }
  }

  readFolder(view.getUint32(4, little));
  return Array.from(texts, ([key, text]) => ({ key, text }));
}

/** Without a pattern: one that looks for the end would begin anew at each NUL of the text. */
function withoutPadding(text: string): string {
  let end = text.length;
  while (text[end - 1] === '\0') end -= 1;
  return text.slice(0, end);
}

const decodeText = (bytes: Uint8Array) => withoutPadding(new TextDecoder().decode(bytes));

/** EXIF 2.32, 4.6.5: eight bytes name the character set. Those of UNICODE are in either order, whatever the file says. */
function decodeComment(bytes: Uint8Array, little: boolean): string {
  const set = Buffer.from(bytes.subarray(0, 8)).toString('latin1');
  const body = bytes.subarray(8);
  if (!set.startsWith('UNICODE'))
    return decodeText(set.startsWith('ASCII') || set.startsWith('\0') ? body : bytes);
  return withoutPadding(new TextDecoder(isLittleUtf16(body, little) ? 'utf-16le' : 'utf-16be').decode(body));
}

/** By where the zeros of Latin letters are. */
function isLittleUtf16(bytes: Uint8Array, otherwise: boolean): boolean {
  let even = 0;
  let odd = 0;
  for (let at = 0; at + 1 < Math.min(bytes.byteLength, 512); at += 2) {
    if (bytes[at] === 0) even += 1;
    if (bytes[at + 1] === 0) odd += 1;
  }
  return even === odd ? otherwise : odd > even;
}
