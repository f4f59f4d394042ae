import { fbm, noiseAt, smoothstep } from '../noise.ts';
import { makePaper, paperAt } from '../paper.ts';
import type { PaintFrame, Studio } from '../studio.ts';
import { makeSmoother, readLightness } from './smooth.ts';

/** Transparent washes on white paper: pigment gathers where a wash ends, and the sheet shows at the rim. */
export function watercolor(studio: Studio): PaintFrame {
  const { width, height, unit, noise, moving, random } = studio;
  const smooth = makeSmoother(width, height, Math.max(2, Math.round(unit / 190)));
  const paper = makePaper(random.fork('watercolor'), 0.07);
  const light = new Float32Array(width * height);
  const reach = Math.max(1, Math.round(unit / 340));
  const rim = makeRim(studio);
  const bleed = Float32Array.from({ length: width * height }, (_, i) =>
    moving ? 0 : fbm(noise, ((i % width) / unit) * 5, (Math.floor(i / width) / unit) * 5, 3),
  );
  return (canvas) => {
    smooth(canvas);
    readLightness(canvas, light);
    const { data } = canvas;
    for (let y = 0, i = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1, i += 1) {
        const left = light[y * width + Math.max(0, x - reach)] ?? 0;
        const right = light[y * width + Math.min(width - 1, x + reach)] ?? 0;
        const up = light[Math.max(0, y - reach) * width + x] ?? 0;
        const down = light[Math.min(height - 1, y + reach) * width + x] ?? 0;
        const edge = Math.min(0.5, Math.abs(right - left) + Math.abs(down - up));
        const tooth = paperAt(paper, x, y);
        const wash = (0.8 + 0.3 * (bleed[i] ?? 0)) * (1 + 0.85 * edge) * (rim[i] ?? 1);
        const settle = (tooth - 1) * 2.2 * (1 - (light[i] ?? 0));
        for (let c = 0; c < 3; c += 1) {
          const pigment = 1 - Math.sqrt(Math.max(0, Math.min(1, data[i * 3 + c] ?? 0)));
          const left = Math.max(0, 1.02 - pigment * Math.min(1.05, wash) * (1 - settle));
          data[i * 3 + c] = left * left * (0.965 - 0.03 * c) * (0.6 + 0.4 * tooth);
        }
      }
    }
  };
}

/** How much paint there is at each pixel: none at an uneven border. */
function makeRim({ width, height, unit, noise }: Studio): Float32Array {
  const border = unit * 0.045;
  return Float32Array.from({ length: width * height }, (_, i) => {
    const x = i % width;
    const y = Math.floor(i / width);
    const inside = Math.min(x, y, width - 1 - x, height - 1 - y);
    if (inside > border * 2.2) return 1;
    const uneven = fbm(noise, (x / unit) * 7 + 11, (y / unit) * 7, 4) * border * 0.9;
    const at = (inside + uneven - border * 0.75) / (border * 0.18);
    return smoothstep(0, 1, at) * (1 + 0.14 * smoothstep(3.2, 0.8, at));
  });
}

/** Thick paint: flattened strokes with the light raking over their ridges. */
export function oil(studio: Studio): PaintFrame {
  const { width, height, unit, noise } = studio;
  const smooth = makeSmoother(width, height, Math.max(2, Math.round(unit / 150)));
  const light = new Float32Array(width * height);
  const bristle = Float32Array.from({ length: width * height }, (_, i) => {
    const x = ((i % width) / unit) * 26;
    const y = (Math.floor(i / width) / unit) * 26;
    const angle = noiseAt(noise, x * 0.09, y * 0.09) * 3;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    return noiseAt(noise, (x * cos + y * sin) * 0.55, (y * cos - x * sin) * 4.4);
  });
  return (canvas) => {
    smooth(canvas);
    readLightness(canvas, light);
    const { data } = canvas;
    for (let y = 0, i = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1, i += 1) {
        const next = y + 2 < height && x + 2 < width ? i + 2 * width + 2 : i;
        const ridge = ((light[i] ?? 0) - (light[next] ?? 0)) * 0.55;
        const hair = ((bristle[i] ?? 0) - (bristle[next] ?? 0)) * 0.16 + (bristle[i] ?? 0) * 0.06;
        const raking = Math.max(0.6, Math.min(1.5, 1 + ridge + hair));
        for (let c = 0; c < 3; c += 1) data[i * 3 + c] = (data[i * 3 + c] ?? 0) * raking;
      }
    }
  };
}

/** Few flat tones with clean edges. */
export function minimal({ width, height, unit }: Studio): PaintFrame {
  const smooth = makeSmoother(width, height, Math.max(3, Math.round(unit / 110)));
  const steps = 7;
  return (canvas) => {
    smooth(canvas);
    const { data } = canvas;
    for (let at = 0; at < data.length; at += 3) {
      const [r, g, b] = [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0];
      const light = Math.cbrt(0.2126 * r + 0.7152 * g + 0.0722 * b + 1e-5);
      const place = light * steps;
      const floor = Math.floor(place);
      const flat = (floor + 0.5 + 0.5 * Math.tanh((place - floor - 0.5) * 9) * 0.9 + 0.02) / steps;
      const by = (flat / light) ** 3;
      data[at] = r * by;
      data[at + 1] = g * by;
      data[at + 2] = b * by;
    }
  };
}
