import { paintBelow, type Canvas } from '../canvas.ts';
import { fromOklch, mix, rampAt, makeRamp, shade, type Rgb } from '../color.ts';
import { makeMirror } from '../mirror.ts';
import { fbm, noiseAt, ridged, smoothstep } from '../noise.ts';
import { layPlate, makePlate, type Plate } from '../plate.ts';
import { makeSky } from '../sky.ts';
import type { PaintFrame, Studio } from '../studio.ts';
import { plantConifers } from './conifers.ts';

/** Light is soft, so that curtains are hung on a quarter of the pixels. */
const STEP = 2;

/** Curtains of light over dark hills and still water. */
export function aurora(studio: Studio): PaintFrame {
  const { height, random, palette, unit } = studio;
  const draw = random.fork('aurora');
  const shore = draw.range(0.72, 0.86);
  const sky = makeSky(studio, { horizon: shore, clouds: 0, sunHeight: -1, stars: true });
  const hang = makeCurtains(studio, height * shore);
  const land = makeLand(studio, height * shore);
  const mirror = makeMirror(studio, height * shore + unit * 0.004, shade(palette.water, 0.8), 0.7);
  return (canvas, phase) => {
    sky.paint(canvas, phase);
    hang(canvas, phase);
    layPlate(canvas, land);
    mirror(canvas, phase);
  };
}

/** Foot and tip of a curtain: oxygen green below, red and violet above, or what the prompt asks for. */
function chooseHues(studio: Studio): readonly (readonly [Rgb, Rgb])[] {
  const [first, second] = studio.reading.colors;
  const draw = studio.random.fork('hues');
  if (first) {
    const tip = second ?? { hue: first.hue + 60, chroma: first.chroma };
    return [[fromOklch(0.8, first.chroma, first.hue), fromOklch(0.55, tip.chroma, tip.hue)]];
  }
  const foot = draw.range(148, 182);
  return [
    [fromOklch(0.83, 0.2, foot), fromOklch(0.5, 0.2, draw.range(285, 345))],
    [fromOklch(0.8, 0.16, foot + 22), fromOklch(0.5, 0.19, draw.range(255, 310))],
  ];
}

function makeCurtains(studio: Studio, floor: number) {
  const { width, height, unit, noise, random, moving } = studio;
  const draw = random.fork('curtains');
  const columns = Math.ceil(width / STEP) + 2;
  const rows = Math.ceil(Math.min(height, floor) / STEP) + 2;
  const light = new Float32Array(columns * rows * 3);
  const hues = chooseHues(studio);
  const edge = (unit * 0.026) / STEP;
  const count = 2 + draw.int(2);
  const curtains = Array.from({ length: count }, (_, i) => ({
    base: floor * (0.42 + 0.34 * ((i + draw.range(0.2, 0.8)) / count)),
    slope: draw.range(-0.28, 0.28),
    tall: Math.min(floor * 0.75, unit * draw.range(0.34, 0.62)),
    at: draw.range(0, 60),
    fold: draw.range(0.1, 0.2),
    power: draw.range(0.7, 1.1) / (1 + 0.25 * i),
    hue: hues[i % hues.length],
  }));
  return (canvas: Canvas, phase: number) => {
    light.fill(0);
    const turn = 2 * Math.PI * phase;
    const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
    for (const { base, slope, tall, at, fold, power, hue } of curtains) {
      if (!hue) continue;
      const [foot, tip] = hue;
      const samples = Math.ceil((columns * (moving ? 2.2 : 3)) / 1);
      for (let k = 0; k < samples; k += 1) {
        const s = (k / samples) * 1.5 - 0.25;
        const u = (s * width) / unit;
        // The line that the curtain hangs from bends back on itself, which makes its bright folds.
        const bend = fbm(noise, u * 1.5 + at + 0.1 * cos, 3 + 0.1 * sin, 2);
        const x = (s * width + bend * unit * fold * 2.6) / STEP;
        if (x < 0 || x >= columns - 1) continue;
        const y0 =
          base +
          slope * (s - 0.5) * unit +
          fbm(noise, u * 1.1 + at + 9, 7 + 0.12 * cos, 3) * unit * fold * 1.6;
        const ray =
          0.55 +
          0.75 * noiseAt(noise, u * 26 + at, 2 + 0.5 * sin) +
          0.4 * noiseAt(noise, u * 60, at + 0.6 * cos);
        const patch = smoothstep(
          -0.42,
          0.5,
          fbm(noise, u * 0.9 + at + 30 - 0.12 * sin, 5 + 0.1 * cos, 2) + 0.12,
        );
        const strength = Math.max(0.05, ray) * patch * power * 0.25;
        const reach = (tall * (0.65 + 0.5 * ray)) / STEP;
        const left = Math.floor(x);
        const part = x - left;
        const bottom = Math.min(rows - 1, y0 / STEP + edge * 2.6);
        for (let y = Math.max(0, Math.ceil(y0 / STEP - reach)); y < bottom; y += 1) {
          const up = (y0 / STEP - y) / reach;
          const shape =
            up < 0
              ? 0.98 * Math.exp(-(((up * reach) / edge) ** 2))
              : (1 - up) ** 2 * (0.3 + 0.7 * Math.exp(-up * 4.5));
          const amount = strength * shape;
          const high = Math.max(0, up);
          const i = (y * columns + left) * 3;
          for (const c of [0, 1, 2] as const) {
            const tone = (foot[c] + (tip[c] - foot[c]) * Math.min(1, high * 1.7)) * amount;
            light[i + c] = (light[i + c] ?? 0) + tone * (1 - part);
            light[i + 3 + c] = (light[i + 3 + c] ?? 0) + tone * part;
          }
        }
      }
    }
    spread(canvas, light, columns, Math.min(height, Math.floor(floor)));
  };
}

