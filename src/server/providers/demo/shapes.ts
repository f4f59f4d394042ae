/**
 * Signed distances to plain shapes, negative inside, in the unit of their arguments. Formulas after Inigo Quilez,
 * "2D distance functions"; the ellipse is the usual first-order estimate, exact at its edge.
 */
/** Not Math.hypot, which guards against overflow and costs ten times as much. */
const length = (x: number, y: number) => Math.sqrt(x * x + y * y);

export const circle = (x: number, y: number, radius: number) => length(x, y) - radius;

export function ellipse(x: number, y: number, rx: number, ry: number): number {
  const near = length(x / rx, y / ry);
  const steep = length(x / (rx * rx), y / (ry * ry));
  return steep < 1e-9 ? -Math.min(rx, ry) : (near * (near - 1)) / steep;
}

export function box(x: number, y: number, halfWidth: number, halfHeight: number, round = 0): number {
  const dx = Math.abs(x) - halfWidth + round;
  const dy = Math.abs(y) - halfHeight + round;
  return length(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - round;
}

/** A line with round ends. */
export function segment(x: number, y: number, from: Point, to: Point, radius: number): number {
  const [px, py] = [x - from[0], y - from[1]];
  const [bx, by] = [to[0] - from[0], to[1] - from[1]];
  const along = Math.max(0, Math.min(1, (px * bx + py * by) / (bx * bx + by * by || 1)));
  return length(px - bx * along, py - by * along) - radius;
}

export type Point = readonly [x: number, y: number];

/** A filled polygon, convex or not. */
export function polygon(x: number, y: number, corners: readonly Point[], round = 0): number {
  let nearest = Infinity;
  let inside = false;
  let before = corners.at(-1) ?? [0, 0];
  for (const corner of corners) {
    nearest = Math.min(nearest, segment(x, y, before, corner, 0));
    if (corner[1] > y !== before[1] > y) {
      const crossing = ((before[0] - corner[0]) * (y - corner[1])) / (before[1] - corner[1]) + corner[0];
      if (x < crossing) inside = !inside;
    }
    before = corner;
  }
  return (inside ? -nearest : nearest) - round;
}

/** A lens between two points at a distance of `long` each from the middle: eyes, leaves, petals. */
export function lens(x: number, y: number, long: number, thick: number): number {
  const radius = (long * long + thick * thick) / (2 * thick);
  return Math.max(length(x, y - (radius - thick)), length(x, y + (radius - thick))) - radius;
}

/** The union of two shapes, melted together over `soft`. */
export function melt(a: number, b: number, soft: number): number {
  const h = Math.max(0, Math.min(1, 0.5 + (0.5 * (b - a)) / soft));
  return b + (a - b) * h - soft * h * (1 - h);
}
