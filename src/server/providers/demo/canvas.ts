import { mix, type Rgb } from './color.ts';

/** A picture in the making: linear light, RGB interleaved, rows from the top. Values over 1 are brighter than paper. */
export type Canvas = {
  width: number;
  height: number;
  data: Float32Array;
  /** Share of each pixel that is painted, on a plate; a picture has none and is opaque. */
  cover?: Float32Array;
};

export const makeCanvas = (width: number, height: number): Canvas => ({
  width,
  height,
  data: new Float32Array(width * height * 3),
});

/** Lays a colour over a pixel: `at` is the index of its red value. Mixed as light, which is right for edges. */
export function blend(canvas: Canvas, at: number, [r, g, b]: Rgb, cover: number) {
  const { data } = canvas;
  data[at] = (data[at] ?? 0) * (1 - cover) + r * cover;
  data[at + 1] = (data[at + 1] ?? 0) * (1 - cover) + g * cover;
  data[at + 2] = (data[at + 2] ?? 0) * (1 - cover) + b * cover;
  if (canvas.cover) {
    const i = at / 3;
    canvas.cover[i] = (canvas.cover[i] ?? 0) * (1 - cover) + cover;
  }
}

export function addLight(canvas: Canvas, at: number, [r, g, b]: Rgb, amount: number) {
  const { data } = canvas;
  data[at] = (data[at] ?? 0) + r * amount;
  data[at + 1] = (data[at + 1] ?? 0) + g * amount;
  data[at + 2] = (data[at + 2] ?? 0) + b * amount;
}

export type Box = { left: number; top: number; right: number; bottom: number };

/** Calls `visit` for each pixel of a box that lies on the canvas, with the pixel's centre. */
export function eachPixel(
  { width, height }: Canvas,
  box: Box,
  visit: (at: number, x: number, y: number) => void,
) {
  const left = Math.max(0, Math.floor(box.left));
  const right = Math.min(width - 1, Math.ceil(box.right));
  const top = Math.max(0, Math.floor(box.top));
  const bottom = Math.min(height - 1, Math.ceil(box.bottom));
  for (let y = top; y <= bottom; y += 1) {
    let at = (y * width + left) * 3;
    for (let x = left; x <= right; x += 1, at += 3) visit(at, x + 0.5, y + 0.5);
  }
}

export const boxAround = (x: number, y: number, radius: number, radiusY = radius): Box => ({
  left: x - radius - 1,
  top: y - radiusY - 1,
  right: x + radius + 1,
  bottom: y + radiusY + 1,
});

export function paintDisc(canvas: Canvas, x: number, y: number, radius: number, color: Rgb, alpha = 1) {
  eachPixel(canvas, boxAround(x, y, radius), (at, px, py) => {
    const cover = Math.min(1, radius + 0.5 - Math.hypot(px - x, py - y));
    if (cover > 0) blend(canvas, at, color, cover * alpha);
  });
}

/** Soft light that falls to nothing at `radius`. */
export function paintGlow(
  canvas: Canvas,
  x: number,
  y: number,
  radius: number,
  color: Rgb,
  strength: number,
) {
  const perSquare = 1 / (radius * radius);
  eachPixel(canvas, boxAround(x, y, radius), (at, px, py) => {
    const near = 1 - ((px - x) * (px - x) + (py - y) * (py - y)) * perSquare;
    if (near > 0) addLight(canvas, at, color, near * near * near * strength);
  });
}

/**
 * A shape by its distance field: `distance` answers in pixels, negative inside. Box is where it may be seen.
 */
export function paintShape(
  canvas: Canvas,
  box: Box,
  distance: (x: number, y: number) => number,
  color: Rgb | ((x: number, y: number, distance: number) => Rgb),
  alpha = 1,
) {
  eachPixel(canvas, box, (at, x, y) => {
    const away = distance(x, y);
    if (away >= 0.5) return;
    const cover = Math.min(1, 0.5 - away) * alpha;
    blend(canvas, at, typeof color === 'function' ? color(x, y, away) : color, cover);
  });
}

/**
 * Everything below a skyline, `top[x]` pixels from the upper edge, coloured by depth under it; down to `hidden[x]`
 * when something nearer covers the rest.
 */
export function paintBelow(
  canvas: Canvas,
  top: Float32Array,
  color: (x: number, y: number, below: number) => Rgb,
  hidden?: Float32Array,
) {
  const { width, height } = canvas;
  for (let x = 0; x < width; x += 1) {
    const edge = top[x] ?? height;
    const slope = Math.abs((top[x + 1] ?? edge) - (top[x - 1] ?? edge)) / 2;
    const soft = Math.sqrt(1 + slope * slope);
    const end = Math.min(height, hidden?.[x] ?? height);
    for (let y = Math.max(0, Math.floor(edge - soft)); y < end; y += 1) {
      const cover = Math.min(1, (y + 0.5 - edge) / soft + 0.5);
      if (cover > 0) blend(canvas, (y * width + x) * 3, color(x, y, y - edge), cover);
    }
  }
}

/** Rows of one colour each, from the top colour to the bottom one. */
export function fillGradient(canvas: Canvas, top: Rgb, bottom: Rgb) {
  const { width, height, data } = canvas;
  for (let y = 0; y < height; y += 1) {
    const [r, g, b] = mix(top, bottom, y / Math.max(1, height - 1));
    for (let at = y * width * 3, end = at + width * 3; at < end; at += 3) {
      data[at] = r;
      data[at + 1] = g;
      data[at + 2] = b;
    }
  }
}
