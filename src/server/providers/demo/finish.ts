import type { Canvas } from './canvas.ts';
import { createRandom } from './random.ts';

/** The last touch, as in a darkroom. Each amount is 0 for none. */
export type Finish = {
  /** Deviation in 8-bit steps at middle grey. */
  grain: number;
  /** Share of light lost in the corners. */
  vignette: number;
  /** How far lights spill over their surroundings. */
  bloom: number;
  saturation: number;
  contrast: number;
};

export const PHOTO_FINISH: Finish = {
  grain: 2.4,
  vignette: 0.22,
  bloom: 0.35,
  saturation: 1.06,
  contrast: 0.18,
};

const GRAIN_EDGE = 256;
/** Edge of the cells in which spilled light is kept, in pixels. */
const CELL = 8;
const CURVE_SIZE = 4096;
/** Brightest light that the curve tells apart; paper white is 1. */
const CURVE_TOP = 6;

/** Turns linear light into 8-bit RGBA. `frame` moves the grain, as film does. */
export function makeFinisher(width: number, height: number, finish: Finish, seed: number) {
  const grain = makeGrain(seed);
  const curve = makeCurve(finish.contrast);
  const bloom = finish.bloom > 0 ? makeBloom(width, height) : null;
  const edgeX = squaredOffsets(width);
  const edgeY = squaredOffsets(height);
  const toIndex = (CURVE_SIZE - 1) / Math.sqrt(CURVE_TOP);
  return (canvas: Canvas, target: Uint8ClampedArray, frame = 0) => {
    const { data } = canvas;
    const spill = bloom?.(canvas) ?? null;
    const shift = createRandom(seed + frame);
    const grainX = shift.int(GRAIN_EDGE);
    const grainY = shift.int(GRAIN_EDGE);
    const edge = new Float32Array(6);
    for (let y = 0; y < height; y += 1) {
      const grainRow = ((y + grainY) % GRAIN_EDGE) * GRAIN_EDGE;
      const offY = edgeY[y] ?? 0;
      for (let from = 0; from < width; from += CELL) {
        if (spill) spillEdges(spill, from, y, finish.bloom, edge);
        const end = Math.min(width, from + CELL);
        for (let x = from; x < end; x += 1) {
          const at = (y * width + x) * 3;
          const out = (y * width + x) * 4;
          const t = (x - from) / CELL;
          const off = (edgeX[x] ?? 0) + offY;
          const light = 1 - finish.vignette * off * off;
          let r = (data[at] ?? 0) + (edge[0] ?? 0) + (edge[3] ?? 0) * t;
          let g = (data[at + 1] ?? 0) + (edge[1] ?? 0) + (edge[4] ?? 0) * t;
          let b = (data[at + 2] ?? 0) + (edge[2] ?? 0) + (edge[5] ?? 0) * t;
          const grey = 0.2126 * r + 0.7152 * g + 0.0722 * b;
          r = Math.max(0, (grey + (r - grey) * finish.saturation) * light);
          g = Math.max(0, (grey + (g - grey) * finish.saturation) * light);
          b = Math.max(0, (grey + (b - grey) * finish.saturation) * light);
          const cr = curve[Math.min(CURVE_SIZE - 1, (Math.sqrt(r) * toIndex) | 0)] ?? 0;
          const cg = curve[Math.min(CURVE_SIZE - 1, (Math.sqrt(g) * toIndex) | 0)] ?? 0;
          const cb = curve[Math.min(CURVE_SIZE - 1, (Math.sqrt(b) * toIndex) | 0)] ?? 0;
          const tone = (cr + cg + cg + cb) / 1020;
          const speck = grain[grainRow + ((x + grainX) & (GRAIN_EDGE - 1))] ?? 0;
          const noise = speck * (0.45 + finish.grain * (0.35 + 2.6 * tone * (1 - tone)));
          target[out] = cr + noise;
          target[out + 1] = cg + noise;
          target[out + 2] = cb + noise;
          target[out + 3] = 255;
        }
      }
    }
  };
}

