/** What page and service worker both know: the names of caches, and what the one tells the other. */

const THUMBS = 'afterimage:thumbs:';
const SHELL = 'afterimage:shell:';

/** One cache for each library: what was kept for one owner cannot answer another. */
export const thumbsOf = (library: string) => `${THUMBS}${library}`;
export const isThumbs = (name: string) => name.startsWith(THUMBS);
/** One cache for each build: pages and the scripts that they name, whole. */
export const shellOf = (build: string) => `${SHELL}${build}`;
export const isShell = (name: string) => name.startsWith(SHELL);

export const SETTINGS = 'afterimage:settings';
export const BUDGET_KEY = '/thumb-budget';
/** The companion cookie, which says whose browser this is. */
export const COMPANION = 'library';

export type ToWorker =
  /** The person wants the new version now. */
  | { type: 'take-over' }
  /** The budget was changed. */
  | { type: 'trim' }
  /** Paths of stills that this page got before the worker could see it. */
  | { type: 'keep'; paths: readonly string[] };

const STILL = /^(\/media\/[0-9a-f-]{36}\/)(thumb|poster|preview)$/;

/** A path to a still, and the path of the thumbnail that can stand in for it; null for anything else. */
export function readStill(path: string): { isKept: boolean; thumb: string } | null {
  const [, item, role] = STILL.exec(path) ?? [];
  return item ? { isKept: role !== 'preview', thumb: `${item}thumb` } : null;
}
