import type { Canvas } from './canvas.ts';
import type { Rgb } from './color.ts';
import { noiseAt, smoothstep } from './noise.ts';
import type { PaintFrame, Studio } from './studio.ts';

/** Still water from row `line` down: what stands above it, drawn out, dimmed and stirred by small waves. */
export function makeMirror(studio: Studio, line: number, body: Rgb, calm: number): PaintFrame {
  const { width, height, unit, noise } = studio;
  const draw = studio.random.fork('mirror');
  const offset = draw.range(0, 40);
  const top = Math.floor(line);
  return (canvas: Canvas, phase) => {
    const { data } = canvas;
    const turn = 2 * Math.PI * phase;
    const [cos, sin] = [0.25 * Math.cos(turn), 0.25 * Math.sin(turn)];
    for (let y = top; y < height; y += 1) {
      const depth = (y + 0.5 - line) / unit;
      const size = 0.05 + 0.28 * depth;
      const v = 60 * (depth + 0.01) ** 0.45 + offset;
      const stir = (1 - calm) * (0.004 + 0.09 * depth);
      const keep = 0.8 - 0.42 * smoothstep(0, 0.55, depth) - 0.25 * smoothstep(0.012, 0, depth);
      for (let x = 0, at = y * width * 3; x < width; x += 1, at += 3) {
        const u = (x - width / 2) / unit / size;
        const wave = noiseAt(noise, u + cos, v + sin) + 0.5 * noiseAt(noise, u * 2.2 - sin, v * 2.4 + cos);
        const up = Math.max(0, Math.min(top - 1, Math.round(line - (y - line) - wave * stir * unit)));
        const side = Math.max(0, Math.min(width - 1, Math.round(x + wave * stir * unit * 0.4)));
        const from = (up * width + side) * 3;
        const mirrored = keep * (1 - 0.22 * wave * smoothstep(0, 0.1, depth));
        data[at] = (data[from] ?? 0) * mirrored + body[0] * (1 - mirrored);
        data[at + 1] = (data[from + 1] ?? 0) * mirrored + body[1] * (1 - mirrored);
        data[at + 2] = (data[from + 2] ?? 0) * mirrored + body[2] * (1 - mirrored);
      }
    }
  };
}
