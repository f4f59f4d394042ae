/** Preparing a picture whole, beside the calls of sharp that nobody can do without, on the same bytes in turn. */
import sharp, { type OutputInfo } from 'sharp';
import { rgbaToThumbHash } from 'thumbhash';
import { prepareMedia } from '#server/ingest/prepare.ts';
import { PREVIEW_SIDE, THUMB_SIDE } from '#server/ingest/renditions.ts';
import type { Picture } from './pictures.ts';

const HASH_SIDE = 64;
const fit = (side: number) => ({
  width: side,
  height: side,
  fit: 'inside' as const,
  withoutEnlargement: true,
});

const preview = { quality: 82, effort: 3 };
const thumb = { quality: 76, effort: 3 };

/** Each rendition from the file, as sharp's manual has it. */
async function eachFromFile(bytes: Uint8Array): Promise<void> {
  const open = () => sharp(bytes).autoOrient();
  await open().resize(fit(PREVIEW_SIDE)).webp(preview).toBuffer();
  await open().resize(fit(THUMB_SIDE)).webp(thumb).toBuffer();
  const { data, info } = await open()
    .resize(fit(HASH_SIDE))
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  rgbaToThumbHash(info.width, info.height, data);
}

const raw = ({ width, height, channels }: OutputInfo) => ({ raw: { width, height, channels } });

/** Decoded once, each size made from the one above: the least that can be done. */
async function decodedOnce(bytes: Uint8Array): Promise<void> {
  const large = await sharp(bytes)
    .autoOrient()
    .resize(fit(PREVIEW_SIDE))
    .raw()
    .toBuffer({ resolveWithObject: true });
  const small = await sharp(large.data, raw(large.info))
    .resize(fit(THUMB_SIDE))
    .raw()
    .toBuffer({ resolveWithObject: true });
  await sharp(large.data, raw(large.info)).webp(preview).toBuffer();
  await sharp(small.data, raw(small.info)).webp(thumb).toBuffer();
  const { data, info } = await sharp(small.data, raw(small.info))
    .resize(fit(HASH_SIDE))
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  rgbaToThumbHash(info.width, info.height, data);
}

export const CONTENDERS = {
  ours: async (bytes: Uint8Array) => void (await prepareMedia(bytes, { field: 'bench' })),
  'sharp, decoded once': decodedOnce,
  'sharp, each from the file': eachFromFile,
};

export type Contender = keyof typeof CONTENDERS;
export const NAMES = Object.keys(CONTENDERS).filter((name): name is Contender => name in CONTENDERS);

/** Milliseconds: on the clock, and of processor time, which does not depend on what else the machine does. */
export type Times = { wall: number; cpu: number };
export type Round = Record<Contender, Map<string, Times>>;

/** The times of all pictures by their name, each contender taking its turn at each picture. */
export async function runRound(pictures: readonly Picture[], round: number): Promise<Round> {
  const times: Round = {
    ours: new Map(),
    'sharp, decoded once': new Map(),
    'sharp, each from the file': new Map(),
  };
  for (const [place, { name, bytes }] of pictures.entries()) {
    for (let turn = 0; turn < NAMES.length; turn += 1) {
      const contender = NAMES[(turn + place + round) % NAMES.length] ?? 'ours';
      const [began, used] = [performance.now(), process.cpuUsage()];
      await CONTENDERS[contender](bytes);
      const wall = performance.now() - began;
      const { user, system } = process.cpuUsage(used);
      const before = times[contender].get(name) ?? { wall: 0, cpu: 0 };
      times[contender].set(name, { wall: before.wall + wall, cpu: before.cpu + (user + system) / 1000 });
    }
  }
  return times;
}

/** All at once, as uploads come: what bounds them is ours. @returns Milliseconds. */
export async function runTogether(pictures: readonly Picture[]): Promise<number> {
  const began = performance.now();
  await Promise.all(pictures.map(({ bytes }) => CONTENDERS.ours(bytes)));
  return performance.now() - began;
}
