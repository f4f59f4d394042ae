import { addLight, boxAround, eachPixel } from '../canvas.ts';
import { fromHex, makeRamp, scale, shade, type Rgb } from '../color.ts';
import { fieldAt, fillField, makeField } from '../field.ts';
import { driftingFbm, fbm, noiseAt, ridged, smoothstep } from '../noise.ts';
import { tint } from '../palette.ts';
import type { PaintFrame, Studio } from '../studio.ts';

/** From soot to white heat. */
const HEAT = ['#060203', '#1c0507', '#5a0d0a', '#b8260b', '#f06a12', '#ffb53a', '#ffe9a8'];

/** Flames rising out of the dark, or a crust of rock with fire in its seams. */
export function fire(studio: Studio): PaintFrame {
  const molten = ['lava', 'volcano', 'magma', 'eruption'].some((word) => studio.reading.words.has(word));
  return molten ? lava(studio) : flames(studio);
}

function heatRamp({ reading }: Studio) {
  const colors = HEAT.map((hex, i): Rgb => tint(fromHex(hex), reading.colors, i / HEAT.length));
  return makeRamp(colors.map((color, i) => scale(color, i > 4 ? 1.5 : 1.1)));
}

function flames(studio: Studio): PaintFrame {
  const { width, height, unit, noise, random, moving } = studio;
  const ramp = heatRamp(studio);
  const field = makeField(width, height, moving ? 3 : 2);
  const [ox, oy] = [random.range(0, 60), random.range(0, 60)];
  const centre = random.range(0.42, 0.58);
  const breadth = random.range(0.5, 0.85) * Math.max(0.75, width / unit);
  const octaves = moving ? 4 : 5;
  const sparks = makeSparks(studio);
  return (canvas, phase) => {
    const turn = 2 * Math.PI * phase;
    fillField(field, (x, y) => {
      const up = (height - y) / height;
      const u = ((x / width - centre) * width) / unit;
      const lean = 0.16 * up * noiseAt(noise, up * 1.6 + 0.3 * Math.cos(turn), 3 + 0.3 * Math.sin(turn));
      const bend = driftingFbm(noise, up * 1.5 + oy, u * 2.2 + ox, 3, 1.6, phase);
      const lick = driftingFbm(
        noise,
        up * 2.3 + oy + 9,
        (u + lean + bend * 0.3) * 3.4 + ox,
        octaves,
        2.6,
        phase,
      );
      const body = 1 - (Math.abs(u + lean) / breadth) ** 1.6 * (1 + up * 1.4);
      return body * 0.62 - up * 0.95 + lick * (0.85 + up * 0.6) + bend * 0.35 + 0.04;
    });
    const { table, last } = ramp;
    for (let y = 0, at = 0; y < height; y += 1) {
      const up = (height - y) / height;
      for (let x = 0; x < width; x += 1, at += 3) {
        const heat = fieldAt(field, x, y);
        const tongue = smoothstep(-0.2, 1.05, heat);
        const halo = 0.1 * smoothstep(-1.1, 0.2, heat) * (1 - up * 0.5);
        const i = 3 * ((Math.min(1, tongue * 0.97 + halo) * last) | 0);
        for (let c = 0; c < 3; c += 1) canvas.data[at + c] = table[i + c] ?? 0;
      }
    }
    sparks(canvas, phase);
  };
}

/** Embers that rise a whole number of times a loop, swaying, and go out as they climb. */
function makeSparks({ width, height, unit, random, reading }: Studio): PaintFrame {
  const draw = random.fork('sparks');
  const color = tint(fromHex('#ff9a3c'), reading.colors, 1);
  const sparks = Array.from({ length: 130 }, () => ({
    x: draw.range(0.05, 0.95) * width,
    start: draw.next(),
    rises: 1,
    sway: draw.range(0.01, 0.05) * unit,
    turn: draw.next() * 6.28,
    size: unit * (0.0009 + 0.0022 * draw.next() ** 3),
  }));
  return (canvas, phase) => {
    for (const spark of sparks) {
      const life = (spark.start + phase * spark.rises) % 1;
      const x = spark.x + spark.sway * Math.sin(life * 9 + spark.turn);
      const y = height * (1.02 - life * 1.05);
      const glow = Math.sin(Math.PI * life) ** 0.6 * (0.7 + 0.3 * Math.sin(life * 60 + spark.turn));
      const falloff = 1 / (spark.size * spark.size);
      eachPixel(canvas, boxAround(x, y, spark.size * 3), (at, px, py) => {
        addLight(canvas, at, color, 2.6 * glow * Math.exp(-((px - x) ** 2 + (py - y) ** 2) * falloff));
      });
    }
  };
}

function lava(studio: Studio): PaintFrame {
  const { width, height, unit, noise, random, moving } = studio;
  const ramp = heatRamp(studio);
  const step = moving ? 3 : 2;
  const seams = makeField(width, height, step);
  const crust = makeField(width, height, step);
  const [ox, oy] = [random.range(0, 60), random.range(0, 60)];
  const zoom = random.range(1.5, 2.3);
  const rock = shade(studio.palette.land, 0.75);
  const sparks = makeSparks(studio);
  fillField(crust, (x, y) =>
    fbm(noise, (x / unit) * zoom * 4 + ox, (y / unit) * zoom * 4 + oy, moving ? 4 : 5),
  );
  return (canvas, phase) => {
    const turn = 2 * Math.PI * phase;
    const [dx, dy] = [0.05 * Math.cos(turn), 0.05 * Math.sin(turn)];
    fillField(seams, (x, y) => {
      const u = (x / unit) * zoom + ox;
      const v = (y / unit) * zoom * 1.2 + oy;
      const bend = fbm(noise, u + 7, v, 3);
      return ridged(noise, u + bend * 0.6 + dx, v + bend * 0.5 + dy, moving ? 3 : 4);
    });
    const pulse = 1 + 0.12 * Math.sin(turn);
    const { table, last } = ramp;
    for (let y = 0, at = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1, at += 3) {
        const seam = fieldAt(seams, x, y);
        const rough = fieldAt(crust, x, y);
        const below = fieldAt(crust, Math.min(width, x + 2), Math.min(height, y + 2));
        const hot = smoothstep(0.56, 0.9, seam + rough * 0.1) * pulse;
        const warm = smoothstep(0.3, 0.75, seam) ** 2 * 0.3;
        const i = 3 * ((Math.min(1, hot * 0.95 + warm) * last) | 0);
        const relief = Math.max(0.15, 1 + (rough - below) * 5 + rough * 0.9) * (1 - hot);
        for (let c = 0; c < 3; c += 1) {
          canvas.data[at + c] = (table[i + c] ?? 0) + ((rock[c] ?? 0) * 1.6 + 0.012) * relief;
        }
      }
    }
    sparks(canvas, phase);
  };
}
