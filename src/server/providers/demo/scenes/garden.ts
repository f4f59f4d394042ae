import { addLight, boxAround, eachPixel, type Canvas } from '../canvas.ts';
import { fromOklch, mix, scale, shade, toOklch, type Rgb } from '../color.ts';
import { fieldAt, fillField, makeField } from '../field.ts';
import { fbm, smoothstep } from '../noise.ts';
import { laySwaying, makePlate, type Plate } from '../plate.ts';
import type { Random } from '../random.ts';
import type { PaintFrame, Studio } from '../studio.ts';
import { kindOf, paintBlade, paintFlower, petalColors, type FlowerKind } from './flower.ts';

/** What flowers are called after their colour; others take it from the palette. */
const FLOWER_HUES: Record<string, readonly [lightness: number, chroma: number, hue: number]> = {
  rose: [0.6, 0.2, 15],
  tulip: [0.64, 0.2, 25],
  poppy: [0.6, 0.22, 30],
  sunflower: [0.83, 0.17, 85],
  daisy: [0.95, 0.02, 95],
  lily: [0.93, 0.05, 350],
  lotus: [0.8, 0.12, 350],
  lavender: [0.62, 0.14, 300],
  orchid: [0.68, 0.17, 330],
  peony: [0.76, 0.14, 0],
};

/** Flowers close up, the ones behind them out of focus. */
export function garden(studio: Studio): PaintFrame {
  const { height, unit, random } = studio;
  const draw = random.fork('garden');
  const back = paintBackdrop(studio, draw.fork('backdrop'));
  const petals = chooseColors(studio, draw);
  const kind = kindOf(studio.reading.words, draw);
  const rows = [0, 0.5, 1].map((near) => growRow(studio, draw.fork(`row${near}`), near, kind, petals));
  const bokeh = makeBokeh(studio, draw.fork('bokeh'), petals);
  return (canvas, phase) => {
    canvas.data.set(back);
    bokeh(canvas, phase);
    for (const [i, row] of rows.entries()) {
      const sway = Math.sin(2 * Math.PI * phase + i * 1.3) - Math.sin(i * 1.3);
      const reach = unit * 0.006 * (1 + i) * sway;
      laySwaying(canvas, row, (y) => reach * (1 - y / height) ** 1.3);
    }
  };
}

function chooseColors({ reading, palette }: Studio, draw: Random): Rgb[] {
  const named = reading.colors.map(({ hue, chroma }) => fromOklch(chroma > 0.02 ? 0.68 : 0.93, chroma, hue));
  if (named.length > 0) return named;
  const known = [...reading.words].flatMap((word) => FLOWER_HUES[word] ?? []);
  const [lightness, chroma, hue] = known;
  if (lightness !== undefined && chroma !== undefined && hue !== undefined) {
    return [fromOklch(lightness, chroma, hue), fromOklch(lightness, chroma * 0.9, hue + draw.range(-22, 22))];
  }
  return palette.accents.slice(2).map((color) => {
    const { lightness: light, chroma: strength, hue: angle } = toOklch(color);
    // Greens would be lost among the leaves.
    const turned = angle > 95 && angle < 190 ? angle - 130 : angle;
    return fromOklch(Math.max(0.62, light), Math.max(0.1, strength), turned);
  });
}

const leafColor = ({ palette }: Studio, lightness: number): Rgb =>
  mix(fromOklch(lightness, 0.09, 140), shade(palette.land, 1.3), 0.35);

function paintBackdrop(studio: Studio, draw: Random): Float32Array {
  const { width, height, unit, palette, noise } = studio;
  const data = new Float32Array(width * height * 3);
  const high = mix(
    leafColor(studio, palette.dark ? 0.3 : 0.62),
    palette.sky[3] ?? palette.light,
    palette.dark ? 0.3 : 0.6,
  );
  const low = leafColor(studio, palette.dark ? 0.12 : 0.27);
  const blot = makeField(width, height, 8);
  const place = draw.range(0, 50);
  fillField(blot, (x, y) => fbm(noise, (x / unit) * 2.4 + place, (y / unit) * 2.4, 3));
  const sun = { x: width * draw.range(0.15, 0.85), y: height * draw.range(-0.05, 0.2) };
  for (let y = 0, at = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, at += 3) {
      const down = smoothstep(-0.1, 1.05, y / height + fieldAt(blot, x, y) * 0.55);
      const d2 = ((x - sun.x) ** 2 + (y - sun.y) ** 2) / (unit * unit);
      const shine = (palette.dark ? 0.18 : 0.5) * Math.exp(-d2 * 3);
      for (const c of [0, 1, 2] as const)
        data[at + c] = high[c] + (low[c] - high[c]) * down + palette.light[c] * shine;
    }
  }
  return data;
}

