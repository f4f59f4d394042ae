/** The service worker: answers for the shell and for stills. Everything else, the API above all, passes it by. */
import { COMPANION, readStill, type ToWorker } from '../names.ts';
import type { WorkerScope } from './scope.ts';
import { createShell, isFile, pageFor } from './shell.ts';
import { createThumbs } from './thumbs.ts';

declare const self: WorkerScope;
/** Both are written in by the build. */
declare const BUILD: string;
declare const FILES: readonly string[];

const shell = createShell(BUILD, FILES);
// Without the Cookie Store a worker cannot know whose browser this is: then it keeps no pictures.
const thumbs = createThumbs(async () => (await self.cookieStore?.get(COMPANION))?.value || null);

self.addEventListener('install', (event) => event.waitUntil(shell.install()));

self.addEventListener('activate', (event) =>
  event.waitUntil(Promise.all([shell.dropOld(), self.clients.claim()])),
);

/** A request that the network does not answer fails for the page as it would without a worker. */
const orFailed = (answer: Promise<Response>) => answer.catch(() => Response.error());

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  const page = pageFor(pathname);
  if (pathname.startsWith('/_next/static/')) event.respondWith(orFailed(shell.asset(request)));
  else if (readStill(pathname))
    event.respondWith(orFailed(thumbs.answer(pathname, request, (work) => event.waitUntil(work))));
  else if (page && request.mode === 'navigate') event.respondWith(orFailed(shell.page(page, request)));
  else if (request.mode === 'navigate' && !isFile(pathname))
    event.respondWith(orFailed(shell.otherPage(request)));
  else if (page === pathname && request.headers.has('rsc'))
    event.respondWith(orFailed(shell.payload(page, request)));
});

const isMessage = (data: unknown): data is ToWorker =>
  typeof data === 'object' && data !== null && 'type' in data;

self.addEventListener('message', (event) => {
  if (!isMessage(event.data)) return;
  switch (event.data.type) {
    case 'take-over':
      event.waitUntil(self.skipWaiting());
      break;
    case 'trim':
      event.waitUntil(thumbs.trim());
      break;
    case 'keep':
      event.waitUntil(thumbs.keep(event.data.paths));
      break;
  }
});
