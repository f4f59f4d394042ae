'use client';
import { useMemo, useState } from 'react';
import type { Media } from '#core/media.ts';
import { layoutGrid, type GridLayout, type LayoutOptions } from './grid-layout.ts';

/** Lays out one list after another. What it remembers changes how long that takes, never what comes of it. */
function createLayouter() {
  let last: GridLayout | null = null;
  return (items: readonly Media[], options: LayoutOptions): GridLayout => {
    last = layoutGrid(items, options, last);
    return last;
  };
}

/** The layout of a list, made from that of the list before where they agree. */
export function useGridLayout(
  items: readonly Media[],
  { width, target, now }: { width: number; target: number; now: Date },
): GridLayout {
  const [layOut] = useState(createLayouter);
  return useMemo(() => layOut(items, { width, target, now }), [layOut, items, width, target, now]);
}
