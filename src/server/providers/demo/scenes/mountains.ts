import { paintBelow } from '../canvas.ts';
import { mix, rampAt, makeRamp, shade } from '../color.ts';
import { fillField, makeField } from '../field.ts';
import { layFog } from '../fog.ts';
import { makeMirror } from '../mirror.ts';
import { driftingFbm, fbm, ridged, smoothstep } from '../noise.ts';
import { layPlate, makePlate, type Plate } from '../plate.ts';
import { makeSky, type Sky } from '../sky.ts';
import type { PaintFrame, Studio } from '../studio.ts';
import { plantConifers } from './conifers.ts';

const LAKE_WORDS = ['lake', 'water', 'reflection', 'river', 'fjord', '湖'];

/** Ridge behind ridge, each paler with the air between, over a lake now and then. */
export function mountains(studio: Studio): PaintFrame {
  const { width, height, random, reading, palette } = studio;
  const draw = random.fork('mountains');
  const lake = LAKE_WORDS.some((word) => reading.words.has(word)) || draw.chance(0.4);
  const shore = lake ? draw.range(0.7, 0.8) : 1;
  const sky = makeSky(studio, {
    horizon: Math.min(0.8, shore),
    clouds: reading.mood === 'storm' ? 0.9 : draw.range(0.15, 0.5),
    sunHeight: reading.mood === 'day' ? draw.range(0.7, 0.85) : draw.range(0.42, 0.72),
  });
  const plates = makeRidges(studio, sky, height * shore);
  const mist = makeMist(studio, sky, height * shore);
  const mirror = lake ? makeMirror(studio, height * shore, shade(palette.water, 0.9), 0.72) : null;
  return (canvas, phase) => {
    sky.paint(canvas, phase);
    for (let y = Math.ceil(sky.horizon); y < height; y += 1) {
      canvas.data.copyWithin(
        y * width * 3,
        (Math.ceil(sky.horizon) - 1) * width * 3,
        Math.ceil(sky.horizon) * width * 3,
      );
    }
    for (const [i, plate] of plates.entries()) {
      layPlate(canvas, plate);
      mist(canvas, phase, i / plates.length);
    }
    mirror?.(canvas, phase);
  };
}

function makeRidges(studio: Studio, sky: Sky, floor: number): Plate[] {
  const { width, height, unit, palette, noise, random, reading } = studio;
  const draw = random.fork('ridges');
  const count = 4 + draw.int(3);
  const ramp = makeRamp(palette.sky);
  const air = mix(rampAt(ramp, 0.86), palette.light, palette.dark ? 0.05 : 0.25);
  const snowy = reading.mood === 'winter' || (!palette.dark && draw.chance(0.6)) || draw.chance(0.3);
  const snow = mix(palette.light, rampAt(ramp, 0.75), 0.3);
  const fromLeft = sky.light.x < width / 2 ? 1 : -1;
  const ridges = Array.from({ length: count }, (_, i) => {
    const near = i / (count - 1);
    const seat = floor * (0.42 + 0.5 * near ** 1.1);
    const tall = unit * (0.36 - 0.2 * near);
    const zoom = (1.3 + 1.6 * near) / unit;
    const [ox, oy] = [draw.range(0, 60), draw.range(0, 60)];
    const top = Float32Array.from({ length: width + 1 }, (__, x) => {
      const u = x * zoom + ox;
      const peaks = ridged(noise, u, oy, 6) - 0.42;
      return Math.min(
        floor - 2,
        seat - tall * (peaks * 1.5 + fbm(noise, u * 0.6, oy + 7, 3) * 0.7) - unit * 0.02,
      );
    });
    return { near, zoom, ox, oy, top };
  });
  const hidden = new Float32Array(width).fill(floor);
  const plates = ridges.toReversed().map(({ near, zoom, ox, oy, top }, i) => {
    const plate = makePlate(width, height);
    const distance = (1 - near) ** 1.15 * 0.86;
    const rock = mix(palette.land, air, distance);
    const foot = mix(rock, air, 0.55 - 0.35 * near);
    const capped = snowy && near < 0.6;
    paintBelow(
      plate,
      top,
      (x, y, below) => {
        const u = x * zoom + ox;
        const v = y * zoom * 1.3 + oy;
        const slope = (ridged(noise, u, v, 5) - ridged(noise, u + 0.035 * fromLeft, v - 0.02, 5)) * 2.6;
        const deep = smoothstep(0, unit * (0.34 - 0.12 * near), below);
        const relief = 1 + Math.max(-0.4, Math.min(0.55, slope)) * (1 - near * 0.55) * (1 - deep * 0.7);
        const tone: [number, number, number] = [
          (rock[0] + (foot[0] - rock[0]) * deep) * relief,
          (rock[1] + (foot[1] - rock[1]) * deep) * relief,
          (rock[2] + (foot[2] - rock[2]) * deep) * relief,
        ];
        if (capped) {
          const line = smoothstep(0.26, 0.02, below / unit + fbm(noise, u * 3, v * 3, 3) * 0.16);
          const white = line * smoothstep(-0.16, 0.12, slope + 0.04) * (0.85 - 0.5 * distance);
          const s = 0.85 + Math.max(-0.25, Math.min(0.3, slope));
          for (const c of [0, 1, 2] as const) tone[c] += (snow[c] * s - tone[c]) * white;
        }
        return tone;
      },
      hidden,
    );
    for (const [x, edge] of hidden.entries()) hidden[x] = Math.min(edge, (top[x] ?? edge) + 6);
    if (near > 0.55)
      plantConifers(plate, studio, draw.fork(`trees${i}`), top, unit * (0.012 + 0.05 * (near - 0.5)), rock);
    clearBelow(plate, floor);
    return plate;
  });
  return plates.toReversed();
}

function clearBelow({ width, data, cover }: Plate, row: number) {
  const first = Math.ceil(row);
  data.fill(0, first * width * 3);
  cover.fill(0, first * width);
}

/** Bands of haze that wander between the ridges. */
function makeMist(
  { width, height, unit, noise, palette, random, reading, moving }: Studio,
  sky: Sky,
  floor: number,
) {
  const draw = random.fork('mist');
  const amount = reading.mood === 'mist' ? 0.95 : draw.range(0.25, 0.6);
  const color = mix(rampAt(makeRamp(palette.sky), 0.9), palette.light, palette.dark ? 0.08 : 0.3);
  const [ox, oy] = [draw.range(0, 40), draw.range(0, 40)];
  return (canvas: Parameters<PaintFrame>[0], phase: number, layer: number) => {
    if (layer > 0.9) return;
    const middle = floor * (0.55 + 0.45 * layer);
    const reach = unit * 0.16;
    const first = Math.max(0, Math.floor(middle - reach));
    const last = Math.min(Math.ceil(floor), height, Math.ceil(middle + reach));
    if (last <= first) return;
    const field = makeField(width, last - first, moving ? 8 : 4);
    fillField(field, (x, y) =>
      driftingFbm(noise, (x / unit) * 1.6 + ox + layer * 9, ((y + first) / unit) * 6 + oy, 4, 0.35, phase),
    );
    const warm = Math.exp(-(((middle - sky.light.y) / unit) ** 2) * 8);
    layFog(canvas, field, color, {
      first,
      last,
      amount: (y) =>
        Math.max(0, 1 - ((y - middle) / reach) ** 2) ** 2 * amount * (1 - layer * 0.35) * (1 + 0.1 * warm),
      base: 0.4,
      gain: 1.25,
      most: 0.9,
      rowOf: (y) => y - first,
    });
  };
}
