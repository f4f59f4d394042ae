import { makeCanvas, type Canvas } from './canvas.ts';

/** A canvas with nothing on it yet: what is painted on a plate is laid over a picture, frame after frame. */
export type Plate = Canvas & { cover: Float32Array };

export const makePlate = (width: number, height: number): Plate => ({
  ...makeCanvas(width, height),
  cover: new Float32Array(width * height),
});

/** Lays a plate of the same size over a picture. */
export function layPlate({ data, height }: Canvas, plate: Plate) {
  const { cover, data: paint, width } = plate;
  for (let i = 0, at = 0; i < width * height; i += 1, at += 3) {
    const c = cover[i] ?? 0;
    if (c === 0) continue;
    const rest = 1 - c;
    data[at] = (data[at] ?? 0) * rest + (paint[at] ?? 0);
    data[at + 1] = (data[at + 1] ?? 0) * rest + (paint[at + 1] ?? 0);
    data[at + 2] = (data[at + 2] ?? 0) * rest + (paint[at + 2] ?? 0);
  }
}

/** As `layPlate`, each row moved sideways by `shift(y)` pixels, fractions included; its ends are drawn out. */
export function laySwaying({ data, height }: Canvas, plate: Plate, shift: (y: number) => number) {
  const { cover, data: paint, width } = plate;
  for (let y = 0; y < height; y += 1) {
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
