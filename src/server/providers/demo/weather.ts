import { addLight, blend, boxAround, eachPixel, type Canvas } from './canvas.ts';
import { makeRamp, mix, rampAt, scale } from './color.ts';
import type { PaintFrame, Studio } from './studio.ts';
import type { SceneName } from './vocabulary.ts';

/** Scenes that have no air for anything to fall through. */
const INDOORS: ReadonlySet<SceneName> = new Set([
  'space',
  'geometry',
  'contours',
  'marble',
  'portrait',
  'fire',
]);

/** Rain or snow in front of a scene, when the prompt names it. */
export function makeWeather(studio: Studio): PaintFrame | null {
  const { weather, scene } = studio.reading;
  if (!weather || INDOORS.has(scene)) return null;
  return weather === 'rain' ? makeRain(studio) : makeSnow(studio);
}

/** Something that falls through the frame a whole number of times per loop. */
type Fall = { x: number; y: number; near: number; laps: number; turn: number };

function scatter({ width, height, unit, random, moving }: Studio, name: string, perSquare: number): Fall[] {
  const draw = random.fork(name);
  const count = Math.round(((width * height) / (unit * unit)) * perSquare);
  return Array.from({ length: count }, () => {
    const near = draw.next() ** 2.2;
    return {
      x: draw.range(-0.15, 1.15) * width,
      y: draw.next(),
      near,
      laps: moving ? 1 + Math.round(near * 2 + draw.next()) : 1,
      turn: draw.next(),
    };
  });
}

function makeRain(studio: Studio): PaintFrame {
  const { width, height, unit, palette, random } = studio;
  const drops = scatter(studio, 'rain', 900);
  const slant = random.fork('wind').range(-0.22, 0.22);
  const sheen = mix(rampAt(makeRamp(palette.sky), 0.9), [0.85, 0.92, 1], 0.4);
  return (canvas, phase) => {
    for (const { x, y, near, laps, turn } of drops) {
      const long = unit * (0.02 + 0.075 * near);
      const span = height + long * 2;
      // Rain runs through the frame several times as fast as snow.
      const head = ((y + phase * laps * 4) % 1) * span - long;
      const power = (0.05 + 0.16 * near) * (0.6 + 0.4 * turn);
      const thick = Math.max(1, (unit / 900) * (0.7 + 1.4 * near));
      for (let row = Math.max(0, Math.ceil(head - long)); row < Math.min(height, head); row += 1) {
        const along = (head - row) / long;
        const amount = power * Math.min(1, (1 - along) * 3) * (1 - along * 0.6);
        const left = x + slant * (row - head);
        drawDash(canvas, row, left, left + thick, (at, cover) => addLight(canvas, at, sheen, amount * cover));
      }
    }
    wash(canvas, scale(sheen, 0.8), unit);
  };

  /** Far rain is a veil that thickens downwards. */
  function wash(canvas: Canvas, color: readonly [number, number, number], reach: number) {
    for (let row = Math.floor(height * 0.2); row < height; row += 1) {
      const amount = 0.1 * Math.min(1, (row - height * 0.2) / (reach * 0.5));
      for (let at = row * width * 3, end = at + width * 3; at < end; at += 3)
        blend(canvas, at, color, amount);
    }
  }
}

function drawDash(
  { width }: Canvas,
  row: number,
  left: number,
  right: number,
  put: (at: number, cover: number) => void,
) {
  for (let px = Math.max(0, Math.floor(left)); px < Math.min(width, right); px += 1) {
    const cover = Math.min(px + 1, right) - Math.max(px, left);
    if (cover > 0) put((row * width + px) * 3, cover);
  }
}

function makeSnow(studio: Studio): PaintFrame {
  const { height, unit, palette, random } = studio;
  const flakes = scatter(studio, 'snow', 620);
  const drift = random.fork('wind').range(-0.12, 0.12);
  const white = mix(palette.light, [1, 1, 1], 0.6);
  return (canvas, phase) => {
    for (const { x, y, near, laps, turn } of flakes) {
      const size = unit * (0.0012 + 0.0085 * near ** 2.5) + 0.5;
      const span = height + size * 4;
      const fall = (y + phase * laps) % 1;
      const sway = Math.sin(2 * Math.PI * (laps * phase + turn)) * unit * 0.012 * (0.4 + near);
      const cx = x + drift * (fall - 0.5) * height + sway;
      const cy = fall * span - size * 2;
      // Near flakes are out of focus: larger and fainter.
      const power = 0.85 - 0.45 * near;
      eachPixel(canvas, boxAround(cx, cy, size * 1.3), (at, px, py) => {
        const d2 = ((px - cx) ** 2 + (py - cy) ** 2) / (size * size);
        const cover = Math.max(0, 1 - d2 / 1.6) ** 1.4 * power;
        if (cover > 0.004) blend(canvas, at, white, Math.min(1, cover));
      });
    }
  };
}
