import { describe, expect, it } from 'vitest';
import { sniffMime } from './sniff.ts';

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const ftyp = (major: string, ...compatible: string[]) => {
  const body = `ftyp${major}\0\0\0\0${compatible.join('')}`;
  const size = Buffer.alloc(4);
  size.writeUInt32BE(4 + body.length);
  return Buffer.concat([size, latin1(body), latin1('\0\0\0\x08mdat')]);
};
const ebml = (docType: string) =>
  latin1(
    `\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82${String.fromCharCode(0x80 | docType.length)}${docType}`,
  );

describe('the type by first bytes', () => {
  it.each([
    ['image/png', latin1('\x89PNG\r\n\x1a\n....')],
    ['image/jpeg', latin1('\xff\xd8\xff\xe0')],
    ['image/gif', latin1('GIF87a')],
    ['image/gif', latin1('GIF89a')],
    ['image/webp', latin1('RIFF\x10\0\0\0WEBPVP8 ')],
    ['image/avif', ftyp('avif', 'mif1', 'miaf')],
    ['image/avif', ftyp('avis', 'msf1')],
    ['image/avif', ftyp('mif1', 'miaf', 'avif')],
    ['video/mp4', ftyp('isom', 'iso2', 'avc1', 'mp41')],
    ['video/mp4', ftyp('mp42')],
    ['video/mp4', ftyp('M4V ', 'isom')],
    ['video/mp4', ftyp('XAVC', 'mp42')],
    ['video/quicktime', ftyp('qt  ', 'qt  ')],
    ['video/quicktime', latin1('\0\0\0\x08wide\0\0\x10\0mdat')],
    ['video/webm', ebml('webm')],
    ['video/webm', latin1('\x1a\x45\xdf\xa3\x8f\x42\x82\x01\0\0\0\0\0\0\x04webm')],
  ])('%s', (mime, bytes) => {
    expect(sniffMime(bytes, 'data')).toBe(mime);
  });

  it.each([
    ['plain text', Buffer.from('Grüße\n')],
    ['JSON', Buffer.from('{"a":1}')],
    ['an SVG', Buffer.from('<?xml version="1.0"?>\n<!-- x --><svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['an HTML page', Buffer.from('  <!DOCTYPE html><svg>')],
    ['an XML', Buffer.from('<?xml version="1.0"?><a/>')],
    ['a PDF', latin1('%PDF-1.7')],
    ['a TIFF', latin1('II*\0')],
    ['a TIFF', latin1('MM\0*')],
    ['a BMP', latin1('BM\x10\0')],
    ['a HEIC', ftyp('heic', 'mif1')],
    ['a HEIC', ftyp('mif1', 'heic')],
    ['a JPEG XL', latin1('\xff\x0a\0')],
    ['an audio file', ftyp('M4A ', 'isom', 'mp42')],
    ['an MP3', latin1('ID3\x04')],
    ['a WAV', latin1('RIFF\x10\0\0\0WAVEfmt ')],
    ['an AVI', latin1('RIFF\x10\0\0\0AVI LIST')],
    ['a Matroska', ebml('matroska')],
    ['a ZIP', latin1('PK\x03\x04')],
    ['ISO media file of brand "zz?!"', ftyp('zz\x01!')],
    ['unknown binary', latin1('\x01\x02\x03\xff\xfe')],
    ['plain text', latin1('GIF')],
    ['plain text', latin1('G')],
  ])('refuses what looks like %s', (looks, bytes) => {
    expect(() => sniffMime(bytes, 'data')).toThrow(
      expect.objectContaining({
        code: 'UNSUPPORTED_MEDIA',
        field: 'data',
        message: expect.stringContaining(looks),
      }),
    );
  });

  it('refuses nothing at all as empty', () => {
    const refusal = { code: 'BAD_INPUT', field: 'upload', message: 'The file is empty.' };
    expect(() => sniffMime(new Uint8Array(), 'upload')).toThrow(expect.objectContaining(refusal));
  });
});
