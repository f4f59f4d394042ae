import { flushSync } from 'react-dom';

/** The name that the open picture bears in the viewer; a tile bears it for the moment of a change. */
export const PICTURE = 'picture';

const inView = (element: HTMLElement | null) => {
  if (!element) return false;
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
};

/**
 * Makes a change within a view transition in which the picture travels from a tile, or to one. Where the browser
 * has none, or the person wants no motion, the change is made at once.
 */
export function morph(
  change: () => void,
  { from, to }: { from: HTMLElement | null; to: HTMLElement | null },
) {
  const still =
    matchMedia('(prefers-reduced-motion: reduce)').matches || document.visibilityState === 'hidden';
  if (still || !('startViewTransition' in document) || (!inView(from) && !inView(to))) {
    change();
    return;
  }
  if (from) from.style.viewTransitionName = PICTURE;
  const transition = document.startViewTransition(() => {
    if (from) from.style.viewTransitionName = '';
    flushSync(change);
    if (to) to.style.viewTransitionName = PICTURE;
  });
  const clear = () => {
    if (to) to.style.viewTransitionName = '';
  };
  transition.finished.then(clear, clear);
  // A transition that the browser skips has still made the change.
  transition.ready.catch(() => {});
}
