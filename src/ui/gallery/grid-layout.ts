import type { Media } from '#core/media.ts';
import { groupByDate, type DateGroup } from './date-groups.ts';
import { justify, tileWidths, type JustifiedRow } from './justify.ts';

export const GAP = 6;
export const HEADER_HEIGHT = 52;

export type HeaderRow = { type: 'header'; top: number; height: number; group: DateGroup };
export type TileRow = JustifiedRow & { type: 'tiles'; top: number };
export type GridRow = HeaderRow | TileRow;

export type GridLayout = {
  rows: GridRow[];
  groups: DateGroup[];
  aspects: Float32Array;
  width: number;
  /** Of everything, in pixels. */
  height: number;
};

type Item = Pick<Media, 'width' | 'height' | 'createdAt'>;

/** @param options.target Wanted row height in pixels. */
export function layoutGrid(
  items: readonly Item[],
  options: { width: number; target: number; now: Date; locale?: string },
): GridLayout {
  const { width, target, now, locale } = options;
  const aspects = new Float32Array(items.length);
  items.forEach((item, index) => (aspects[index] = item.width / item.height));
  const groups = groupByDate(items, now, locale);
  const rows: GridRow[] = [];
  let top = 0;
  for (const group of groups) {
    rows.push({ type: 'header', top, height: HEADER_HEIGHT, group });
    top += HEADER_HEIGHT;
    for (const row of justify(aspects, group.start, group.end, { width, target, gap: GAP })) {
      rows.push({ ...row, type: 'tiles', top });
      top += row.height + GAP;
    }
  }
  return { rows, groups, aspects, width, height: top };
}

/** The position in `rows` of the last row that starts at or above `offset`. */
export function rowAt({ rows }: GridLayout, offset: number): number {
  let low = 0;
  let high = rows.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((rows[middle]?.top ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The position in `rows` of the row that holds an item. */
export function rowOfItem({ rows }: GridLayout, index: number): number {
  let low = 0;
  let high = rows.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const row = rows[middle];
    const first = row?.type === 'tiles' ? row.start : (row?.group.start ?? 0);
    if (first <= index) low = middle;
    else high = middle - 1;
  }
  return low;
}

export const widthsOf = (layout: GridLayout, row: TileRow) =>
  tileWidths(layout.aspects, row, { width: layout.width, gap: GAP });

export type Direction = 'left' | 'right' | 'up' | 'down' | 'first' | 'last';

/** The item that an arrow leads to from another: up and down go to the tile whose middle is nearest. */
export function moveFocus(layout: GridLayout, index: number, direction: Direction): number {
  const last = layout.aspects.length - 1;
  switch (direction) {
    case 'first':
      return 0;
    case 'last':
      return last;
    case 'left':
      return Math.max(0, index - 1);
    case 'right':
      return Math.min(last, index + 1);
    case 'up':
      return moveRow(layout, index, -1);
    case 'down':
      return moveRow(layout, index, 1);
  }
}

function moveRow(layout: GridLayout, index: number, step: 1 | -1): number {
  let at = rowOfItem(layout, index);
  const from = layout.rows[at];
  if (from?.type !== 'tiles') return index;
  const middle = middles(layout, from)[index - from.start] ?? 0;
  for (at += step; at >= 0 && at < layout.rows.length; at += step) {
    const row = layout.rows[at];
    if (row?.type !== 'tiles') continue;
    let best = 0;
    let distance = Number.POSITIVE_INFINITY;
    middles(layout, row).forEach((candidate, position) => {
      if (Math.abs(candidate - middle) >= distance) return;
      best = position;
      distance = Math.abs(candidate - middle);
    });
    return row.start + best;
  }
  return index;
}

function middles(layout: GridLayout, row: TileRow): number[] {
  let left = 0;
  return widthsOf(layout, row).map((width) => {
    const middle = left + width / 2;
    left += width + GAP;
    return middle;
  });
}