function makeGrain(seed: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: GRAIN_EDGE * GRAIN_EDGE }, () => random.normal());
}

/** Straight up to a shoulder, then rolling off, so that a sun stays round and a lit cloud keeps its shape. */
function makeCurve(contrast: number): Float32Array {
  const knee = 0.62;
  const rest = 1 - knee;
  return Float32Array.from({ length: CURVE_SIZE }, (_, i) => {
    const light = CURVE_TOP * (i / (CURVE_SIZE - 1)) ** 2;
    const rolled = light < knee ? light : knee + rest * (1 - Math.exp((knee - light) / rest));
    const coded = rolled <= 0.0031308 ? rolled * 12.92 : 1.055 * rolled ** (1 / 2.4) - 0.055;
    const curved = coded * coded * (3 - 2 * coded);
    return 255 * (coded + (curved - coded) * contrast);
  });
}

function squaredOffsets(length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => ((i + 0.5) / length - 0.5) ** 2 * 2);
}

type Spill = { columns: number; values: Float32Array };

/** The spill at the left edge of a cell in row `y`, and how much it gains towards the right edge; for each channel. */
function spillEdges({ columns, values }: Spill, x: number, y: number, amount: number, edge: Float32Array) {
  const t = (y % CELL) / CELL;
  const above = (Math.floor(y / CELL) * columns + x / CELL) * 3;
  const below = above + columns * 3;
  for (let c = 0; c < 3; c += 1) {
    const left = (values[above + c] ?? 0) * (1 - t) + (values[below + c] ?? 0) * t;
    const right = (values[above + 3 + c] ?? 0) * (1 - t) + (values[below + 3 + c] ?? 0) * t;
    edge[c] = left * amount;
    edge[c + 3] = (right - left) * amount;
  }
}

/** Bright light at an eighth of the size, blurred: three box passes are close to a Gaussian. */
function makeBloom(width: number, height: number) {
  const columns = Math.floor(width / CELL) + 2;
  const rows = Math.floor(height / CELL) + 2;
  const radius = Math.max(2, Math.round(Math.sqrt(columns * rows) / 26));
  let values = new Float32Array(columns * rows * 3);
  let spare = new Float32Array(columns * rows * 3);
  const pass = (step: number, stride: number, length: number, lines: number) => {
    for (let line = 0; line < lines; line += 1) {
      for (let channel = 0; channel < 3; channel += 1) {
        const start = line * stride + channel;
        let sum = 0;
        const at = (i: number) => values[start + Math.max(0, Math.min(length - 1, i)) * step] ?? 0;
        for (let i = -radius; i <= radius; i += 1) sum += at(i);
        for (let i = 0; i < length; i += 1) {
          spare[start + i * step] = sum / (2 * radius + 1);
          sum += at(i + radius + 1) - at(i - radius);
        }
      }
    }
    [values, spare] = [spare, values];
  };
  return ({ data }: Canvas): Spill => {
    values.fill(0);
    for (let row = 0; row < rows; row += 1) {
      for (let column = 0; column < columns; column += 1) {
        const to = (row * columns + column) * 3;
        for (let k = 0; k < 4; k += 1) {
          const x = Math.min(width - 1, column * CELL + (k & 1) * 4);
          const y = Math.min(height - 1, row * CELL + (k >> 1) * 4);
          const from = (y * width + x) * 3;
          for (let channel = 0; channel < 3; channel += 1) {
            const over = (data[from + channel] ?? 0) - 0.72;
            if (over > 0) values[to + channel] = (values[to + channel] ?? 0) + Math.min(2.5, over) / 4;
          }
        }
      }
    }
    for (let i = 0; i < 3; i += 1) {
      pass(3, columns * 3, columns, rows);
      pass(columns * 3, 3, rows, columns);
    }
    return { columns, values };
  };
}
