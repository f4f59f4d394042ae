/**
 * Files that mean harm, or look as if: the same in every run, so that one which once did harm can be found again by
 * its name.
 */
import { damage } from './damage.ts';
import { AVIF_FILES } from './hostile-avif.ts';
import { COLOUR_FILES } from './hostile-colours.ts';
import { DISGUISED_FILES } from './hostile-disguises.ts';
import { type HostileFile } from './hostile-file.ts';
import { GIF_FILES } from './hostile-gif.ts';
import { JPEG_FILES } from './hostile-jpeg.ts';
import { MP4_FILES } from './hostile-mp4.ts';
import { PNG_FILES } from './hostile-png.ts';
import { SIZED_FILES } from './hostile-sizes.ts';
import { WEBM_FILES } from './hostile-webm.ts';
import { WEBP_FILES } from './hostile-webp.ts';
import { SAMPLES } from './samples.ts';

/** Counted from the front, as a part of the whole, or from the end. */
const CUTS = [1, 3, 8, 13, 21, 34, 55, 89, 144, 233, 0.3, 0.5, 0.7, 0.85, 0.95, 0.999, -1];
const DAMAGES = 15;

function cutAt(whole: Uint8Array, place: number): Uint8Array {
  if (place < 0) return whole.subarray(0, place);
  return whole.subarray(0, place < 1 ? Math.floor(whole.byteLength * place) : place);
}

function filesOf(name: string, whole: () => Promise<Uint8Array>): HostileFile[] {
  return [
    { name: `whole/${name}`, make: whole, must: 'be taken' },
    ...CUTS.map((place) => ({
      name: `cut/${name} at ${place}`,
      make: async () => cutAt(await whole(), place),
    })),
    ...Array.from({ length: DAMAGES }, (_, seed) => ({
      name: `damaged/${name} ${seed}`,
      make: async () => damage(await whole(), seed),
    })),
  ];
}

export const HOSTILE_FILES: readonly HostileFile[] = [
  ...PNG_FILES,
  ...JPEG_FILES,
  ...GIF_FILES,
  ...WEBP_FILES,
  ...AVIF_FILES,
  ...SIZED_FILES,
  ...DISGUISED_FILES,
  ...MP4_FILES,
  ...WEBM_FILES,
  ...Object.entries(SAMPLES).flatMap(([name, whole]) => filesOf(name, whole)),
  ...COLOUR_FILES,
];
