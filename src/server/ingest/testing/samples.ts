/** One whole file of each sort, with enough in it that a cut or a flipped bit meets something. */
import sharp, { type Sharp } from 'sharp';
import { CONTAINERS, filmMp4, filmWebm, remux } from '../sample-media.ts';
import { seeded } from './damage.ts';

const WIDTH = 160;
const HEIGHT = 120;

/** A gradient with noise on it. */
function texture(): Sharp {
  const random = seeded(7);
  const data = Buffer.alloc(WIDTH * HEIGHT * 3);
  for (let at = 0; at < data.byteLength; at += 1) data[at] = ((at / 3) % WIDTH) + random(90);
  return sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });
}

/** Three frames of 60 x 40, each darker than the one before. */
function animation(): Sharp {
  const pageHeight = 40;
  const raw = { width: 60, height: 3 * pageHeight, channels: 3 as const, pageHeight };
  return sharp(
    Buffer.alloc(raw.width * raw.height * 3).map((_, at) => 250 - at / 90),
    { raw },
  );
}

/** Made once, when it is first asked for. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

const film = once(() => filmMp4());

export const SAMPLES = {
  png: once(() => texture().png().toBuffer()),
  'interlaced png': once(() => texture().png({ progressive: true }).toBuffer()),
  jpeg: once(() => texture().jpeg().toBuffer()),
  'progressive jpeg': once(() =>
    texture()
      .jpeg({ progressive: true })
      .withExif({ IFD0: { Copyright: 'x' } })
      .toBuffer(),
  ),
  webp: once(() => texture().webp().toBuffer()),
  'lossless webp': once(() => texture().webp({ lossless: true }).toBuffer()),
  'animated webp': once(() => animation().webp().toBuffer()),
  gif: once(() => texture().gif().toBuffer()),
  'animated gif': once(() => animation().gif().toBuffer()),
  avif: once(() => texture().avif({ effort: 1 }).toBuffer()),
  mp4: film,
  'fast mp4': once(async () => remux(await film(), CONTAINERS.mp4())),
  'fragmented mp4': once(async () => remux(await film(), CONTAINERS['fragmented mp4']())),
  mov: once(async () => remux(await film(), CONTAINERS.mov())),
  webm: once(async () => {
    const made = await filmWebm();
    if (!made) throw new Error('hostile WebM files need the optional @napi-rs/webcodecs');
    return made;
  }),
} satisfies Record<string, () => Promise<Uint8Array>>;

export type SampleName = keyof typeof SAMPLES;
