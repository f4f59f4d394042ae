/** What the page itself does with kept stills: deletes them, and says how much room they may take. */
import { mediaUrl } from '#core/media-url.ts';
import type { MediaId } from '#core/media.ts';
import { DEFAULT_THUMB_BUDGET } from '#core/thumb-cache.ts';
import { openChannel } from '../sync/cross-tab.ts';
import { BUDGET_KEY, SETTINGS, thumbsOf, type ToWorker } from './names.ts';

const hasCaches = () => typeof caches !== 'undefined';

export function tellWorker(message: ToWorker, worker = navigator.serviceWorker?.controller) {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker has one origin
  worker?.postMessage(message);
}

/** Takes stills of a library off this device; all of them when it is not known which were deleted. */
export async function forgetThumbs(library: string, ids: readonly MediaId[] | 'all'): Promise<void> {
  if (!hasCaches()) return;
  const name = thumbsOf(library);
  if (ids === 'all') {
    await caches.delete(name);
    return;
  }
  if (ids.length === 0 || !(await caches.has(name))) return;
  const cache = await caches.open(name);
  const paths = ids.flatMap((id) => [mediaUrl(id, 'thumb'), mediaUrl(id, 'poster')]);
  await Promise.all(paths.map((path) => cache.delete(path, { ignoreVary: true })));
}

type Budget = { bytes: number; isKnown: boolean };
let budget: Budget = { bytes: DEFAULT_THUMB_BUDGET, isKnown: false };
const listeners = new Set<() => void>();
const channel = openChannel<number>('afterimage:thumb-budget', show);

function show(bytes: number) {
  budget = { bytes, isKnown: true };
  for (const listener of listeners) listener();
}

async function read() {
  if (!hasCaches()) return;
  const stored = await (await caches.open(SETTINGS)).match(BUDGET_KEY);
  const bytes = Number((await stored?.text()) ?? Number.NaN);
  if (!budget.isKnown) show(Number.isFinite(bytes) ? bytes : DEFAULT_THUMB_BUDGET);
}

export const thumbBudget = {
  get: () => budget,
  subscribe: (listener: () => void) => {
    listeners.add(listener);
    if (!budget.isKnown) void read();
    return () => void listeners.delete(listener);
  },
  /** @param bytes For all stills of the library that is shown; 0 keeps none. */
  set: async (bytes: number) => {
    show(bytes);
    channel.post(bytes);
    if (!hasCaches()) return;
    await (await caches.open(SETTINGS)).put(BUDGET_KEY, new Response(String(bytes)));
    tellWorker({ type: 'trim' });
  },
};
