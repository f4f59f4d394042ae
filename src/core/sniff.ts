import type { Mime } from './media.ts';

/** As many first bytes as `knownMime` can use. */
export const SNIFF_BYTES = 4096;

/** The type of a file that is kept, by its first bytes; null for any other. Names and declared types are never asked. */
export function knownMime(bytes: Uint8Array): Mime | null {
  if (has(bytes, 0, '\x89PNG\r\n\x1a\n')) return 'image/png';
  if (has(bytes, 0, '\xff\xd8\xff')) return 'image/jpeg';
  if (has(bytes, 0, 'GIF87a') || has(bytes, 0, 'GIF89a')) return 'image/gif';
  if (has(bytes, 0, 'RIFF') && has(bytes, 8, 'WEBP')) return 'image/webp';
  if (has(bytes, 0, EBML)) return has(bytes, ebmlDocType(bytes), 'webm') ? 'video/webm' : null;
  if (has(bytes, 4, 'ftyp')) return brandMime(brands(bytes));
  // QuickTime files from before the ftyp box begin with one of these.
  if (['moov', 'mdat', 'wide', 'pnot'].some((box) => has(bytes, 4, box))) return 'video/quicktime';
  return null;
}

export const EBML = '\x1a\x45\xdf\xa3';
const MP4_BRANDS =
  /^(isom|iso\d|mp4[12v]|avc\d|M4V[ HP]?|hvc1|hev1|av01|vp09|dash|mmp4|MSNV|F4V |cmf[cs2]|3g[p2].)$/;

/** The major brand leads; a file of a general image brand is AVIF when it says so among the compatible ones. */
function brandMime([major = '', ...compatible]: string[]): Mime | null {
  if (major === 'avif' || major === 'avis') return 'image/avif';
  if (major === 'qt  ') return 'video/quicktime';
  if (major === 'mif1' || major === 'msf1' || major === 'miaf') {
    return compatible.some((brand) => brand === 'avif' || brand === 'avis') ? 'image/avif' : null;
  }
  if (IMAGE_OR_AUDIO_BRAND.test(major)) return null;
  return [major, ...compatible].some((brand) => MP4_BRANDS.test(brand)) ? 'video/mp4' : null;
}

const IMAGE_OR_AUDIO_BRAND = /^(hei[cxms]|hev[cms]|jp2 |jpx |jxl |crx |M4[AB] |f4a )$/;

function brands(bytes: Uint8Array): string[] {
  const size = Math.min(new DataView(bytes.buffer, bytes.byteOffset).getUint32(0), bytes.byteLength);
  const found = [latin1(bytes, 8, 4)];
  for (let at = 16; at + 4 <= size; at += 4) found.push(latin1(bytes, at, 4));
  return found;
}

/** Where the text of the DocType element begins; -1 when the header names none. */
function ebmlDocType(bytes: Uint8Array): number {
  const at = latin1(bytes, 0, 256).indexOf('\x42\x82');
  // Its size comes between, in one to eight bytes: leading zeros of the first tell how many.
  return at < 0 ? -1 : at + 2 + Math.clz32(bytes[at + 2] ?? 0) - 23;
}

export const latin1 = (bytes: Uint8Array, offset: number, length: number) =>
  String.fromCharCode(...bytes.subarray(offset, offset + length));

/** Whether these bytes, one for each character, are there. */
export const has = (bytes: Uint8Array, offset: number, magic: string) =>
  offset >= 0 && latin1(bytes, offset, magic.length) === magic;
