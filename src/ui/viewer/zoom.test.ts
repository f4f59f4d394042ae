import { describe, expect, test } from 'vitest';
import { clampView, FIT, fitted, fullScale, maxScale, zoomAt } from './zoom.ts';

const picture = { width: 2000, height: 1000 };
const stage = { width: 1000, height: 800 };

describe('zoom', () => {
  test('fits a large picture whole, and leaves a small one its size', () => {
    expect(fitted(picture, stage)).toEqual({ width: 1000, height: 500 });
    expect(fitted({ width: 300, height: 200 }, stage)).toEqual({ width: 300, height: 200 });
    expect(fullScale(picture, stage)).toBe(2);
    expect(fullScale({ width: 300, height: 200 }, stage)).toBe(1);
  });

  test('keeps what is under the pointer under it', () => {
    const point = { x: 200, y: -30 };
    const before = { scale: 2, x: 40, y: 20 };
    const after = zoomAt(before, 3, point, picture, stage);
    const under = (view: typeof before) => ({
      x: (point.x - view.x) / view.scale,
      y: (point.y - view.y) / view.scale,
    });
    expect(under(after).x).toBeCloseTo(under(before).x);
    expect(under(after).y).toBeCloseTo(under(before).y);
  });

  test('never leaves the picture, whatever is asked', () => {
    expect(clampView({ scale: 2, x: 9999, y: -9999 }, picture, stage)).toEqual({ scale: 2, x: 500, y: -100 });
    expect(clampView({ scale: 0.1, x: 50, y: 50 }, picture, stage)).toEqual(FIT);
    expect(zoomAt(FIT, 1000, { x: 0, y: 0 }, picture, stage).scale).toBe(maxScale(picture, stage));
  });

  test('zooming out ends centred', () => {
    expect(zoomAt({ scale: 3, x: 700, y: 100 }, 1, { x: 300, y: 200 }, picture, stage)).toEqual(FIT);
  });
});
