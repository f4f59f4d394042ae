import { describe, expect, test } from 'vitest';
import {
  GAP,
  HEADER_HEIGHT,
  layoutGrid,
  moveFocus,
  rowAt,
  rowOfItem,
  type GridLayout,
} from './grid-layout.ts';

const NOW = new Date(2026, 10, 21, 15, 30);
const item = (width: number, height: number, daysAgo = 0) => ({
  width,
  height,
  createdAt: new Date(2026, 10, 21 - daysAgo, 12).toISOString(),
});
const OPTIONS = { width: 1000, target: 200, now: NOW, locale: 'en' };

describe('grid layout', () => {
  test('stacks headers and rows without overlap', () => {
    const items = Array.from({ length: 60 }, (_, at) => item(100 + (at % 7) * 60, 200, Math.floor(at / 20)));
    const layout = layoutGrid(items, OPTIONS);
    layout.rows.forEach((row, at) => {
      const next = layout.rows[at + 1];
      const bottom = row.top + row.height + (row.type === 'tiles' ? GAP : 0);
      expect(next ? next.top : layout.height).toBe(bottom);
    });
    expect(layout.rows.filter((row) => row.type === 'header')).toHaveLength(3);
  });

  test('finds the row at an offset and the row of an item', () => {
    const items = Array.from({ length: 200 }, (_, at) => item(300, 200, Math.floor(at / 50)));
    const layout = layoutGrid(items, OPTIONS);
    for (let index = 0; index < items.length; index++) {
      const row = layout.rows[rowOfItem(layout, index)];
      expect(row).toMatchObject({ type: 'tiles' });
      expect(row?.type === 'tiles' && row.start <= index && index < row.end).toBe(true);
    }
    expect(rowAt(layout, 0)).toBe(0);
    expect(rowAt(layout, HEADER_HEIGHT)).toBe(1);
    expect(rowAt(layout, Number.MAX_SAFE_INTEGER)).toBe(layout.rows.length - 1);
  });

  test('made from the layout before, is the one made from nothing', () => {
    const all = Array.from({ length: 900 }, (_, at) =>
      item(100 + ((at * 37) % 400), 200, Math.floor(at / 45) * 3),
    );
    let before: GridLayout | null = null;
    const lists = [
      ...[1, 44, 45, 46, 300, 301, 900].map((count) => all.slice(0, count)),
      all.with(500, item(900, 200, 33)),
      all.toSpliced(44, 1),
      all.slice(45),
      [item(200, 200), ...all],
      [],
      all,
    ];
    for (const items of lists) {
      const layout: GridLayout = layoutGrid(items, OPTIONS, before);
      expect(layout).toEqual(layoutGrid(items, OPTIONS));
      before = layout;
    }
    expect(layoutGrid(all, { ...OPTIONS, width: 700 }, before)).toEqual(
      layoutGrid(all, { ...OPTIONS, width: 700 }),
    );
  });

  test('takes over what is the same in the layout before', () => {
    const items = Array.from({ length: 100 }, (_, at) => item(300, 200, Math.floor(at / 25) * 2));
    const before = layoutGrid(items.slice(0, 80), OPTIONS);
    const after = layoutGrid(items, OPTIONS, before);
    const taken = after.rows.filter((row) => before.rows.includes(row));
    expect(taken.length).toBe(before.headers[3]);
    expect(layoutGrid([...items], OPTIONS, after)).toBe(after);
  });

  test('an arrow goes to the nearest tile above or below, across date headers', () => {
    const items = [item(500, 200), item(500, 200), item(200, 200, 1), item(200, 200, 1), item(200, 200, 1)];
    const layout = layoutGrid(items, OPTIONS);
    expect(moveFocus(layout, 0, 'down')).toBe(3);
    expect(moveFocus(layout, 1, 'down')).toBe(4);
    expect(moveFocus(layout, 4, 'up')).toBe(1);
    expect(moveFocus(layout, 2, 'up')).toBe(0);
    expect(moveFocus(layout, 4, 'down')).toBe(4);
    expect(moveFocus(layout, 0, 'left')).toBe(0);
    expect(moveFocus(layout, 4, 'right')).toBe(4);
    expect(moveFocus(layout, 2, 'first')).toBe(0);
    expect(moveFocus(layout, 2, 'last')).toBe(4);
  });
});
