'use client';
import { useEffect, useState, type RefObject } from 'react';
import { flushSync } from 'react-dom';

export type GridWindow = {
  /** Of the grid, in CSS pixels; 0 until it was measured. */
  width: number;
  viewport: number;
  /** How far the top of the window is below the top of the grid, in steps. */
  offset: number;
  /** The person last moved down: what floats gets out of the way. */
  goingDown: boolean;
  /** Too fast for anything to be looked at. */
  isFlying: boolean;
};

/** Scrolling draws anew once per so many pixels, not once per pixel. */
const STEP = 100;
/** How long after the last leap a flight is over. */
const LANDED_MS = 120;

const areSame = (a: GridWindow, b: GridWindow) =>
  a.width === b.width &&
  a.viewport === b.viewport &&
  a.offset === b.offset &&
  a.goingDown === b.goingDown &&
  a.isFlying === b.isFlying;

/** Follows the window's scroll and size in relation to the grid. */
export function useGridWindow(grid: RefObject<HTMLElement | null>): GridWindow {
  const [state, setState] = useState<GridWindow>({
    width: 0,
    viewport: 800,
    offset: 0,
    goingDown: false,
    isFlying: false,
  });
  useEffect(() => {
    const element = grid.current;
    if (!element) return;
    let lastY = scrollY;
    let landing: ReturnType<typeof setTimeout> | undefined;
    const measure = () => {
      // A page under an open viewer keeps its place.
      const box = element.getBoundingClientRect();
      const moved = scrollY - lastY;
      lastY = scrollY;
      const isLeap = Math.abs(moved) > innerHeight;
      const update = () =>
        setState((before) => {
          const after = {
            width: Math.floor(element.clientWidth),
            viewport: innerHeight,
            offset: Math.floor(-box.top / STEP) * STEP,
            goingDown: Math.abs(moved) < 4 ? before.goingDown : moved > 0 && scrollY > 80,
            isFlying: isLeap || before.isFlying,
          };
          return areSame(before, after) ? before : after;
        });
      if (!isLeap) return update();
      clearTimeout(landing);
      landing = setTimeout(() => setState((before) => ({ ...before, isFlying: false })), LANDED_MS);
      // Nothing of what is drawn is in sight any more: a later frame would be a bare one.
      flushSync(update);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    addEventListener('scroll', measure, { passive: true });
    addEventListener('resize', measure);
    return () => {
      clearTimeout(landing);
      observer.disconnect();
      removeEventListener('scroll', measure);
      removeEventListener('resize', measure);
    };
  }, [grid]);
  return state;
}