/** Lights far out of focus: even discs with a slightly brighter rim, each with its own breath. */
function makeBokeh(
  { width, height, unit, palette }: Studio,
  draw: Random,
  petals: readonly Rgb[],
): PaintFrame {
  const discs = Array.from({ length: 26 + draw.int(16) }, () => ({
    x: draw.range(0, width),
    y: height * draw.next() ** 1.3,
    size: unit * draw.range(0.016, 0.062),
    color: mix(petals[draw.int(petals.length)] ?? palette.light, palette.light, draw.range(0.3, 0.9)),
    power: draw.range(0.05, 0.26) * (palette.dark ? 0.7 : 1),
    turn: draw.next(),
  }));
  return (canvas: Canvas, phase) => {
    for (const { x, y, size, color, power, turn } of discs) {
      const wave = 2 * Math.PI * (phase + turn);
      const [cx, cy] = [x + Math.cos(wave) * unit * 0.008, y + Math.sin(wave) * unit * 0.012];
      const amount = power * (0.75 + 0.25 * Math.sin(wave));
      eachPixel(canvas, boxAround(cx, cy, size), (at, px, py) => {
        const r = Math.hypot(px - cx, py - cy) / size;
        const cover = smoothstep(1, 0.93, r) * (0.72 + 0.4 * smoothstep(0.6, 0.95, r));
        if (cover > 0) addLight(canvas, at, color, cover * amount);
      });
    }
  };
}

function growRow(
  studio: Studio,
  draw: Random,
  near: number,
  kind: FlowerKind,
  petals: readonly Rgb[],
): Plate {
  const { width, height, unit, palette } = studio;
  const plate = makePlate(width, height);
  const focus = near === 0.5 ? 0 : near === 0 ? 0.016 : 0.004;
  const soft = Math.max(1, unit * focus);
  const green = leafColor(studio, (palette.dark ? 0.26 : 0.42) - 0.08 * near);
  const blades = Math.round((width / unit) * (30 - 10 * near));
  for (let i = 0; i < blades; i += 1) {
    const x = draw.range(-0.05, 1.05) * width;
    const tall = unit * draw.range(0.12, 0.5) * (0.9 - 0.25 * near);
    const from = { x, y: height + 2 };
    const to = { x: x + draw.normal() * unit * 0.07, y: height - tall };
    const shape = {
      bend: draw.normal() * unit * 0.03,
      wide: unit * draw.range(0.008, 0.026),
      soft,
      leaf: true,
    };
    paintBlade(plate, from, to, shape, shade(green, draw.range(0.7, 1.15)));
  }
  const count = Math.max(2, Math.round((width / unit) * (near === 0 ? 9 : near === 0.5 ? 5 : 3)));
  for (let i = 0; i < count; i += 1) {
    const color = petals[draw.int(petals.length)] ?? palette.light;
    const radius =
      unit *
      (near === 0 ? draw.range(0.04, 0.075) : near === 0.5 ? draw.range(0.08, 0.14) : draw.range(0.13, 0.22));
    const x = width * ((i + draw.range(0.1, 0.9)) / count);
    const y =
      height *
      (near === 0 ? draw.range(0.3, 0.62) : near === 0.5 ? draw.range(0.34, 0.7) : draw.range(0.5, 0.88));
    const foot = { x: x + draw.normal() * unit * 0.05, y: height + 2 };
    paintBlade(
      plate,
      foot,
      { x, y },
      { bend: draw.normal() * unit * 0.03, wide: radius * 0.13, soft, leaf: false },
      green,
    );
    const heart = kind === 'sunflower' ? fromOklch(0.3, 0.06, 50) : fromOklch(0.78, 0.15, draw.range(70, 95));
    const lit = palette.dark ? 0.6 : 1;
    const { tip, base } = petalColors(color, draw);
    paintFlower(plate, studio, {
      x,
      y,
      radius,
      kind,
      tip: scale(tip, lit),
      base: scale(base, lit),
      heart: scale(heart, lit),
      squash: draw.range(0.62, 0.98),
      turn: draw.range(-2, 2),
      soft,
    });
  }
  return plate;
}
