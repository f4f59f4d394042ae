import type { Media } from '#core/media.ts';
import { groupByDate, type DateGroup } from './date-groups.ts';
import { justify, tileWidths, type JustifiedRow } from './justify.ts';

export const GAP = 6;
export const HEADER_HEIGHT = 52;

export type HeaderRow = { type: 'header'; top: number; height: number; group: DateGroup };
export type TileRow = JustifiedRow & { type: 'tiles'; top: number };
export type GridRow = HeaderRow | TileRow;

type Item = Pick<Media, 'width' | 'height' | 'createdAt'>;

export type LayoutOptions = {
  width: number;
  /** Wanted row height in pixels. */
  target: number;
  now: Date;
  locale?: string;
};

export type GridLayout = {
  /** Newest first. */
  items: readonly Item[];
  options: LayoutOptions;
  rows: GridRow[];
  groups: DateGroup[];
  /** Positions of the headers in `rows`, one for each group. */
  headers: number[];
  aspects: Float32Array;
  width: number;
  /** Of everything, in pixels. */
  height: number;
};

/** How many items at the head of both lists are laid out alike. */
function countAlike(a: readonly Item[], b: readonly Item[]): number {
  let at = 0;
  for (; at < a.length; at++) {
    const [left, right] = [a[at], b[at]];
    if (left === right) continue;
    if (!left || !right || left.createdAt !== right.createdAt) break;
    if (left.width !== right.width || left.height !== right.height) break;
  }
  return at;
}

const areAlike = (a: LayoutOptions, b: LayoutOptions) =>
  a.width === b.width && a.target === b.target && +a.now === +b.now && a.locale === b.locale;

/**
 * @param before A layout of what may be nearly the same list: dates that are whole and unchanged in it are taken over,
 *   so that a page at the end of 100,000 items costs its own date alone.
 */
export function layoutGrid(
  items: readonly Item[],
  options: LayoutOptions,
  before: GridLayout | null = null,
): GridLayout {
  const { width, target, now, locale } = options;
  const known = before && areAlike(before.options, options) ? before : null;
  const alike = known ? countAlike(known.items, items) : 0;
  if (known && alike === known.items.length && alike === items.length) return known;
  // The next date has to begin where it did, or this one may have grown.
  const kept = known ? known.groups.filter(({ end }) => end < alike).length : 0;

  const groups = known ? known.groups.slice(0, kept) : [];
  const from = groups.at(-1)?.end ?? 0;
  const headers = known ? known.headers.slice(0, kept) : [];
  const rows = known ? known.rows.slice(0, known.headers[kept]) : [];
  const aspects = new Float32Array(items.length);
  if (known) aspects.set(known.aspects.subarray(0, from));
  for (let index = from; index < items.length; index++) {
    const item = items[index];
    if (item) aspects[index] = item.width / item.height;
  }

  const last = rows.at(-1);
  let top = last ? last.top + last.height + (last.type === 'tiles' ? GAP : 0) : 0;
  for (const group of groupByDate(items, now, locale, from)) {
    groups.push(group);
    headers.push(rows.length);
    rows.push({ type: 'header', top, height: HEADER_HEIGHT, group });
    top += HEADER_HEIGHT;
    for (const row of justify(aspects, group.start, group.end, { width, target, gap: GAP })) {
      rows.push({ ...row, type: 'tiles', top });
      top += row.height + GAP;
    }
  }
  return { items, options, rows, groups, headers, aspects, width, height: top };
}

export const headersOf = ({ rows, headers }: GridLayout): HeaderRow[] =>
  headers.flatMap((at) => {
    const row = rows[at];
    return row?.type === 'header' ? [row] : [];
  });

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
