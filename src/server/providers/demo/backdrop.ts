import { blend, boxAround, eachPixel, makeCanvas, type Canvas } from './canvas.ts';
import { makeRamp, mix, rampAt, shade, toOklab, type Rgb } from './color.ts';
import { fbm } from './noise.ts';
import { makePaper, paperAt } from './paper.ts';
import { lens } from './shapes.ts';
import type { PaintFrame, Studio } from './studio.ts';

/** A sun with rings and leaves, in colours that set the coat off. */
export function paintBackdrop(
  { width, height, unit, palette, random, noise }: Studio,
  coat: Rgb,
): { still: Canvas; leaves: PaintFrame } {
  const paper = makePaper(random, 0.035);
  const pool = [...palette.sky, ...palette.accents];
  const apart = pool.toSorted((a, b) => difference(b, coat) - difference(a, coat));
  const ground = apart[random.int(3)] ?? palette.light;
  const ramp = makeRamp([shade(ground, 0.82), ground, mix(ground, palette.light, 0.35)]);
  const sun = mix(palette.light, ground, difference(palette.light, ground) > 0.25 ? 0.12 : 0.6);
  const [sx, sy, size] = [
    width * random.range(0.42, 0.58),
    height * random.range(0.4, 0.5),
    unit * random.range(0.36, 0.44),
  ];
  const leaf = mix(ground, palette.land, 0.5);
  const leaves = Array.from({ length: 16 }, (_, i) => ({
    x: width * (i % 2 ? random.range(0, 0.24) : random.range(0.76, 1)),
    y: height * random.range(0.3, 1.05),
    angle: random.range(-2.4, -0.7),
    long: unit * random.range(0.08, 0.16),
    tone: shade(mix(leaf, ground, random.next() * 0.5), random.range(0.85, 1.1)),
  })).map((one) => ({ ...one, sunny: shade(one.tone, 1.07), shady: shade(one.tone, 0.93) }));
  const still = makeCanvas(width, height);
  paintSun(still.data);
  return {
    still,
    leaves: (canvas, phase) => {
      const turn = 2 * Math.PI * phase;
      for (const [i, { x, y, angle, long, sunny, shady }] of leaves.entries()) {
        const swing = angle + 0.05 * Math.sin(turn + i);
        const [cos, sin] = [Math.cos(swing), Math.sin(swing)];
        eachPixel(canvas, boxAround(x, y, long * 1.1), (at, px, py) => {
          const along = (px - x) * cos + (py - y) * sin;
          const across = (py - y) * cos - (px - x) * sin;
          const cover = Math.min(1, 0.5 - lens(along, across, long, long * 0.32));
          if (cover > 0) blend(canvas, at, across > 0 ? sunny : shady, cover);
        });
      }
    },
  };

  function paintSun(data: Float32Array) {
    for (let y = 0, at = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1, at += 3) {
        const cloud = fbm(noise, (x / unit) * 1.3 + 4, (y / unit) * 1.3, 3) * 0.3;
        const tone = rampAt(ramp, y / height + cloud);
        const away = Math.hypot(x - sx, y - sy);
        const disc = Math.max(0, Math.min(1, size - away + 0.5));
        const ring =
          Math.max(0, 1 - Math.abs(((away - size) / unit) * 14 - 1) * 3.5) +
          Math.max(0, 1 - Math.abs(((away - size) / unit) * 14 - 2.2) * 6);
        const tooth = paperAt(paper, x, y);
        const share = Math.min(1, disc + 0.4 * Math.min(1, ring * 3) * (1 - disc));
        for (let c = 0; c < 3; c += 1)
          data[at + c] = ((tone[c] ?? 0) * (1 - share) + (sun[c] ?? 0) * share) * tooth;
      }
    }
  }
}

const difference = (a: Rgb, b: Rgb) => {
  const [l1, a1, b1] = toOklab(a);
  const [l2, a2, b2] = toOklab(b);
  return Math.hypot(l1 - l2, a1 - a2, b1 - b2);
};
