import sharp from 'sharp';
import { expect, test } from 'vitest';
import { isWideGamut } from './gamut.ts';
import { prepareMedia } from './prepare.ts';
import { paint } from './sample-media.ts';
import { readWebp, writeWebp } from './webp.ts';

const near = (colour: number[]) => colour.map((value) => expect.closeTo(value, -1));

async function profile(name: 'p3' | 'srgb' | 'cmyk'): Promise<Uint8Array> {
  const image = await paint(8, 8).withIccProfile(name).jpeg().toBuffer();
  return (await sharp(image).metadata()).icc ?? new Uint8Array();
}

/** The reddest red that a Display P3 screen has, which sRGB has no number for. */
async function reddest(name: 'p3' | 'srgb', alpha = 1): Promise<Uint8Array> {
  const background = { r: 255, g: 0, b: 0, alpha };
  const image = sharp({ create: { width: 600, height: 400, channels: alpha < 1 ? 4 : 3, background } });
  const [header, ...rest] = readWebp(await image.webp({ lossless: true }).toBuffer()) ?? [];
  if (!header) throw new Error('not a WebP file');
  return writeWebp([header, { type: 'ICCP', data: await profile(name) }, ...rest]);
}

/** As stored, and as a screen of sRGB shows it. */
async function coloursOf(image: Uint8Array) {
  const { data } = await sharp(image).keepIccProfile().raw().toBuffer({ resolveWithObject: true });
  const { icc, hasAlpha } = await sharp(image).metadata();
  return {
    stored: [...data.subarray(0, 3)],
    shown: [...(await sharp(image).removeAlpha().raw().toBuffer()).subarray(0, 3)],
    icc,
    hasAlpha,
  };
}

test.each([1, 0.5])('colours that sRGB lacks stay, in preview and thumb (alpha %d)', async (alpha) => {
  const source = await reddest('p3', alpha);
  const { files, thumbhash } = await prepareMedia(source, { field: 'data' });
  expect(files.map(({ role }) => role)).toEqual(['preview', 'thumb']);
  for (const file of files) {
    const { stored, shown, icc, hasAlpha } = await coloursOf(file.bytes);
    expect(stored).toEqual(near([255, 0, 0]));
    expect(shown).toEqual(near([255, 0, 0]));
    expect(isWideGamut(icc)).toBe(true);
    expect(hasAlpha).toBe(alpha < 1);
  }
  const plain = await prepareMedia(await reddest('srgb', alpha), { field: 'data' });
  expect(thumbhash).toBe(plain.thumbhash);
});

test('what sRGB holds is kept without a profile, as before', async () => {
  for (const source of [await reddest('srgb'), await paint(600, 400).png().toBuffer()]) {
    for (const file of (await prepareMedia(source, { field: 'data' })).files) {
      const { icc } = await sharp(file.bytes).metadata();
      expect(icc).toBeUndefined();
    }
  }
});

test('a profile is wide by its primaries, and one that is broken or of print is not', async () => {
  const p3 = await profile('p3');
  expect(isWideGamut(p3)).toBe(true);
  expect(isWideGamut(await profile('srgb'))).toBe(false);
  expect(isWideGamut(await profile('cmyk'))).toBe(false);
  expect(isWideGamut(undefined)).toBe(false);
  const outcomes = Array.from({ length: p3.byteLength }, (_, at) => isWideGamut(p3.subarray(0, at)));
  expect(outcomes.slice(0, 250)).not.toContain(true);
  const absurd = Buffer.from(p3);
  absurd.writeUInt32BE(0xffffffff, 128);
  expect(isWideGamut(absurd)).toBe(true);
});
