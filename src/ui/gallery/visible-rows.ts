import { rowAt, type GridLayout } from './grid-layout.ts';

/** No more tiles than this are in the page at once, whatever the size of the library. */
export const MAX_TILES = 200;

export type RowRange = { first: number; last: number };

const tilesIn = ({ rows }: GridLayout, { first, last }: RowRange) => {
  let count = 0;
  for (let at = first; at <= last; at++) {
    const row = rows[at];
    if (row?.type === 'tiles') count += row.end - row.start;
  }
  return count;
};

/**
 * Positions of the rows to draw for a window `height` pixels high that starts `offset` pixels into the layout, with
 * as much beyond its edges as the number of tiles allows.
 */
export function visibleRows(layout: GridLayout, offset: number, height: number): RowRange | null {
  if (layout.rows.length === 0) return null;
  for (let beyond = height; ; beyond /= 2) {
    const range = {
      first: rowAt(layout, Math.max(0, offset - beyond)),
      last: rowAt(layout, offset + height + beyond),
    };
    if (beyond < 40 || tilesIn(layout, range) <= MAX_TILES) return range;
  }
}
