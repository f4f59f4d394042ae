import { describe, expect, test } from 'vitest';
import { layoutGrid } from './grid-layout.ts';
import { targetHeight } from './views.ts';
import { MAX_TILES, visibleRows } from './visible-rows.ts';

const NOW = new Date(2026, 10, 21, 15);
const items = Array.from({ length: 20_000 }, (_, at) => ({
  width: [1024, 1024, 768, 1365, 1820][at % 5] ?? 1024,
  height: 1024,
  createdAt: new Date(NOW.getTime() - at * 600_000).toISOString(),
}));

describe('visible rows', () => {
  test('cover the window and hold at most 200 tiles, on any screen and at any size', () => {
    for (const [width, height] of [
      [390, 844],
      [820, 1180],
      [1200, 900],
      [2300, 1440],
      [3600, 2160],
    ] as const) {
      for (const size of [0, 1, 2, 3, 4]) {
        const target = targetHeight(size, width, height);
        const layout = layoutGrid(items, { width, target, now: NOW, locale: 'en' });
        for (const offset of [-300, 0, 5000, layout.height / 2, layout.height - height]) {
          const range = visibleRows(layout, offset, height);
          const rows = layout.rows.slice(range?.first, (range?.last ?? 0) + 1);
          const tiles = rows.reduce((sum, row) => sum + (row.type === 'tiles' ? row.end - row.start : 0), 0);
          expect(tiles).toBeLessThanOrEqual(MAX_TILES);
          expect(rows[0]?.top).toBeLessThanOrEqual(Math.max(0, offset));
          const last = rows.at(-1);
          expect((last?.top ?? 0) + (last?.height ?? 0) + 6).toBeGreaterThanOrEqual(
            Math.min(layout.height, offset + height),
          );
        }
      }
    }
  });

  test('are none of an empty layout', () => {
    expect(visibleRows(layoutGrid([], { width: 900, target: 200, now: NOW }), 0, 900)).toBeNull();
  });
});
