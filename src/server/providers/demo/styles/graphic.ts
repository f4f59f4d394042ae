import { fromHex, type Rgb } from '../color.ts';
import { noiseAt, smoothstep } from '../noise.ts';
import { tint } from '../palette.ts';
import { makePaper, paperAt } from '../paper.ts';
import type { PaintFrame, Studio } from '../studio.ts';
import { makeSmoother, readLightness } from './smooth.ts';

/** Differences across each pixel, right and down, of a field of lightness. */
const slopes = (light: Float32Array, width: number, height: number, x: number, y: number, reach: number) => {
  const row = y * width;
  const across =
    (light[row + Math.min(width - 1, x + reach)] ?? 0) - (light[row + Math.max(0, x - reach)] ?? 0);
  const down =
    (light[Math.min(height - 1, y + reach) * width + x] ?? 0) -
    (light[Math.max(0, y - reach) * width + x] ?? 0);
  return [across, down] as const;
};

/** Pen and diluted ink on warm paper: outlines, a grey wash, and hatching where it is dark. */
export function ink({ width, height, unit, noise, random, reading }: Studio): PaintFrame {
  const smooth = makeSmoother(width, height, Math.max(2, Math.round(unit / 260)));
  const paper = makePaper(random.fork('ink'), 0.045);
  const light = new Float32Array(width * height);
  const reach = Math.max(1, Math.round(unit / 800));
  const sheet: Rgb = [0.9, 0.86, 0.77];
  const black = tint(fromHex('#15161c'), reading.colors, 0);
  const pitch = unit / 150;
  return (canvas) => {
    smooth(canvas);
    readLightness(canvas, light);
    for (let y = 0, i = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1, i += 1) {
        const tone = light[i] ?? 0;
        const [across, down] = slopes(light, width, height, x, y, reach);
        const line = smoothstep(0.05, 0.2, Math.hypot(across, down));
        const shake = noiseAt(noise, (x / unit) * 22, (y / unit) * 22) * 1.1;
        const stripe = (at: number) => Math.abs(((at / pitch + shake) % 1) - 0.5) * 2;
        const hatch = smoothstep(0.6, 0.46, tone) * smoothstep(0.5, 0.8, stripe(x + y + 4 * unit));
        const cross = smoothstep(0.4, 0.26, tone) * smoothstep(0.45, 0.75, stripe(x - y + 4 * unit));
        const pool = noiseAt(noise, (x / unit) * 4, (y / unit) * 4 + 30);
        const wash = (1 - smoothstep(0.05, 0.9, tone)) * (0.72 + 0.16 * pool);
        const cover = Math.max(
          0,
          Math.min(0.97, 1 - (1 - line * 0.95) * (1 - wash) * (1 - hatch * 0.6) * (1 - cross * 0.6)),
        );
        const tooth = paperAt(paper, x, y);
        for (let c = 0; c < 3; c += 1) {
          canvas.data[i * 3 + c] = ((sheet[c] ?? 0) * (1 - cover) + (black[c] ?? 0) * cover) * tooth;
        }
      }
    }
  };
}

/** A dark world in which edges burn like tubes. */
export function neon({ width, height, unit, reading, random }: Studio): PaintFrame {
  const draw = random.fork('neon');
  const light = new Float32Array(width * height);
  const reach = Math.max(1, Math.round(unit / 500));
  const pairs = [
    ['#ff2fa0', '#1fd8ff'],
    ['#a43bff', '#2bffd0'],
    ['#ff5a36', '#5a4bff'],
  ] as const;
  const [warm, cold] = draw
    .pick([pairs[0], ...pairs.slice(1)])
    .map((hex, i) => tint(fromHex(hex), reading.colors, i * 0.9));
  return (canvas) => {
    const { data } = canvas;
    readLightness(canvas, light);
    for (let y = 0, i = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1, i += 1) {
        const [across, down] = slopes(light, width, height, x, y, reach);
        const steep = Math.hypot(across, down);
        const tube = smoothstep(0.05, 0.3, steep);
        const side = Math.max(0, Math.min(1, 0.5 + (across - down) * 2.2 + (y / height - 0.5) * 0.7));
        const tone = light[i] ?? 0;
        for (let c = 0; c < 3; c += 1) {
          const hue = (cold?.[c] ?? 0) * side + (warm?.[c] ?? 0) * (1 - side);
          const night = (data[i * 3 + c] ?? 0) * (0.16 + 0.3 * tone) + hue * tone * tone * 0.22;
          data[i * 3 + c] = night + hue * tube * 1.5 + tube * tube * 0.18;
        }
      }
    }
  };
}

/** Large square pixels in few colours, with an ordered dither between them. */
export function pixel({ width, height }: Studio): PaintFrame {
  const block = Math.max(2, Math.round(Math.max(width, height) / 160));
  const bayer = [0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5];
  const steps = 9;
  return ({ data }) => {
    for (let top = 0, row = 0; top < height; top += block, row += 1) {
      for (let left = 0, column = 0; left < width; left += block, column += 1) {
        const bottom = Math.min(height, top + block);
        const right = Math.min(width, left + block);
        const count = (bottom - top) * (right - left);
        const threshold = 0.5 + 0.7 * (((bayer[(row & 3) * 4 + (column & 3)] ?? 0) + 0.5) / 16 - 0.5);
        for (let c = 0; c < 3; c += 1) {
          let sum = 0;
          for (let y = top; y < bottom; y += 1) {
            for (let x = left; x < right; x += 1) sum += data[(y * width + x) * 3 + c] ?? 0;
          }
          const coded = Math.max(0, Math.min(1, sum / count)) ** (1 / 2.2);
          const level = (Math.floor(coded * (steps - 1) + threshold) / (steps - 1)) ** 2.2;
          for (let y = top; y < bottom; y += 1) {
            for (let x = left; x < right; x += 1) data[(y * width + x) * 3 + c] = level;
          }
        }
      }
    }
  };
}

/** Everything lifted towards cream, nothing dark left. */
export function pastel(): PaintFrame {
  const cream: Rgb = [0.97, 0.93, 0.92];
  return ({ data }) => {
    for (let at = 0; at < data.length; at += 3) {
      for (let c = 0; c < 3; c += 1) {
        const lifted =
          0.44 * Math.sqrt(cream[c] ?? 1) + 0.56 * Math.sqrt(Math.max(0, Math.min(1.2, data[at + c] ?? 0)));
        data[at + c] = lifted * lifted;
      }
    }
  };
}
