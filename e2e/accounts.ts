/** What journeys about accounts do and look at. */
import type { APIRequestContext, BrowserContext, Page, Request } from '@playwright/test';
import { expect } from './fixtures.ts';

export const PASSWORD = 'four words in a row';
export const newEmail = () => `guest-${crypto.randomUUID()}@example.org`;

async function fillIn(page: Page, path: string, email: string, button: string) {
  await page.goto(`${path}?next=/gallery`);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: button, exact: true }).click();
}

export const signUp = (page: Page, email: string) => fillIn(page, '/sign-up', email, 'Make an account');
export const signIn = (page: Page, email: string) => fillIn(page, '/sign-in', email, 'Sign in');

export const question = (page: Page, what: string) =>
  page.getByRole('heading', { name: `Bring ${what} into this account?` });
export const bringAlong = (page: Page) => page.getByRole('button', { name: 'Bring it along' }).click();
export const keepApart = (page: Page) => page.getByRole('button', { name: 'Keep it apart' }).click();

/** An account, without a page: for journeys that are about something else than making one. */
export async function makeAccount({ request }: { request: APIRequestContext }, email: string) {
  const made = await request.post('/api/trpc/account.signUp', { data: { email, password: PASSWORD } });
  expect(made.status()).toBe(200);
}

export async function signOut(page: Page) {
  await page.goto('/settings/account');
  const home = page.waitForURL((url) => url.pathname === '/');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await home;
}

export const tracesIn = (text: string, traces: string[]) => traces.filter((trace) => text.includes(trace));

/** Everything of the application's that this browser sends and gets from now on, by the application's own pages. */
export async function watchTraffic(context: BrowserContext) {
  const requests: Request[] = [];
  const rows = { whole: 0, stubs: 0 };
  context.on('request', (request) => requests.push(request));
  // Read on the way: a page that has left takes the bodies of its answers along.
  await context.route(/sync\.changes/, async (route) => {
    try {
      const response = await route.fetch();
      const text = await response.text();
      rows.whole += text.split('"type":"media"').length - 1;
      rows.stubs += text.split('"type":"media-stub"').length - 1;
      await route.fulfill({ response });
    } catch {
      // A poll that was on its way as the page or the journey ended.
    }
  });
  const calls = (pattern: RegExp) => requests.filter((request) => pattern.test(request.url()));
  return {
    calls,
    /** Rows of media that answers of `sync.changes` held, whole ones and stubs. */
    rows,
    /**
     * What was asked for by requests that hold one of these in address, headers, cookies or body.
     * @param except A library; what is meant for it is left out.
     */
    naming: async (traces: string[], { except }: { except?: string } = {}) => {
      const naming: string[] = [];
      for (const request of requests) {
        const headers = await request.allHeaders().catch(() => request.headers());
        const text = [request.url(), JSON.stringify(headers), request.postData() ?? ''].join('\n');
        if (tracesIn(text, traces).length > 0 && (!except || headers['x-library'] !== except))
          naming.push(request.url());
      }
      return naming;
    },
  };
}

/** All that this origin keeps in the browser, as one text: databases, caches, both storages, readable cookies. */
export const readStored = (page: Page): Promise<string> =>
  page.evaluate(async () => {
    // oxlint-disable-next-line unicorn/consistent-function-scoping -- it runs in the page
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.addEventListener('success', () => resolve(request.result));
        request.addEventListener('error', () => reject(request.error ?? new Error('no reason')));
      });
    const found: unknown[] = [document.cookie, Object.entries(localStorage), Object.entries(sessionStorage)];
    // What is deleted between being listed and being opened must not be made anew by looking at it.
    for (const { name = '' } of await indexedDB.databases()) {
      const opening = indexedDB.open(name);
      opening.addEventListener('upgradeneeded', () => opening.transaction?.abort());
      const db = await done(opening).catch(() => null);
      if (!db) continue;
      for (const store of db.objectStoreNames) {
        const kept = db.transaction(store).objectStore(store);
        found.push(name, store, await done(kept.getAllKeys()), await done(kept.getAll()));
      }
      db.close();
    }
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      const urls = (await cache.keys()).map(({ url }) => url);
      if (urls.length === 0) await caches.delete(name);
      found.push(name, urls);
    }
    return JSON.stringify(found);
  });

/** Notes everything that is painted from the next page on, however shortly. */
export async function watchPaint(page: Page) {
  await page.addInitScript(() => {
    const painted = new Set<string>();
    Object.assign(window, { painted });
    new MutationObserver(() => {
      for (const item of document.querySelectorAll('[data-media-id]'))
        painted.add(item.getAttribute('data-media-id') ?? '');
      for (const image of document.images) painted.add(`${image.src} ${image.alt}`);
    }).observe(document, { childList: true, subtree: true, attributes: true });
  });
}

export const painted = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const seen: unknown = Reflect.get(window, 'painted');
    return seen instanceof Set ? [...seen].join('\n') : 'nothing was watched';
  });

export const libraryOf = async (page: Page) =>
  (await page.context().cookies()).find(({ name }) => name === 'library')?.value ?? '';
