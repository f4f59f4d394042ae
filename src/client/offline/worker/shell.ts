/**
 * The application itself without a network. Invariant: pages, payloads and scripts come from one build, the one that
 * this worker was made with; they hold nothing of anybody, for they are fetched without credentials.
 */
import { isShell, shellOf } from '../names.ts';

/** Shown in place of a page that is not kept, when there is no network. */
const OUT_OF_REACH = '/out-of-reach';
const PAGES = ['/', '/gallery', '/starred', '/collections', '/activity', '/trash', OUT_OF_REACH];
const ASSET = /\/_next\/static\/[^"'\\\s)]+/g;
/** All of it is listed by the build; fonts and pictures are kept when a page names them, or when they are first used. */
const CODE = /\.(?:js|css)$/;

/** The page that stands for an address: those of one picture and of one collection are opened by script. */
export function pageFor(path: string): string | null {
  const plain = path.length > 1 ? path.replace(/\/$/, '') : path;
  if (PAGES.includes(plain)) return plain;
  return /^(\/gallery|\/collections)\/[^/]+$/.exec(plain)?.[1] ?? null;
}

/** The router asks one address for several answers, and says by header which. */
const PREFETCH = 'next-router-prefetch';
const SEGMENT = 'next-router-segment-prefetch';
/** What the router asks for when it moves to a page that it has not prefetched, and what it prefetches. */
const ASKED: Record<string, string>[] = [
  {},
  { [PREFETCH]: '1', [SEGMENT]: '/_tree' },
  { [PREFETCH]: '1', [SEGMENT]: '/_full' },
];

function payloadKey(path: string, headers: Headers): string {
  const part = headers.get(SEGMENT) ?? (headers.get(PREFETCH) === null ? 'whole' : 'prefetch');
  return `${path}?payload=${encodeURIComponent(part)}`;
}

async function get(path: string, init?: RequestInit): Promise<Response> {
  const response = await fetch(path, init);
  // The router's payloads are moved to an address that names what was asked; a page that moved is another page.
  const isElsewhere = new URL(response.url).pathname !== path;
  if (!response.ok || isElsewhere) throw new Error(`${path} answered ${response.status}`);
  const { status, headers } = response;
  return response.redirected ? new Response(response.body, { status, headers }) : response;
}

/** What a browser opens and is no page: downloads and files. */
export const isFile = (path: string) => /^\/(api|media|_next)\//.test(path) || /\.\w+$/.test(path);

export type Shell = {
  /** Fetches all of it. Rejects when one part is missing: half a shell is worse than the old one. */
  install: () => Promise<void>;
  /** Drops shells that no page uses any more; the one before stays for pages that are still open. */
  dropOld: () => Promise<void>;
  page: (page: string, request: Request) => Promise<Response>;
  /** A page that only the server has; without it, one that says so. */
  otherPage: (request: Request) => Promise<Response>;
  payload: (page: string, request: Request) => Promise<Response>;
  asset: (request: Request) => Promise<Response>;
};

/** @param files Paths of all scripts and styles of the build. */
export function createShell(build: string, files: readonly string[]): Shell {
  const name = shellOf(build);

  async function install() {
    const cache = await caches.open(name);
    const code = new Set(files);
    const wanted = new Set(code);
    const keepPage = async (page: string) => {
      const response = await get(page, { cache: 'reload', credentials: 'omit' });
      const named = (await response.clone().text()).match(ASSET) ?? [];
      const foreign = named.find((path) => CODE.test(path) && !code.has(path));
      if (foreign) throw new Error(`${page} is of another build: it names ${foreign}`);
      for (const path of named) wanted.add(path);
      await cache.put(page, response);
    };
    const keepPayload = async (page: string, asked: Record<string, string>) => {
      const headers = new Headers({ rsc: '1', ...asked });
      const response = await get(page, { cache: 'reload', credentials: 'omit', headers });
      await cache.put(payloadKey(page, headers), response);
    };
    const keepAsset = async (path: string) => {
      const known = await caches.match(path);
      await cache.put(path, known ?? (await get(path, { credentials: 'omit' })));
    };
    await Promise.all(PAGES.map(keepPage));
    await Promise.all(PAGES.flatMap((page) => ASKED.map((asked) => keepPayload(page, asked))));
    await Promise.all([...wanted].map(keepAsset));
  }

  async function dropOld() {
    // In the order in which they were made.
    const shells = (await caches.keys()).filter(isShell);
    const before = Math.max(0, shells.indexOf(name) - 1);
    await Promise.all(shells.slice(0, before).map((old) => caches.delete(old)));
  }

  const own = async (key: string) => (await caches.open(name)).match(key, { ignoreVary: true });

  return {
    install,
    dropOld,
    page: async (page, request) => (await own(page)) ?? fetch(request),
    otherPage: (request) =>
      fetch(request).catch(async (error: unknown) => {
        const kept = await own(OUT_OF_REACH);
        if (kept) return kept;
        throw error;
      }),
    payload: async (page, request) => (await own(payloadKey(page, request.headers))) ?? fetch(request),
    asset: async (request) => {
      const known = await caches.match(request, { ignoreVary: true });
      if (known) return known;
      const response = await fetch(request);
      if (response.ok) await (await caches.open(name)).put(request, response.clone());
      return response;
    },
  };
}
