import { describe, expect, test } from 'vitest';
import { justify, tileWidths, type JustifiedRow } from './justify.ts';

const OPTIONS = { width: 1000, target: 200, gap: 6 };

function rowWidth(aspects: number[], row: JustifiedRow, options = OPTIONS) {
  const widths = tileWidths(aspects, row, options);
  return widths.reduce((sum, width) => sum + width, 0) + options.gap * (widths.length - 1);
}

function random(seed: number) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

const mixed = (count: number) => {
  const next = random(7);
  return Array.from({ length: count }, () => 0.25 + next() * 3.75);
};

describe('justified rows', () => {
  test('hold every item once, in order', () => {
    const aspects = mixed(500);
    const rows = justify(aspects, 0, aspects.length, OPTIONS);
    expect(
      rows.flatMap((row) => Array.from({ length: row.end - row.start }, (_, at) => row.start + at)),
    ).toEqual(aspects.map((_, index) => index));
  });

  test('fill the width to the pixel, whatever the aspects', () => {
    for (const width of [320, 378, 777, 1000, 2559]) {
      const options = { ...OPTIONS, width };
      const aspects = mixed(400);
      const full = justify(aspects, 0, aspects.length, options).filter((row) => row.full);
      expect(new Set(full.map((row) => rowWidth(aspects, row, options)))).toEqual(new Set([width]));
    }
  });

  test('stay near the target height', () => {
    const aspects = mixed(2000);
    const heights = justify(aspects, 0, aspects.length, OPTIONS)
      .filter((row) => row.full)
      .map((row) => row.height);
    expect(Math.max(...heights)).toBeLessThanOrEqual(320);
    expect(Math.min(...heights)).toBeGreaterThan(100);
  });

  test('leave a short last row at the target height and at the left', () => {
    const [row] = justify([1, 1], 0, 2, OPTIONS);
    expect(row).toEqual({ start: 0, end: 2, height: 200, full: false });
    expect(row && rowWidth([1, 1], row)).toBe(406);
  });

  test('keep the aspect of each picture within a pixel', () => {
    const aspects = mixed(200);
    for (const row of justify(aspects, 0, aspects.length, OPTIONS)) {
      tileWidths(aspects, row, OPTIONS).forEach((width, at) => {
        const wanted = (aspects[row.start + at] ?? 1) * row.height;
        expect(Math.abs(width - wanted)).toBeLessThanOrEqual(1 + (aspects[row.start + at] ?? 1) / 2 + 0.5);
      });
    }
  });

  test('give a panorama that is wider than a narrow screen a row of its own', () => {
    const rows = justify([21 / 9, 4, 1], 0, 3, { width: 360, target: 200, gap: 6 });
    expect(rows.map((row) => [row.start, row.end])).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
    ]);
    expect(rows[1]).toMatchObject({ height: 90, full: true });
  });

  test('take nonsense for a square instead of failing', () => {
    const nonsense = [Number.NaN, 0, -1, Number.POSITIVE_INFINITY];
    const rows = justify(nonsense, 0, 4, OPTIONS);
    expect(rows.map((row) => tileWidths(nonsense, row, OPTIONS))).toEqual([[200, 200, 200, 200]]);
  });

  test('make nothing of a width of zero', () => {
    expect(justify([1, 1], 0, 2, { ...OPTIONS, width: 0 })).toEqual([]);
  });

  test('look at each of 100,000 items a constant number of times', () => {
    const aspects = mixed(100_000);
    let reads = 0;
    const counted = new Proxy(aspects, {
      get(target, key) {
        reads++;
        return Reflect.get(target, key);
      },
    });
    justify(counted, 0, aspects.length, OPTIONS);
    expect(reads).toBeLessThan(200_000);
  });
});
