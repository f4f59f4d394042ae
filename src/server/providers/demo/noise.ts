import type { Random } from './random.ts';

/** Texels of the noise tile per edge, and per lattice cell: the tile repeats after 64 cells. */
const EDGE = 512;
const PER_CELL = 8;
const CELLS = EDGE / PER_CELL;
const MASK = EDGE - 1;

/** Gradient noise kept as a table: a sample is four reads, with no arithmetic of its own per octave. */
export type Noise = { tile: Float32Array };

export function makeNoise(random: Random): Noise {
  const gradients = new Float32Array(CELLS * CELLS * 2);
  for (let i = 0; i < gradients.length; i += 2) {
    const angle = random.next() * Math.PI * 2;
    gradients[i] = Math.cos(angle);
    gradients[i + 1] = Math.sin(angle);
  }
  const dot = (cellX: number, cellY: number, x: number, y: number) => {
    const i = 2 * ((cellX % CELLS) + (cellY % CELLS) * CELLS);
    return (gradients[i] ?? 0) * x + (gradients[i + 1] ?? 0) * y;
  };
  const tile = new Float32Array(EDGE * EDGE);
  for (let ty = 0; ty < EDGE; ty += 1) {
    const cy = Math.floor(ty / PER_CELL);
    const fy = ty / PER_CELL - cy;
    const wy = fade(fy);
    for (let tx = 0; tx < EDGE; tx += 1) {
      const cx = Math.floor(tx / PER_CELL);
      const fx = tx / PER_CELL - cx;
      const wx = fade(fx);
      const top = dot(cx, cy, fx, fy) * (1 - wx) + dot(cx + 1, cy, fx - 1, fy) * wx;
      const bottom = dot(cx, cy + 1, fx, fy - 1) * (1 - wx) + dot(cx + 1, cy + 1, fx - 1, fy - 1) * wx;
      tile[ty * EDGE + tx] = (top * (1 - wy) + bottom * wy) * 1.5;
    }
  }
  return { tile };
}

const fade = (t: number) => t * t * t * (t * (t * 6 - 15) + 10);

/** About -1 to 1; one unit is one lattice cell. Coordinates within 2 to the power of 27 cells. */
export function noiseAt({ tile }: Noise, x: number, y: number): number {
  const sx = x * PER_CELL;
  const sy = y * PER_CELL;
  const ix = Math.floor(sx);
  const iy = Math.floor(sy);
  const fx = sx - ix;
  const fy = sy - iy;
  const x0 = ix & MASK;
  const x1 = (ix + 1) & MASK;
  const row0 = (iy & MASK) * EDGE;
  const row1 = ((iy + 1) & MASK) * EDGE;
  const a = tile[row0 + x0] ?? 0;
  const b = tile[row0 + x1] ?? 0;
  const c = tile[row1 + x0] ?? 0;
  const d = tile[row1 + x1] ?? 0;
  const top = a + (b - a) * fx;
  return top + (c + (d - c) * fx - top) * fy;
}

/** Octaves are turned by about 37 degrees, or their lattices line up and show. */
const TURN_X = 0.8 * 2.02;
const TURN_Y = 0.6 * 2.02;

/** Fractal sum, about -1 to 1. */
export function fbm(noise: Noise, x: number, y: number, octaves: number): number {
  let sum = 0;
  let weight = 0.5;
  let px = x;
  let py = y;
  for (let octave = 0; octave < octaves; octave += 1) {
    sum += weight * noiseAt(noise, px, py);
    weight *= 0.5;
    const turned = px * TURN_X - py * TURN_Y + 17.3;
    py = px * TURN_Y + py * TURN_X + 9.1;
    px = turned;
  }
  return sum;
}

/** Sharp crests, 0 to 1: what mountains and veins are made of. */
export function ridged(noise: Noise, x: number, y: number, octaves: number): number {
  let sum = 0;
  let weight = 0.5;
  let gain = 1;
  let px = x;
  let py = y;
  for (let octave = 0; octave < octaves; octave += 1) {
    const crest = 1 - Math.abs(noiseAt(noise, px, py));
    const height = crest * crest * gain;
    sum += height * weight;
    gain = Math.min(1, height * 1.6);
    weight *= 0.5;
    const turned = px * TURN_X - py * TURN_Y + 5.7;
    py = px * TURN_Y + py * TURN_X + 31.4;
    px = turned;
  }
  return sum;
}

/**
 * Fractal noise that drifts by `shift` cells over one loop and joins its own beginning: the picture that arrives
 * fades in as the one that leaves fades out. `phase` runs from 0 to 1.
 */
export function driftingFbm(
  noise: Noise,
  x: number,
  y: number,
  octaves: number,
  shift: number,
  phase: number,
): number {
  const leaving = fbm(noise, x - shift * phase, y, octaves);
  if (phase === 0) return leaving;
  const arriving = fbm(noise, x - shift * (phase - 1), y, octaves);
  const spread = Math.sqrt(phase * phase + (1 - phase) * (1 - phase));
  return (leaving * (1 - phase) + arriving * phase) / spread;
}

export const smoothstep = (low: number, high: number, value: number) => {
  const t = Math.max(0, Math.min(1, (value - low) / (high - low)));
  return t * t * (3 - 2 * t);
};
