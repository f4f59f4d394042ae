import sharp from 'sharp';
import { expect, test } from 'vitest';
import { profileOf } from './declared-colour.ts';
import { isWideGamut } from './gamut.ts';
import { prepareMedia } from './prepare.ts';
import { CONTAINERS, filmMp4, paint, pixelAt, pngChunk, remux } from './sample-media.ts';
import { box, find, joined, patched, text, u16 } from './testing/containers.ts';
import { avifWith } from './testing/hostile-avif.ts';

const P3 = 12;
const BT2020 = 9;
const SRGB = 1;
const LIKE_SRGB = 13;
const PQ = 16;

type Rgb = [red: number, green: number, blue: number];

const decoder = await import('@napi-rs/webcodecs').catch(() => null);
/** Up to three apart, as a lossy rendition may be. */
const near = (colour: readonly number[]) => colour.map((value) => expect.closeTo(value, -0.8));
const plain = ([r, g, b]: Rgb) =>
  sharp({ create: { width: 200, height: 100, channels: 3, background: { r, g, b } } });

/** A PNG of one colour that declares its colours behind its header. */
async function png(
  primaries: number,
  { transfer = LIKE_SRGB, colour = [255, 0, 0] as Rgb, withP3 = false } = {},
): Promise<Uint8Array> {
  const whole = await plain(colour).png().toBuffer();
  const profiled = await plain(colour).withIccProfile('p3').png().toBuffer();
  const at = find(profiled, 'iCCP') - 4;
  return joined(
    whole.subarray(0, 33),
    pngChunk('cICP', Buffer.from([primaries, transfer, 0, 1])),
    ...(withP3 ? [profiled.subarray(at, at + 12 + profiled.readUInt32BE(at))] : []),
    whole.subarray(33),
  );
}

const avif = (primaries: number, { transfer = LIKE_SRGB } = {}): Promise<Uint8Array> =>
  avifWith([box('colr', text('nclx'), u16(primaries), u16(transfer), u16(6), Buffer.from([0x80]))]);

/** Of each rendition: its profile, and a colour as it is stored. */
async function look(source: Uint8Array) {
  const { files } = await prepareMedia(source, { field: 'data' });
  return Promise.all(
    files.map(async ({ bytes }) => {
      const { data, info } = await sharp(bytes).keepIccProfile().raw().toBuffer({ resolveWithObject: true });
      const middle = (Math.floor(info.height / 2) * info.width + Math.floor(info.width / 2)) * info.channels;
      return {
        icc: (await sharp(bytes).metadata()).icc,
        stored: [...data.subarray(middle, middle + 3)],
        shown: await pixelAt(bytes, 2, 2),
      };
    }),
  );
}

const iccOf = (primaries: number) => Buffer.from(profileOf({ primaries, transfer: LIKE_SRGB }) ?? []);

test.each([
  ['PNG, Display P3', png, P3],
  ['PNG, BT.2020', png, BT2020],
  ['AVIF, Display P3', avif, P3],
  ['AVIF, BT.2020', avif, BT2020],
])('colours that a file declares without a profile stay: %s', async (_, make, primaries) => {
  const asSrgb = await look(await make(SRGB));
  const seen = await look(await make(primaries));
  expect(seen.map(({ icc }) => icc)).toEqual([iccOf(primaries), iccOf(primaries)]);
  expect(seen.map(({ stored }) => stored)).toEqual(asSrgb.map(({ stored }) => stored));
});

test('sRGB and high dynamic range stay without a profile, and the numbers of a PNG come before its profile', async () => {
  const hdr = { transfer: PQ };
  for (const source of [await png(SRGB), await avif(SRGB), await png(BT2020, hdr), await avif(BT2020, hdr)])
    expect((await look(source)).map(({ icc }) => icc)).toEqual([undefined, undefined]);
  const [both] = await look(await png(BT2020, { withP3: true }));
  expect(both).toMatchObject({ icc: iccOf(BT2020), stored: near([255, 0, 0]) });
});

test('a screen of sRGB shows what the standards say, through the profiles that are written', async () => {
  expect([P3, BT2020].map((primaries) => isWideGamut(iccOf(primaries)))).toEqual([true, true]);
  const matrices: [primaries: number, toSrgb: Rgb[]][] = [
    [
      P3,
      [
        [1.2249, -0.2247, 0],
        [-0.042, 1.0419, 0],
        [-0.0197, -0.0786, 1.0979],
      ],
    ],
    [
      BT2020,
      [
        [1.6605, -0.5876, -0.0728],
        [-0.1246, 1.1329, -0.0083],
        [-0.0182, -0.1006, 1.1187],
      ],
    ],
  ];
  for (const [primaries, toSrgb] of matrices) {
    const [seen] = await look(await png(primaries, { colour: [150, 110, 90] }));
    // By hand: to light, by the matrix, and back.
    const light = (seen?.stored ?? []).map((value) => ((value / 255 + 0.055) / 1.055) ** 2.4);
    const expected = toSrgb.map((row) => {
      const mixed = row.reduce((sum, weight, at) => sum + weight * (light[at] ?? 0), 0);
      return 255 * (1.055 * mixed ** (1 / 2.4) - 0.055);
    });
    expect(seen?.shown.slice(0, 3)).toEqual(near(expected));
  }
});

test.skipIf(!decoder)('the poster of a film keeps its colours too', async () => {
  const usual = { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709', fullRange: false } as const;
  const film = await remux(await filmMp4(), CONTAINERS.mp4(), 0, undefined, usual);
  const wide = patched(film, find(film, 'colrnclx') + 8, u16(P3));
  expect((await look(wide)).map(({ icc }) => icc)).toEqual([iccOf(P3), iccOf(P3)]);
  expect((await look(film)).map(({ icc }) => icc)).toEqual([undefined, undefined]);
});

test('a picture without any word about colours is sRGB', async () => {
  for (const format of ['png', 'webp', 'avif'] as const) {
    const source = await paint(200, 100).toFormat(format, { effort: 1 }).toBuffer();
    expect((await look(source)).map(({ icc }) => icc)).toEqual([undefined, undefined]);
  }
});
