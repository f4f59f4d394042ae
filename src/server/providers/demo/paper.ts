import { makeNoise, noiseAt } from './noise.ts';
import type { Random } from './random.ts';

const EDGE = 512;

/** The tooth of paper: factors near 1, one a pixel, repeating every 512. */
export type Paper = Float32Array;

export function makePaper(random: Random, strength: number): Paper {
  const noise = makeNoise(random.fork('paper'));
  const paper = new Float32Array(EDGE * EDGE);
  for (let y = 0, i = 0; y < EDGE; y += 1) {
    for (let x = 0; x < EDGE; x += 1, i += 1) {
      // 512 pixels are 64 cells or a multiple of them in each term, so that the tile has no seam.
      const fibre = noiseAt(noise, x * 0.25, y * 0.5) * 0.5 + noiseAt(noise, x * 0.5 + 9, y * 0.25 + 4) * 0.5;
      const speck = random.normal() * 0.35;
      paper[i] = 1 + strength * (fibre + speck);
    }
  }
  return paper;
}

export const paperAt = (paper: Paper, x: number, y: number) =>
  paper[(y & (EDGE - 1)) * EDGE + (x & (EDGE - 1))] ?? 1;
