import { makeCanvas, type Canvas } from './canvas.ts';

/** A canvas with nothing on it yet: what is painted on a plate is laid over a picture, frame after frame. */
export type Plate = Canvas & {
  cover: Float32Array;
  /** First row with paint on it, known once the plate has been laid. */
  top?: number;
};

export const makePlate = (width: number, height: number): Plate => ({
  ...makeCanvas(width, height),
  cover: new Float32Array(width * height),
});

const topOf = ({ cover, width, height }: Plate) => {
  const first = cover.findIndex((share) => share > 0);
  return first < 0 ? height : Math.floor(first / width);
};

/** Lays a finished plate of the same size over a picture, or over another plate. */
export function layPlate({ data, height, cover: under }: Canvas, plate: Plate) {
  const { cover, data: paint, width } = plate;
  plate.top ??= topOf(plate);
  const start = plate.top * width;
  for (let i = start, at = start * 3; i < width * height; i += 1, at += 3) {
    const c = cover[i] ?? 0;
    if (c === 0) continue;
    if (under) under[i] = (under[i] ?? 0) * (1 - c) + c;
    if (c > 0.999) {
      data[at] = paint[at] ?? 0;
      data[at + 1] = paint[at + 1] ?? 0;
      data[at + 2] = paint[at + 2] ?? 0;
      continue;
    }
    const rest = 1 - c;
    data[at] = (data[at] ?? 0) * rest + (paint[at] ?? 0);
    data[at + 1] = (data[at + 1] ?? 0) * rest + (paint[at + 1] ?? 0);
    data[at + 2] = (data[at + 2] ?? 0) * rest + (paint[at + 2] ?? 0);
  }
}

/** As `layPlate`, each row moved sideways by `shift(y)` pixels, fractions included; its ends are drawn out. */
export function laySwaying({ data, height }: Canvas, plate: Plate, shift: (y: number) => number) {
  const { cover, data: paint, width } = plate;
  plate.top ??= topOf(plate);
  for (let y = plate.top; y < height; y += 1) {
    const move = shift(y);
    const whole = Math.floor(move);
    const part = move - whole;
    for (let x = 0, at = y * width * 3; x < width; x += 1, at += 3) {
      const near = y * width + Math.max(0, Math.min(width - 1, x - whole));
      const far = y * width + Math.max(0, Math.min(width - 1, x - whole - 1));
      const c = (cover[near] ?? 0) * (1 - part) + (cover[far] ?? 0) * part;
      if (c === 0) continue;
      for (let k = 0; k < 3; k += 1) {
        const tone = (paint[near * 3 + k] ?? 0) * (1 - part) + (paint[far * 3 + k] ?? 0) * part;
        data[at + k] = (data[at + k] ?? 0) * (1 - c) + tone;
      }
    }
  }
}
