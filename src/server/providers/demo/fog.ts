import type { Canvas } from './canvas.ts';
import type { Rgb } from './color.ts';
import { fieldRow, type Field } from './field.ts';

/** Where and how much: rows from `first` to before `last`, cover `amount(y) * (base + gain * field)`, at most `most`. */
export type Fog = {
  first: number;
  last: number;
  amount: (y: number) => number;
  base: number;
  gain: number;
  most: number;
  /** Row of the field that belongs to a row of the picture. */
  rowOf: (y: number) => number;
};

/** Lays haze of one colour over a picture, as thick as a field says. */
export function layFog({ data, width, height }: Canvas, field: Field, color: Rgb, fog: Fog) {
  const line = new Float32Array(width);
  const [r, g, b] = color;
  const end = Math.min(height, fog.last);
  for (let y = Math.max(0, fog.first); y < end; y += 1) {
    const amount = fog.amount(y);
    if (amount < 0.01) continue;
    fieldRow(field, fog.rowOf(y), line);
    for (let x = 0, at = y * width * 3; x < width; x += 1, at += 3) {
      const wanted = amount * (fog.base + fog.gain * (line[x] ?? 0));
      if (wanted <= 0) continue;
      const cover = wanted < fog.most ? wanted : fog.most;
      const rest = 1 - cover;
      data[at] = (data[at] ?? 0) * rest + r * cover;
      data[at + 1] = (data[at + 1] ?? 0) * rest + g * cover;
      data[at + 2] = (data[at + 2] ?? 0) * rest + b * cover;
    }
  }
}
