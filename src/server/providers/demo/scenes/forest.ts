import { addLight, blend, makeCanvas, type Canvas } from '../canvas.ts';
import { makeRamp, mix, rampAt, shade, type Rgb } from '../color.ts';
import { fieldAt, fillField, makeField } from '../field.ts';
import { layFog } from '../fog.ts';
import { driftingFbm, fbm, noiseAt, smoothstep } from '../noise.ts';
import { layPlate, makePlate, type Plate } from '../plate.ts';
import type { Random } from '../random.ts';
import type { PaintFrame, Studio } from '../studio.ts';
import { paintConifer } from './conifers.ts';

const TRUNK_WORDS = ['birch', 'bamboo', 'redwood', 'autumn', 'jungle', 'trail', 'path', 'grove'];

/** Trees going back into fog, with light falling through it. */
export function forest(studio: Studio): PaintFrame {
  const { width, height, unit, palette, random, reading, noise, moving } = studio;
  const draw = random.fork('forest');
  const trunks = TRUNK_WORDS.some((word) => reading.words.has(word)) || draw.chance(0.4);
  const ramp = makeRamp(palette.sky);
  const light = { x: width * draw.range(0.15, 0.85), y: height * draw.range(-0.05, 0.22) };
  const air = mix(rampAt(ramp, 0.8), palette.light, palette.dark ? 0.08 : 0.35);
  const high = mix(rampAt(ramp, 0.45), palette.land, 0.15);
  const plates = makeRows(studio, draw, trunks, air);
  const shafts = makeField(width, height, moving ? 8 : 4);
  const fog = makeField(width, height, moving ? 8 : 4);
  const power = reading.mood === 'night' ? 0.2 : reading.mood === 'storm' ? 0.16 : 0.5;

  const back = makeCanvas(width, height);
  fillAir(back, light, high, air, palette.light, power, unit);

  return (canvas, phase) => {
    canvas.data.set(back.data);
    fillField(fog, (x, y) => driftingFbm(noise, (x / unit) * 1.4, (y / unit) * 4.5 + 11, 4, 0.4, phase));
    for (const [i, plate] of plates.entries()) {
      layPlate(canvas, plate);
      const near = i / plates.length;
      const line = height * (0.6 + 0.35 * near);
      layFog(canvas, fog, air, {
        first: Math.floor(height * 0.3),
        last: height,
        amount: (y) => smoothstep(-0.34, 0.12, (y - line) / unit) * (1 - 0.78 * near),
        base: 0.26,
        gain: 0.75,
        most: 0.85,
        rowOf: (y) => Math.min(height, y + i * 3),
      });
      if (i === plates.length - 2) addShafts(canvas, phase);
    }
  };

  function addShafts(canvas: Canvas, phase: number) {
    const turn = 0.05 * Math.sin(2 * Math.PI * phase);
    fillField(shafts, (x, y) => {
      const dx = x - light.x;
      const dy = y - light.y + unit * 0.45;
      const angle = Math.atan2(dx, dy);
      const far = Math.hypot(dx, dy) / unit;
      const beam = noiseAt(noise, angle * 9 + 40, 5 + turn) + 0.5 * noiseAt(noise, angle * 23 + 7, 2 - turn);
      return smoothstep(0.02, 0.75, beam) * Math.exp(-((far - 0.5) ** 2) * 1.5) * (dy > 0 ? 1 : 0);
    });
    for (let y = 0, at = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1, at += 3) {
        const amount = fieldAt(shafts, x, y) * power * 0.62;
        if (amount > 0.003) addLight(canvas, at, palette.light, amount);
      }
    }
  }

  function makeRows(given: Studio, rows: Random, bare: boolean, haze: Rgb): Plate[] {
    const count = 5;
    return Array.from({ length: count }, (_, i) => {
      const near = i / (count - 1);
      const plate = makePlate(width, height);
      const color = shade(mix(palette.land, haze, (1 - near) ** 0.9 * 0.82), 1 - 0.25 * near);
      const row = rows.fork(`row${i}`);
      if (bare) plantTrunks(plate, given, row, near, color);
      else plantFirs(plate, given, row, near, color);
      layGround(plate, given, height * (0.7 + 0.26 * near), near, color);
      return plate;
    });
  }
}

function fillAir(
  { data, width, height }: Canvas,
  light: { x: number; y: number },
  high: Rgb,
  low: Rgb,
  glow: Rgb,
  power: number,
  unit: number,
) {
  for (let y = 0, at = 0; y < height; y += 1) {
    const down = smoothstep(0, 0.7, y / height);
    for (let x = 0; x < width; x += 1, at += 3) {
      const d2 = ((x - light.x) ** 2 + (y - light.y) ** 2) / (unit * unit);
      const shine = power * (1.1 * Math.exp(-d2 * 9) + 0.5 * Math.exp(-d2 * 1.8));
      for (const c of [0, 1, 2] as const) {
        data[at + c] = high[c] + (low[c] - high[c]) * down + glow[c] * shine;
      }
    }
  }
}

