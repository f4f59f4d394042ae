const KEY = 'afterimage:rail';

/** Runs before the first paint, so that a collapsed sidebar never opens and closes again. */
export const RAIL_SCRIPT = `try{if(localStorage.getItem('${KEY}')==='1')document.documentElement.dataset.rail=''}catch{}if(/Mac|iP(hone|ad)/.test(navigator.platform))document.documentElement.dataset.apple=''`;

export const isRail = () => document.documentElement.dataset.rail !== undefined;

const listeners = new Set<() => void>();

export function subscribeRail(listener: () => void) {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export function toggleRail() {
  const next = !isRail();
  if (next) document.documentElement.dataset.rail = '';
  else delete document.documentElement.dataset.rail;
  try {
    localStorage.setItem(KEY, next ? '1' : '0');
  } catch {
    // Storage is closed to this page: the choice lasts until it is left.
  }
  for (const listener of listeners) listener();
}
