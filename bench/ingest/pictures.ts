/** Pictures as generators make them: soft shapes under fine grain, each other than the rest, the same in every run. */
import sharp, { type Sharp } from 'sharp';

export type Picture = { name: string; bytes: Uint8Array };

const FORMATS = {
  'png 1024 x 1024': { width: 1024, height: 1024, encode: (image: Sharp) => image.png() },
  'png 1536 x 1024': { width: 1536, height: 1024, encode: (image: Sharp) => image.png() },
  'jpeg 2048 x 2048': {
    width: 2048,
    height: 2048,
    encode: (image: Sharp) => image.jpeg({ quality: 90 }),
  },
  'webp 1024 x 1024': {
    width: 1024,
    height: 1024,
    encode: (image: Sharp) => image.webp({ quality: 90 }),
  },
  'avif 1024 x 1024': {
    width: 1024,
    height: 1024,
    encode: (image: Sharp) => image.avif({ quality: 60, effort: 2 }),
  },
};

const GROUND = 24;

/** A few large blots, and a grain that no compressor can leave out. */
function paint(width: number, height: number, seed: number): Sharp {
  let state = seed;
  const random = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  const blots = Buffer.from(Uint8Array.from({ length: GROUND * GROUND * 3 }, () => random() * 255));
  const grain = Buffer.from(Uint8Array.from({ length: width * height }, () => 120 + random() * 16));
  return sharp(blots, { raw: { width: GROUND, height: GROUND, channels: 3 } })
    .resize(width, height, { kernel: 'cubic', fit: 'fill' })
    .composite([{ input: grain, raw: { width, height, channels: 1 }, blend: 'soft-light' }]);
}

/** @param each How many of each format. */
export async function makePictures(each: number): Promise<Picture[]> {
  const pictures: Picture[] = [];
  for (let seed = 1; seed <= each; seed += 1)
    for (const [name, { width, height, encode }] of Object.entries(FORMATS))
      pictures.push({ name, bytes: await encode(paint(width, height, seed)).toBuffer() });
  return pictures;
}
