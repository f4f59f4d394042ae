import { blend, type Canvas } from '../canvas.ts';
import { shade, type Rgb } from '../color.ts';
import { noiseAt } from '../noise.ts';
import type { Random } from '../random.ts';
import type { Studio } from '../studio.ts';

/** One fir, from its tip down: branches in steps that widen, ragged, a little uneven from left to right. */
export function paintConifer(
  canvas: Canvas,
  { noise }: Studio,
  tree: { x: number; foot: number; tall: number; lean: number; turn: number },
  color: Rgb,
) {
  const { width, height } = canvas;
  const { x, foot, tall, turn } = tree;
  const top = foot - tall;
  const steps = 9 + (turn % 1) * 6;
  const wide = tall * (0.17 + 0.05 * Math.sin(turn * 9));
  for (let row = Math.max(0, Math.floor(top)); row < Math.min(height, foot); row += 1) {
    const t = (row + 0.5 - top) / tall;
    if (t <= 0) continue;
    const spread = wide * t ** 0.85 * (1 - 0.25 * t * t);
    const ragged = (side: number) => {
      const saw = (t * steps + side * 0.4 + turn) % 1;
      const rough = noiseAt(noise, t * Math.min(60, tall * 0.16) + turn * 31, side * 7 + turn * 13);
      return spread * (0.42 + 0.5 * saw + 0.35 * rough) + tall * 0.006;
    };
    const middle = x + tree.lean * (1 - t) * tall;
    const left = middle - ragged(0);
    const right = middle + ragged(1);
    for (let px = Math.max(0, Math.floor(left)); px <= Math.min(width - 1, right); px += 1) {
      const cover = Math.min(1, px + 1 - left) - Math.max(0, px + 1 - right);
      if (cover > 0) blend(canvas, (row * width + px) * 3, color, Math.min(1, cover));
    }
  }
}

/** Firs along a skyline, in groups with gaps. */
export function plantConifers(
  canvas: Canvas,
  studio: Studio,
  draw: Random,
  top: Float32Array,
  tall: number,
  color: Rgb,
) {
  const { width, unit, noise } = studio;
  const place = draw.range(0, 50);
  for (let x = -tall; x < width + tall; x += tall * draw.range(0.12, 0.42)) {
    const crowd = noiseAt(noise, (x / unit) * 5 + place, 3);
    if (crowd < -0.12 + draw.normal() * 0.12) continue;
    const ground = top[Math.max(0, Math.min(width - 1, Math.round(x)))] ?? canvas.height;
    const size = tall * draw.range(0.5, 1.25) * (0.75 + 0.5 * crowd);
    const tree = {
      x,
      foot: ground + size * 0.25,
      tall: size,
      lean: draw.normal() * 0.012,
      turn: draw.next() * 7,
    };
    paintConifer(canvas, studio, tree, shade(color, draw.range(0.9, 1.04)));
  }
}
