'use client';
import { useEffect, useState, type RefObject } from 'react';

export type GridWindow = {
  /** Of the grid, in CSS pixels; 0 until it was measured. */
  width: number;
  viewport: number;
  /** How far the top of the window is below the top of the grid, in steps. */
  offset: number;
  /** The person last moved down: what floats gets out of the way. */
  goingDown: boolean;
};

/** Scrolling draws anew once per so many pixels, not once per pixel. */
const STEP = 100;

/** Follows the window's scroll and size in relation to the grid. */
export function useGridWindow(grid: RefObject<HTMLElement | null>): GridWindow {
  const [state, setState] = useState<GridWindow>({ width: 0, viewport: 800, offset: 0, goingDown: false });
  useEffect(() => {
    const element = grid.current;
    if (!element) return;
    let lastY = scrollY;
    const measure = () => {
      // A page under an open viewer keeps its place.
      const box = element.getBoundingClientRect();
      const moved = scrollY - lastY;
      const width = Math.floor(element.clientWidth);
      const offset = Math.floor(-box.top / STEP) * STEP;
      setState((before) => {
        const goingDown = Math.abs(moved) < 4 ? before.goingDown : moved > 0 && scrollY > 80;
        if (
          before.width === width &&
          before.viewport === innerHeight &&
          before.offset === offset &&
          before.goingDown === goingDown
        ) {
          return before;
        }
        return { width, viewport: innerHeight, offset, goingDown };
      });
      lastY = scrollY;
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    addEventListener('scroll', measure, { passive: true });
    addEventListener('resize', measure);
    return () => {
      observer.disconnect();
      removeEventListener('scroll', measure);
      removeEventListener('resize', measure);
    };
  }, [grid]);
  return state;
}
