import { AppError } from '#core/errors.ts';
import type { Mime } from '#core/media.ts';
import { EBML, has, knownMime, latin1, SNIFF_BYTES } from '#core/sniff.ts';

/**
 * The type of a file by its first bytes; names and declared types are never asked.
 * @throws BAD_INPUT when it is empty, UNSUPPORTED_MEDIA saying what it looks like when it is not one that is kept.
 */
export function sniffMime(head: Uint8Array, field: string): Mime {
  if (head.byteLength === 0) throw new AppError('BAD_INPUT', 'The file is empty.', { field });
  const bytes = head.subarray(0, SNIFF_BYTES);
  const mime = knownMime(bytes);
  if (mime) return mime;
  throw new AppError(
    'UNSUPPORTED_MEDIA',
    `This looks like ${describe(bytes)}. Use PNG, JPEG, WebP, GIF or AVIF for images, MP4, WebM or MOV for videos.`,
    { field },
  );
}

/** For the message alone: nothing is decided by it. */
function describe(bytes: Uint8Array): string {
  for (const [name, offset, magic] of SIGNATURES) if (has(bytes, offset, magic)) return name;
  if (has(bytes, 0, 'RIFF')) return `a RIFF file of type ${printable(latin1(bytes, 8, 4))}`;
  if (has(bytes, 4, 'ftyp')) {
    const brand = latin1(bytes, 8, 4);
    if (/^(hei|hev|mif1|msf1)/.test(brand)) return 'a HEIC image';
    if (/^(M4[AB] |f4a )$/.test(brand)) return 'an audio file';
    return `an ISO media file of brand ${printable(brand)}`;
  }
  if (bytes[0] === 0xff && ((bytes[1] ?? 0) & 0xe0) === 0xe0) return 'an MP3 audio file';
  return describeText(bytes) ?? 'an unknown binary file';
}

const SIGNATURES: [name: string, offset: number, magic: string][] = [
  ['a PDF document', 0, '%PDF-'],
  ['a TIFF image', 0, 'II*\0'],
  ['a TIFF image', 0, 'MM\0*'],
  ['a TIFF image', 0, 'II+\0'],
  ['a TIFF image', 0, 'MM\0+'],
  ['a Matroska video', 0, EBML],
  ['a JPEG XL image', 0, '\xff\x0a'],
  ['a JPEG XL image', 4, 'JXL \r\n'],
  ['a JPEG 2000 image', 4, 'jP  \r\n'],
  ['a Photoshop file', 0, '8BPS'],
  ['an icon', 0, '\0\0\x01\0'],
  ['an AVI video', 8, 'AVI '],
  ['a WAV audio file', 8, 'WAVE'],
  ['an MP3 audio file', 0, 'ID3'],
  ['an Ogg file', 0, 'OggS'],
  ['a FLAC audio file', 0, 'fLaC'],
  ['a Flash video', 0, 'FLV\x01'],
  ['an MPEG video', 0, '\0\0\x01\xba'],
  ['an MPEG video', 0, '\0\0\x01\xb3'],
  ['a Windows Media file', 0, '\x30\x26\xb2\x75\x8e\x66\xcf\x11'],
  ['a ZIP archive', 0, 'PK\x03\x04'],
  ['a ZIP archive', 0, 'PK\x05\x06'],
  ['a gzip archive', 0, '\x1f\x8b'],
  ['a 7-Zip archive', 0, "7z\xbc\xaf'\x1c"],
  ['a RAR archive', 0, 'Rar!\x1a\x07'],
  ['a program', 0, '\x7fELF'],
  ['a program', 0, 'MZ'],
  ['a BMP image', 0, 'BM'],
];

/** Tab, line feed, form feed, carriage return, escape. */
const TEXT_CONTROLS = new Set([0x09, 0x0a, 0x0c, 0x0d, 0x1b]);

function describeText(bytes: Uint8Array): string | null {
  // A character may be cut at the end of the sample, hence `stream`.
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return null;
  }
  if (bytes.some((byte) => byte < 0x20 && !TEXT_CONTROLS.has(byte))) return null;
  const start = text.trimStart().toLowerCase();
  if (start.startsWith('<!doctype html') || start.startsWith('<html')) return 'an HTML page';
  if (start.startsWith('<') && start.includes('<svg')) return 'an SVG drawing';
  if (start.startsWith('<')) return 'an XML document';
  if (start.startsWith('{') || start.startsWith('[')) return 'JSON text';
  return 'plain text';
}

const printable = (text: string) => JSON.stringify(text.replace(/[^\x20-\x7e]/g, '?'));
