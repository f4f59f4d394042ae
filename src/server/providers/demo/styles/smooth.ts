import type { Canvas } from '../canvas.ts';

/**
 * Kuwahara's filter: each pixel takes the mean of the quietest of the four squares that touch it, so that surfaces
 * flatten and edges stay: brush strokes. Sums over squares come from running tables, whatever the radius.
 */
export function makeSmoother(width: number, height: number, radius: number) {
  const columns = width + 1;
  const sums = new Float64Array(columns * (height + 1) * 4);
  return ({ data }: Canvas) => {
    for (let y = 0; y < height; y += 1) {
      let [r, g, b, square] = [0, 0, 0, 0];
      for (let x = 0, from = y * width * 3; x < width; x += 1, from += 3) {
        const [sr, sg, sb] = [
          Math.sqrt(Math.max(0, data[from] ?? 0)),
          Math.sqrt(Math.max(0, data[from + 1] ?? 0)),
          Math.sqrt(Math.max(0, data[from + 2] ?? 0)),
        ];
        const light = 0.3 * sr + 0.59 * sg + 0.11 * sb;
        r += sr;
        g += sg;
        b += sb;
        square += light * light;
        const to = ((y + 1) * columns + x + 1) * 4;
        const above = to - columns * 4;
        sums[to] = r + (sums[above] ?? 0);
        sums[to + 1] = g + (sums[above + 1] ?? 0);
        sums[to + 2] = b + (sums[above + 2] ?? 0);
        sums[to + 3] = square + (sums[above + 3] ?? 0);
      }
    }
    for (let y = 0, at = 0; y < height; y += 1) {
      const rows = [
        Math.max(0, y - radius),
        y,
        Math.min(height, y + 1),
        Math.min(height, y + radius + 1),
      ] as const;
      for (let x = 0; x < width; x += 1, at += 3) {
        const lefts = [
          Math.max(0, x - radius),
          x,
          Math.min(width, x + 1),
          Math.min(width, x + radius + 1),
        ] as const;
        let quietest = Infinity;
        let [r, g, b] = [0, 0, 0];
        for (let quarter = 0; quarter < 4; quarter += 1) {
          const [x0, x1] = quarter & 1 ? [lefts[1], lefts[3]] : [lefts[0], lefts[2]];
          const [y0, y1] = quarter & 2 ? [rows[1], rows[3]] : [rows[0], rows[2]];
          const a = (y0 * columns + x0) * 4;
          const c = (y0 * columns + x1) * 4;
          const d = (y1 * columns + x0) * 4;
          const e = (y1 * columns + x1) * 4;
          const count = (x1 - x0) * (y1 - y0);
          const mr = ((sums[e] ?? 0) - (sums[c] ?? 0) - (sums[d] ?? 0) + (sums[a] ?? 0)) / count;
          const mg =
            ((sums[e + 1] ?? 0) - (sums[c + 1] ?? 0) - (sums[d + 1] ?? 0) + (sums[a + 1] ?? 0)) / count;
          const mb =
            ((sums[e + 2] ?? 0) - (sums[c + 2] ?? 0) - (sums[d + 2] ?? 0) + (sums[a + 2] ?? 0)) / count;
          const ms =
            ((sums[e + 3] ?? 0) - (sums[c + 3] ?? 0) - (sums[d + 3] ?? 0) + (sums[a + 3] ?? 0)) / count;
          const mean = 0.3 * mr + 0.59 * mg + 0.11 * mb;
          const unrest = ms - mean * mean;
          if (unrest < quietest) [quietest, r, g, b] = [unrest, mr, mg, mb];
        }
        data[at] = r * r;
        data[at + 1] = g * g;
        data[at + 2] = b * b;
      }
    }
  };
}

/** Perceived lightness of each pixel, about 0 to 1, written to `target`. */
export function readLightness({ data }: Canvas, target: Float32Array) {
  for (let i = 0, at = 0; i < target.length; i += 1, at += 3) {
    const light = 0.2126 * (data[at] ?? 0) + 0.7152 * (data[at + 1] ?? 0) + 0.0722 * (data[at + 2] ?? 0);
    target[i] = Math.sqrt(Math.max(0, Math.min(1, light)));
  }
}
