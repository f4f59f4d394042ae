import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { thumbHashToApproximateAspectRatio, thumbHashToAverageRGBA } from 'thumbhash';
import { describe, expect, it } from 'vitest';
import { prepareMedia } from './prepare.ts';
import { hugePng, paint, pixelAt, pngChunk } from './sample-media.ts';

const prepare = (source: Uint8Array | string) => prepareMedia(source, { field: 'data' });

async function roles(source: Uint8Array) {
  const prepared = await prepare(source);
  const [preview, thumb] = prepared.files;
  if (!preview || !thumb) throw new Error('no renditions');
  return { prepared, preview, thumb };
}

const near = (colour: number[]) => colour.map((value) => expect.closeTo(value, -1.3));

describe('images', () => {
  const FORMATS = {
    'image/png': (width: number, height: number) => paint(width, height).png(),
    'image/jpeg': (width: number, height: number) => paint(width, height).jpeg(),
    'image/webp': (width: number, height: number) => paint(width, height).webp(),
    'image/gif': (width: number, height: number) => paint(width, height).gif(),
    'image/avif': (width: number, height: number) => paint(width, height).avif({ effort: 0 }),
  };

  it.each(Object.entries(FORMATS))('%s: told, measured, hashed and rendered', async (mime, make) => {
    const source = await make(1600, 800).toBuffer();
    const copy = Buffer.from(source);
    const { prepared, preview, thumb } = await roles(source);
    expect(prepared).toMatchObject({
      kind: 'image',
      mime,
      width: 1600,
      height: 800,
      durationMs: null,
      animated: false,
      bytes: source.byteLength,
      sha256: createHash('sha256').update(source).digest('hex'),
    });
    expect(preview).toMatchObject({ role: 'preview', mime: 'image/webp', width: 1280, height: 640 });
    expect(thumb).toMatchObject({ role: 'thumb', mime: 'image/webp', width: 384, height: 192 });
    for (const file of [preview, thumb]) {
      const { format, width, height } = await sharp(file.bytes).metadata();
      expect({ format, width, height }).toEqual({ format: 'webp', width: file.width, height: file.height });
      expect(await pixelAt(file.bytes, file.width * 0.25, file.height * 0.5)).toEqual(near([220, 30, 30]));
      expect(await pixelAt(file.bytes, file.width * 0.75, file.height * 0.5)).toEqual(near([30, 30, 220]));
    }
    const hash = Buffer.from(prepared.thumbhash ?? '', 'base64');
    expect(hash.byteLength).toBeLessThan(40);
    expect(thumbHashToApproximateAspectRatio(hash)).toBeCloseTo(2, 0);
    const { r, g, b, a } = thumbHashToAverageRGBA(hash);
    expect([r, g, b, a]).toEqual([0.52, 0.17, 0.52, 1].map((value) => expect.closeTo(value, 1)));
    expect(source.equals(copy)).toBe(true);
  });

  it('gives the same from a file as from its bytes', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'afterimage-ingest-'));
    const bytes = await paint(500, 300).png().toBuffer();
    await writeFile(join(folder, 'picture'), bytes);
    expect(await prepare(join(folder, 'picture'))).toEqual(await prepare(bytes));
    await rm(folder, { recursive: true });
  });

  it('never enlarges', async () => {
    const { prepared, preview, thumb } = await roles(await paint(20, 10).png().toBuffer());
    for (const size of [prepared, preview, thumb]) expect(size).toMatchObject({ width: 20, height: 10 });
  });

  it.each([
    [1, 1],
    [1, 3000],
    [3000, 1],
  ])('takes %i x %i', async (width, height) => {
    const { prepared, preview, thumb } = await roles(await paint(width, height).png().toBuffer());
    expect(prepared).toMatchObject({ width, height });
    for (const file of [preview, thumb]) expect(Math.min(file.width, file.height)).toBe(1);
    expect(prepared.thumbhash).toBeTruthy();
  });

  it('turns the picture as its EXIF asks, and leaves all metadata out of renditions', async () => {
    const exif = {
      IFD0: { Copyright: 'secret' },
      IFD3: { GPSLatitude: '51/1 30/1 0/1', GPSLatitudeRef: 'N' },
    };
    const source = await paint(400, 200).jpeg().withExif(exif).withMetadata({ orientation: 6 }).toBuffer();
    expect((await sharp(source).metadata()).exif?.includes('secret')).toBe(true);
    const { prepared, preview, thumb } = await roles(source);
    expect(prepared).toMatchObject({ width: 200, height: 400 });
    expect(preview).toMatchObject({ width: 200, height: 400 });
    // Turned clockwise, the left half is on top and the white line at the right.
    expect(await pixelAt(preview.bytes, 60, 100)).toEqual(near([220, 30, 30]));
    expect(await pixelAt(preview.bytes, 60, 300)).toEqual(near([30, 30, 220]));
    expect(await pixelAt(preview.bytes, 197, 100)).toEqual(near([255, 255, 255]));
    for (const file of [preview, thumb]) {
      const { exif, icc, xmp, iptc, orientation } = await sharp(file.bytes).metadata();
      expect({ exif, icc, xmp, iptc, orientation }).toEqual({});
      expect(Buffer.from(file.bytes).includes('secret')).toBe(false);
    }
  });

  it('keeps transparency', async () => {
    for (const source of [paint(600, 600, { alpha: true }).png(), paint(600, 600, { alpha: true }).webp()]) {
      const { prepared, preview, thumb } = await roles(await source.toBuffer());
      for (const file of [preview, thumb]) {
        expect((await pixelAt(file.bytes, file.width / 4, file.height * 0.25))[3]).toBe(255);
        expect((await pixelAt(file.bytes, file.width / 4, file.height * 0.75))[3]).toBe(0);
      }
      const { a } = thumbHashToAverageRGBA(Buffer.from(prepared.thumbhash ?? '', 'base64'));
      expect(a).toBeCloseTo(0.5, 1);
    }
  });

  it('converts a wide gamut to sRGB, so that colours stay as they look', async () => {
    const flat = sharp({
      create: { width: 64, height: 64, channels: 3, background: { r: 200, g: 50, b: 50 } },
    });
    const source = await flat.withIccProfile('p3').png().toBuffer();
    const stored = await sharp(source).keepIccProfile().raw().toBuffer();
    expect(stored[0]).toBeLessThan(190);
    const { preview } = await roles(source);
    expect(await pixelAt(preview.bytes, 9, 9)).toEqual(
      [200, 50, 50].map((value) => expect.closeTo(value, -0.8)),
    );
  });

  it.each([
    ['16 bits a channel', () => paint(300, 200).toColourspace('rgb16').png()],
    ['a palette', () => paint(300, 200).png({ palette: true, colours: 8 })],
    ['an interlaced PNG', () => paint(300, 200).png({ progressive: true })],
    ['a progressive JPEG', () => paint(300, 200).jpeg({ progressive: true })],
    ['CMYK', () => paint(300, 200).toColourspace('cmyk').jpeg()],
    ['lossless WebP', () => paint(300, 200).webp({ lossless: true })],
  ])('reads %s', async (_, make) => {
    const { preview } = await roles(await make().toBuffer());
    const [red = 0, green = 0, blue = 0] = await pixelAt(preview.bytes, 70, 100);
    expect(red).toBeGreaterThan(150);
    expect(Math.max(green, blue)).toBeLessThan(90);
  });

  it.each(['b-w', 'grey16'] as const)('reads shades of grey (%s)', async (space) => {
    const { prepared, preview } = await roles(await paint(300, 200).toColourspace(space).png().toBuffer());
    const [red = 0, green = 0, blue = 0] = await pixelAt(preview.bytes, 70, 100);
    expect(Math.max(red, green, blue) - Math.min(red, green, blue)).toBeLessThan(4);
    expect(prepared.thumbhash).toBeTruthy();
  });

  it.each(['gif', 'webp'] as const)('shows the first frame of an animated %s', async (format) => {
    const colours = [
      { r: 220, g: 30, b: 30 },
      { r: 30, g: 220, b: 30 },
      { r: 30, g: 30, b: 220 },
    ];
    const frames = await Promise.all(
      colours.map((background) =>
        sharp({ create: { width: 120, height: 80, channels: 3, background } })
          .png()
          .toBuffer(),
      ),
    );
    const joined = sharp(frames, { join: { animated: true } });
    const source = await joined[format]({ delay: [100, 100, 100] }).toBuffer();
    const { prepared, preview } = await roles(source);
    expect(prepared).toMatchObject({ animated: true, width: 120, height: 80, mime: `image/${format}` });
    expect(preview).toMatchObject({ width: 120, height: 80 });
    expect((await pixelAt(preview.bytes, 60, 40)).slice(0, 3)).toEqual(near([220, 30, 30]));
  });

  it('accepts a picture with something hung on its end, which no rendition repeats', async () => {
    const picture = await paint(300, 200).png().toBuffer();
    const script = Buffer.from('<html><script>alert(1)</script></html>');
    const text = pngChunk('tEXt', Buffer.from(`Comment\0${script.toString()}`));
    const polyglot = Buffer.concat([picture.subarray(0, 33), text, picture.subarray(33), script]);
    const { prepared, preview, thumb } = await roles(polyglot);
    expect(prepared.mime).toBe('image/png');
    for (const file of [preview, thumb]) expect(Buffer.from(file.bytes).includes('script')).toBe(false);
  });

  it('forgives the scan parameters that some cameras write wrong', async () => {
    const source = await paint(300, 200).jpeg().toBuffer();
    const scan = source.indexOf(Buffer.from([0xff, 0xda]));
    source[scan + 2 + source.readUInt16BE(scan + 2) - 2] = 0;
    await expect(sharp(source).toBuffer()).rejects.toThrow('Invalid SOS parameters');
    expect((await prepare(source)).files).toHaveLength(2);
  });

  it('prepares many at once', async () => {
    const sources = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        paint(400 + index, 300)
          .jpeg()
          .toBuffer(),
      ),
    );
    const widths = (await Promise.all(sources.map(prepare))).map(({ width }) => width);
    expect(widths).toEqual(sources.map((_, index) => 400 + index));
  });
});

