'use client';
import { useEffect, useMemo, useReducer, useRef, useState, type RefObject } from 'react';
import type { Media, MediaId } from '#core/media.ts';
import { HEADER_HEIGHT, rowOfItem, type GridLayout } from './grid-layout.ts';

const MARGIN = 12;

/** Keeps one tile as the grid's tab stop, and moves the focus to tiles that may not be drawn yet. */
export function useRovingFocus(
  grid: RefObject<HTMLElement | null>,
  layout: GridLayout,
  items: readonly Media[],
  firstVisible: number,
) {
  const [focused, setFocused] = useState<MediaId | null>(null);
  const wanted = useRef<MediaId | null>(null);
  const held = useRef<MediaId | null>(null);
  /** Draws anew even when the wanted tile is the tab stop already. */
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const known = useMemo(() => focused !== null && items.some(({ id }) => id === focused), [focused, items]);
  const tabStop = known ? focused : (items[firstVisible]?.id ?? items[0]?.id ?? null);

  useEffect(() => {
    // A focused tile that was drawn anew in another row has lost the focus without having been left.
    const lost = document.activeElement === document.body ? held.current : null;
    const id = wanted.current ?? lost;
    const cell = id && grid.current?.querySelector<HTMLElement>(`[data-media-id="${id}"]`);
    if (lost && items.length === 0) {
      held.current = null;
      document.querySelector('main')?.focus({ preventScroll: true });
    }
    if (!cell) return;
    wanted.current = null;
    cell.focus({ preventScroll: true });
  });

  function bringIntoView(index: number) {
    const element = grid.current;
    const row = layout.rows[rowOfItem(layout, index)];
    if (!element || !row) return;
    const top = element.getBoundingClientRect().top + row.top;
    const room = innerHeight - (innerWidth < 768 ? 72 : 0);
    if (top < HEADER_HEIGHT) scrollBy({ top: top - HEADER_HEIGHT - MARGIN, behavior: 'instant' });
    else if (top + row.height > room) {
      // A row taller than the window shows its top.
      const by = Math.min(top + row.height - room + MARGIN, top - HEADER_HEIGHT);
      scrollBy({ top: by, behavior: 'instant' });
    }
  }

  function focusItem(index: number) {
    const id = items[index]?.id;
    if (!id) return;
    bringIntoView(index);
    wanted.current = id;
    setFocused(id);
    redraw();
  }

  return {
    tabStop,
    /** Call when a tile got the focus by itself. */
    noteFocus(id: MediaId) {
      held.current = id;
      setFocused(id);
    },
    /** Call when the focus left a tile; a tile that is removed does not tell. */
    noteBlur() {
      held.current = null;
    },
    focusItem,
  };
}