function spread({ data, width }: Canvas, light: Float32Array, columns: number, floor: number) {
  for (let y = 0; y < floor; y += 1) {
    const ty = (y % STEP) / STEP;
    const row = Math.floor(y / STEP) * columns;
    for (let x = 0, at = y * width * 3; x < width; x += 1) {
      const i = (row + Math.floor(x / STEP)) * 3;
      const tx = (x % STEP) / STEP;
      for (let c = 0; c < 3; c += 1, at += 1) {
        const top = (light[i + c] ?? 0) * (1 - tx) + (light[i + c + 3] ?? 0) * tx;
        const j = i + columns * 3 + c;
        const bottom = (light[j] ?? 0) * (1 - tx) + (light[j + 3] ?? 0) * tx;
        data[at] = (data[at] ?? 0) + top + (bottom - top) * ty;
      }
    }
  }
}

function makeLand(studio: Studio, shore: number): Plate {
  const { width, height, unit, palette, noise, random } = studio;
  const draw = random.fork('land');
  const plate = makePlate(width, height);
  const far = mix(palette.land, rampAt(makeRamp(palette.sky), 0.7), 0.4);
  for (const [i, color] of [far, mix(far, palette.land, 0.6), palette.land].entries()) {
    const place = draw.range(0, 50);
    const tall = unit * (0.17 - 0.055 * i);
    const top = Float32Array.from({ length: width + 1 }, (_, x) => {
      const u = (x / unit) * (1.1 + 0.5 * i) + place;
      const peak = i === 2 ? 0.4 + fbm(noise, u, 4, 4) * 0.7 : ridged(noise, u, place, 5) - 0.1;
      return shore - tall * Math.max(0.04, peak);
    });
    const snow = mix(palette.light, far, 0.55);
    paintBelow(plate, top, (x, y, below) => {
      if (i === 2) return color;
      const slope = ridged(noise, (x / unit) * 4 + place, (y / unit) * 6, 4) - 0.45;
      const white = smoothstep(0.09, 0, below / unit) * smoothstep(0, 0.3, slope) * (i === 0 ? 0.45 : 0.25);
      return [
        color[0] + (snow[0] - color[0]) * white,
        color[1] + (snow[1] - color[1]) * white,
        color[2] + (snow[2] - color[2]) * white,
      ];
    });
    if (i === 2) plantConifers(plate, studio, draw.fork('firs'), top, unit * 0.06, shade(color, 0.8));
  }
  const first = Math.ceil(shore);
  plate.data.fill(0, first * width * 3);
  plate.cover.fill(0, first * width);
  return plate;
}
