import { makeRamp } from '../color.ts';
import { fieldAt, fillField, makeField } from '../field.ts';
import { fbm, smoothstep } from '../noise.ts';
import type { PaintFrame, Studio } from '../studio.ts';

/** Noise bent by noise bent by noise: silk, smoke, marble. The default for words that name no place. */
export function marble(studio: Studio): PaintFrame {
  const { width, height, unit, noise, palette, random, moving } = studio;
  const draw = random.fork('marble');
  const step = moving ? 4 : 2;
  const octaves = moving ? 3 : 4;
  const zoom = draw.range(0.9, 1.7) / unit;
  const angle = draw.range(0, Math.PI);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const squeeze = draw.range(0.45, 1);
  const [ox, oy] = [draw.range(0, 60), draw.range(0, 60)];
  const bend = draw.range(1.6, 2.6);
  const veins = draw.chance(0.6) ? draw.range(0.5, 1) : 0;
  const bands = draw.range(0.9, 1.6);
  const fold = makeField(width, height, step);
  const warp = makeField(width, height, step);
  const relief = makeField(width, height, step);
  const [a0, a1, a2, a3, a4] = palette.accents;
  const ramp = makeRamp([a0, a1, a2, a3, a4, a2, a1].flatMap((color) => (color ? [color] : [])));
  const gold = palette.accents[3] ?? palette.light;

  const reach = step * 1.5;

  return (canvas, phase) => {
    const turn = 2 * Math.PI * phase;
    const [dx, dy] = [0.16 * Math.cos(turn), 0.16 * Math.sin(turn)];
    let bent = 0;
    fillField(fold, (x, y) => {
      const u = (x * cos - y * sin) * zoom + ox;
      const v = (x * sin + y * cos) * zoom * squeeze + oy;
      const qx = fbm(noise, u + dx, v + dy, octaves);
      const qy = fbm(noise, u + 5.2 - dy, v + 1.3 + dx, octaves);
      const rx = fbm(noise, u + bend * qx + 1.7, v + bend * qy + 9.2 + dx, octaves);
      const ry = fbm(noise, u + bend * qx + 8.3 - dy, v + bend * qy + 2.8, octaves);
      bent = rx * 0.8 + qy * 0.5;
      return fbm(noise, u + bend * rx, v + bend * ry, octaves + 1);
    });
    // The second quantity is a by-product of the first, one sample late at most: too little to see.
    fillField(warp, (x, y) => {
      const u = (x * cos - y * sin) * zoom * 0.7 + ox + 20;
      const v = (x * sin + y * cos) * zoom * squeeze * 0.7 + oy;
      bent = fieldAt(fold, Math.min(x, width), Math.min(y, height));
      return fbm(noise, u + bent * 1.4 + dx * 0.5, v - bent + dy * 0.5, octaves);
    });
    fillField(relief, (x, y) => {
      const here = fieldAt(fold, x, y);
      const right = fieldAt(fold, Math.min(width, x + reach), y);
      const below = fieldAt(fold, x, Math.min(height, y + reach));
      return ((here - right) * 0.8 + (here - below)) * (unit / reach) * 0.06;
    });
    const { data } = canvas;
    const { table, last } = ramp;
    for (let y = 0, at = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1, at += 3) {
        const f = fieldAt(fold, x, y);
        const w = fieldAt(warp, x, y);
        const rise = fieldAt(relief, x, y);
        const place = Math.max(0, Math.min(1, 0.5 + f * bands + w * 0.35));
        const i = 3 * ((place * last) | 0);
        const lit = Math.max(0.35, 1 + rise * 0.9);
        const gloss = Math.max(0, rise - 0.25) ** 2 * 0.5;
        const line = veins > 0 ? smoothstep(0.018, 0.002, Math.abs(w - 0.06 - f * 0.12)) * veins : 0;
        for (let c = 0; c < 3; c += 1) {
          const tone = (table[i + c] ?? 0) * lit + gloss;
          data[at + c] = tone + ((gold[c] ?? 0) * (1.1 + rise) - tone) * line;
        }
      }
    }
  };
}