function plantFirs(plate: Plate, studio: Studio, draw: Random, near: number, color: Rgb) {
  const { width, height, unit } = studio;
  const tall = unit * (0.34 + 0.75 * near ** 1.4);
  const gap = tall * (0.16 + 0.22 * near);
  for (let x = -tall * 0.3; x < width + tall * 0.3; x += gap * draw.range(0.5, 1.7)) {
    const clearing = near > 0.7 ? Math.abs(x / width - 0.5) < 0.2 : draw.chance(0.1);
    if (clearing) continue;
    const foot = height * (0.72 + 0.27 * near) + draw.normal() * unit * 0.02;
    const size = tall * draw.range(0.6, 1.2);
    paintConifer(
      plate,
      studio,
      { x, foot, tall: size, lean: draw.normal() * 0.01, turn: draw.next() * 7 },
      shade(color, draw.range(0.92, 1.05)),
    );
  }
}

/** Bare stems past the upper edge, each lit a little on one side, with a few twigs. */
function plantTrunks(plate: Plate, studio: Studio, draw: Random, near: number, color: Rgb) {
  const { width, height, unit, noise } = studio;
  const wide = unit * (0.009 + 0.036 * near ** 1.6);
  for (let x = -wide; x < width + wide; x += wide * draw.range(2.2, 7) * (1.6 - 0.3 * near)) {
    if (near > 0.7 && Math.abs(x / width - 0.5) < 0.16) continue;
    const half = wide * draw.range(0.55, 1.3) * 0.5;
    const lean = draw.normal() * 0.03;
    const foot = height * (0.74 + 0.24 * near) + draw.normal() * unit * 0.015;
    const turn = draw.next() * 50;
    const tone = shade(color, draw.range(0.88, 1.06));
    for (let y = 0; y < Math.min(height, foot); y += 1) {
      const flare = 1 + 0.9 * Math.exp(-(foot - y) / (half * 3)) + 0.25 * (y / height);
      const middle = x + (foot - y) * lean + fbm(noise, (y / unit) * 2.2, turn, 2) * unit * 0.014;
      const [left, right] = [middle - half * flare, middle + half * flare];
      for (let px = Math.max(0, Math.floor(left)); px <= Math.min(width - 1, right); px += 1) {
        const cover = Math.min(1, px + 1 - left) - Math.max(0, px + 1 - right);
        if (cover <= 0) continue;
        const side = (px - middle) / (half * flare);
        const bark = 1 + 0.2 * side + 0.22 * noiseAt(noise, px * 0.22 + turn, y * 0.035) * near;
        blend(
          plate,
          (y * width + px) * 3,
          [tone[0] * bark, tone[1] * bark, tone[2] * bark],
          Math.min(1, cover),
        );
      }
    }
    for (let twig = 0; twig < 4; twig += 1) {
      const from = height * draw.range(-0.1, 0.5);
      const reach = unit * draw.range(0.05, 0.2) * (draw.chance(0.5) ? 1 : -1);
      const rise = draw.range(0.3, 0.9);
      const steps = Math.ceil(Math.abs(reach));
      for (let k = 0; k < steps; k += 1) {
        const t = k / steps;
        const px = Math.round(x + (foot - from) * lean + reach * t);
        const py = from - Math.abs(reach) * t * rise + noiseAt(noise, t * 5, turn + twig) * unit * 0.012;
        const thick = half * 0.36 * (1 - t) + 0.5;
        if (px < 0 || px >= width) continue;
        for (let y = Math.max(0, Math.floor(py - thick)); y <= Math.min(height - 1, py + thick); y += 1) {
          const cover = Math.min(1, thick + 0.5 - Math.abs(y + 0.5 - py));
          if (cover > 0) blend(plate, (y * width + px) * 3, tone, cover);
        }
      }
    }
  }
}

function layGround(
  plate: Plate,
  { width, height, unit, noise }: Studio,
  level: number,
  near: number,
  color: Rgb,
) {
  for (let x = 0; x < width; x += 1) {
    const hill = fbm(noise, (x / unit) * 1.6 + near * 20, near * 9, 3) * unit * 0.06;
    const tuft = Math.abs(noiseAt(noise, (x / unit) * 70, near * 40)) * unit * 0.014 * near;
    const edge = level + hill - tuft;
    for (let y = Math.max(0, Math.floor(edge)); y < height; y += 1) {
      const cover = Math.min(1, y + 1 - edge);
      const rough = 1 + 0.25 * fbm(noise, (x / unit) * 16, (y / unit) * 40, 2) * near;
      blend(plate, (y * width + x) * 3, [color[0] * rough, color[1] * rough, color[2] * rough], cover);
    }
  }
}
