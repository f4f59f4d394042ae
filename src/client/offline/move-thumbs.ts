import { readStill, thumbsOf } from './names.ts';

/** Gives the stills of a library to the one that it was merged into. */
export async function moveThumbs(from: string, to: string): Promise<void> {
  const name = thumbsOf(from);
  if (typeof caches === 'undefined' || !(await caches.has(name))) return;
  const [old, next] = await Promise.all([caches.open(name), caches.open(thumbsOf(to))]);
  try {
    for (const request of await old.keys()) {
      const still = readStill(new URL(request.url).pathname);
      const response = still && (await old.match(request, { ignoreVary: true }));
      if (response) await next.put(request, response);
    }
  } catch (error) {
    // No room for them twice: they are fetched again when they are shown.
    if (!(error instanceof DOMException) || error.name !== 'QuotaExceededError') throw error;
  }
  await caches.delete(name);
}
