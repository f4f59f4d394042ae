'use client';
import { useEffect, useLayoutEffect, useRef, type RefObject } from 'react';
import type { Media } from '#core/media.ts';
import { rowAt, rowOfItem, type GridLayout } from './grid-layout.ts';

type Anchor = { id: Media['id']; index: number; below: number };

/**
 * Keeps what is on the screen where it is when rows above it change: the first visible item is remembered, and the
 * page is moved by as much as that item was.
 */
export function useScrollAnchor(
  grid: RefObject<HTMLElement | null>,
  layout: GridLayout,
  items: readonly Pick<Media, 'id'>[],
) {
  const anchor = useRef<Anchor | null>(null);

  useEffect(() => {
    const remember = () => {
      const element = grid.current;
      if (!element) return;
      const offset = -element.getBoundingClientRect().top;
      if (offset <= 0) {
        anchor.current = null;
        return;
      }
      let at = rowAt(layout, offset);
      while (layout.rows[at]?.type === 'header') at++;
      const row = layout.rows[at];
      const item = row?.type === 'tiles' ? items[row.start] : undefined;
      anchor.current =
        item && row?.type === 'tiles' ? { id: item.id, index: row.start, below: row.top - offset } : null;
    };
    remember();
    addEventListener('scroll', remember, { passive: true });
    return () => removeEventListener('scroll', remember);
  }, [grid, layout, items]);

  useLayoutEffect(() => {
    const element = grid.current;
    const kept = anchor.current;
    if (!element || !kept) return;
    const index =
      items[kept.index]?.id === kept.id ? kept.index : items.findIndex(({ id }) => id === kept.id);
    const row = index < 0 ? undefined : layout.rows[rowOfItem(layout, index)];
    if (!row) return;
    const moved = row.top - kept.below + element.getBoundingClientRect().top;
    if (Math.abs(moved) >= 1) scrollBy({ top: moved, behavior: 'instant' });
  }, [grid, layout, items]);
}
