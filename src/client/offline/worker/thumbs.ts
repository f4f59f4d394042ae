/**
 * Stills of the library that the companion cookie names, within the person's budget. Invariant: a cached still is
 * given out only while the cookie names the library whose cache holds it. The bytes of an id never change, so what is
 * kept needs no asking; what is deleted for good is taken out by the page that learns of it.
 */
import { DEFAULT_THUMB_BUDGET, pickEvictions, type KeptThumb } from '#core/thumb-cache.ts';
import { BUDGET_KEY, isThumbs, readStill, SETTINGS, thumbsOf } from '../names.ts';

const INDEX_KEY = '/thumb-index';
/** When a picture was last shown matters roughly: it is written down after a pause. */
const INDEX_DELAY = 1000;
/** Requests at a time for stills that a page got before this worker could see it. */
const FETCHES = 4;

type Index = Map<string, KeptThumb>;
type Held = { library: string; name: string; index: Index };
/** Keeps the worker alive until the work is done. */
type Later = (work: Promise<unknown>) => void;

async function sizeOf(response: Response): Promise<number> {
  const said = Number(response.headers.get('content-length'));
  return said > 0 ? said : (await response.clone().blob()).size;
}

async function readUses(cache: Cache): Promise<Map<string, number>> {
  const stored: unknown = await (await cache.match(INDEX_KEY))?.json();
  const uses = new Map<string, number>();
  for (const entry of Array.isArray(stored) ? stored : []) {
    if (Array.isArray(entry) && typeof entry[0] === 'string' && typeof entry[1] === 'number')
      uses.set(entry[0], entry[1]);
  }
  return uses;
}

/** What is there counts; the written index only adds when each was shown. */
async function readIndex(cache: Cache): Promise<Index> {
  const uses = await readUses(cache);
  const index: Index = new Map();
  for (const request of await cache.keys()) {
    const path = new URL(request.url).pathname;
    const response = path === INDEX_KEY ? null : await cache.match(request, { ignoreVary: true });
    if (response) index.set(path, { bytes: await sizeOf(response), usedAt: uses.get(path) ?? 0 });
  }
  return index;
}

async function readBudget(): Promise<number> {
  const stored = await (await caches.open(SETTINGS)).match(BUDGET_KEY);
  const bytes = Number((await stored?.text()) ?? Number.NaN);
  return Number.isFinite(bytes) ? bytes : DEFAULT_THUMB_BUDGET;
}

export type Thumbs = {
  answer: (path: string, request: Request, later: Later) => Promise<Response>;
  keep: (paths: readonly string[]) => Promise<void>;
  trim: () => Promise<void>;
};

const isStill = (response: Response) =>
  response.status === 200 && (response.headers.get('content-type') ?? '').startsWith('image/');

/** @param readLibrary What the companion cookie says now; null: nobody. */
export function createThumbs(readLibrary: () => Promise<string | null>): Thumbs {
  let holding: { library: string | null; held: Promise<Held | null> } | null = null;
  let writing: Promise<void> | null = null;
  let budget: Promise<number> | null = null;

  /**
   * The library's cache; null once this browser is another's. Asked after it was opened: a page that leaves changes
   * the cookie before it deletes, so that nothing gets into a cache which opening has made anew.
   */
  async function openOwn({ library, name }: Omit<Held, 'index'>): Promise<Cache | null> {
    const cache = await caches.open(name);
    if ((await readLibrary()) === library) return cache;
    if ((await cache.keys()).length === 0) await caches.delete(name);
    return null;
  }

  async function open(library: string | null): Promise<Held | null> {
    const name = library && thumbsOf(library);
    const others = (await caches.keys()).filter((other) => isThumbs(other) && other !== name);
    await Promise.all(others.map((other) => caches.delete(other)));
    if (!library || !name) return null;
    const cache = await openOwn({ library, name });
    if (cache) return { library, name, index: await readIndex(cache) };
    // The next still asks again: who has left may come back.
    if (holding?.library === library) holding = null;
    return null;
  }

  /** The cache of whoever this browser belongs to now; those of others are deleted on the way. */
  async function hold(): Promise<Held | null> {
    const library = await readLibrary();
    if (holding?.library !== library) holding = { library, held: open(library) };
    return holding.held;
  }

  function writeIndex({ name, index, library }: Held): Promise<void> {
    writing ??= new Promise((resolve) => setTimeout(resolve, INDEX_DELAY)).then(async () => {
      writing = null;
      const cache = (await caches.has(name)) ? await openOwn({ library, name }) : null;
      const uses = Response.json([...index].map(([path, { usedAt }]) => [path, usedAt]));
      await cache?.put(INDEX_KEY, uses);
    });
    return writing;
  }

  async function evict(held: Held) {
    budget ??= readBudget();
    const evicted = pickEvictions(held.index, await budget);
    const cache = evicted.length > 0 ? await openOwn(held) : null;
    if (!cache) return;
    for (const path of evicted) {
      held.index.delete(path);
      await cache.delete(path, { ignoreVary: true });
    }
  }

  async function put(held: Held, path: string, response: Response) {
    const bytes = await sizeOf(response);
    // Somebody may have signed out while it was on its way; or the page has deleted the cache, to start over.
    const cache = await openOwn(held);
    if (!cache) return;
    try {
      await cache.put(path, response);
      held.index.set(path, { bytes, usedAt: Date.now() });
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== 'QuotaExceededError') throw error;
      console.warn('This device has no room for another thumbnail.');
    }
    await evict(held);
    await writeIndex(held);
  }

  async function find({ name, index }: Held, path: string): Promise<Response | undefined> {
    const known = await caches.match(path, { cacheName: name, ignoreVary: true });
    const entry = index.get(path);
    if (known && entry) entry.usedAt = Date.now();
    // A page has put it there, from a library that was merged into this one.
    else if (known) index.set(path, { bytes: await sizeOf(known), usedAt: Date.now() });
    else index.delete(path);
    return known;
  }

  async function fetchAndKeep(held: Held, path: string) {
    if (await find(held, path)) return;
    const response = await fetch(path);
    if (isStill(response)) await put(held, path, response);
  }

  return {
    answer: async (path, request, later) => {
      const still = readStill(path);
      const held = still && (await hold());
      if (!still || !held) return fetch(request);
      if (still.isKept) {
        const known = await find(held, path);
        if (known) {
          later(writeIndex(held));
          return known;
        }
        const response = await fetch(request);
        if (isStill(response)) later(put(held, path, response.clone()));
        return response;
      }
      // A large still is not kept, but its thumbnail is, and stands in for it when the server is out of reach.
      const response = await fetch(request).catch((error: unknown) => {
        if (error instanceof TypeError) return error;
        throw error;
      });
      if (response instanceof TypeError || response.status >= 500) {
        const small = await find(held, still.thumb);
        if (small) return small;
        if (response instanceof TypeError) throw response;
        return response;
      }
      if (response.ok) later(fetchAndKeep(held, still.thumb));
      return response;
    },
    keep: async (paths) => {
      const held = await hold();
      if (!held) return;
      const wanted = [...new Set(paths.flatMap((path) => readStill(path)?.thumb ?? []))];
      const work = async () => {
        for (let path = wanted.pop(); path !== undefined; path = wanted.pop()) await fetchAndKeep(held, path);
      };
      await Promise.all(Array.from({ length: FETCHES }, work));
    },
    trim: async () => {
      budget = null;
      const held = await hold();
      if (!held) return;
      await evict(held);
      await writeIndex(held);
    },
  };
}