describe('what is refused', () => {
  it('a picture of too many pixels, by its header alone', async () => {
    const bomb = hugePng(30_000, 30_000);
    expect(bomb.byteLength).toBeLessThan(200_000);
    await expect(prepare(bomb)).rejects.toMatchObject({
      code: 'TOO_LARGE',
      field: 'data',
      message: expect.stringMatching(/30000 x 30000 .*\b900 megapixels.* 50 megapixels/),
    });
    expect(await prepare(hugePng(7000, 7142))).toMatchObject({ width: 7000, height: 7142 });
  });

  it.each([
    ['nothing', new Uint8Array(), 'BAD_INPUT', 'empty'],
    ['text', Buffer.from('I am not a picture'), 'UNSUPPORTED_MEDIA', 'plain text'],
    ['an SVG drawing', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'UNSUPPORTED_MEDIA', 'SVG'],
    ['only a signature', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), 'BAD_INPUT', 'damaged'],
    ['a signature and noise', Buffer.from('\xff\xd8\xff\xe0 some noise', 'latin1'), 'BAD_INPUT', 'damaged'],
  ])('%s', async (_, source, code, message) => {
    await expect(prepare(source)).rejects.toMatchObject({
      code,
      field: 'data',
      message: expect.stringContaining(message),
    });
  });

  it('a TIFF image', async () => {
    const tiff = await paint(50, 50).tiff().toBuffer();
    await expect(prepare(tiff)).rejects.toMatchObject({ code: 'UNSUPPORTED_MEDIA', field: 'data' });
  });

  it('loaders that nobody needs, even past the sniffing', async () => {
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
    await expect(sharp(svg).metadata()).rejects.toThrow('unsupported image format');
  });

  it.each(['png', 'jpeg', 'webp', 'gif', 'avif'] as const)('a %s that was cut, anywhere', async (format) => {
    const whole = await paint(300, 200)[format]().toBuffer();
    for (const share of [0.1, 0.4, 0.7, 0.95]) {
      const cut = whole.subarray(0, Math.floor(whole.byteLength * share));
      await expect(prepare(cut), `${share}`).rejects.toMatchObject({ code: 'BAD_INPUT', field: 'data' });
    }
  });
});
