/** What journeys about the cache look at: the state line, the changes of one item, and the browser's own database. */
import { expect, type Page, type Route } from '@playwright/test';
import { tiles } from './make-pictures.ts';

export const stateLine = (page: Page, text: RegExp | string) => page.getByRole('button', { name: text });
export const starred = (page: Page) => tiles(page).getByText('Starred');
export const tile = (page: Page, id: string) => page.getByRole('grid').locator(`[data-media-id="${id}"]`);

/** The whole gallery, in step with the server. */
export async function openGallery(page: Page, items: number) {
  await page.goto('/gallery');
  await expect(tiles(page)).toHaveCount(items);
  await expect(stateLine(page, 'Online')).toBeVisible();
}

export async function pressOn(page: Page, id: string, key: 's' | 'Delete') {
  await tile(page, id).focus();
  await page.keyboard.press(key);
}

type Item = { id: string; starred: boolean; version: number; trashedAt: string | null };

/** The item as the server has it. */
export async function askServer(page: Page, id: string): Promise<Item> {
  const answer = await page.request.get(`/api/v1/media/${id}`);
  expect(answer.status()).toBe(200);
  return answer.json();
}

export async function patchElsewhere(page: Page, id: string, data: Record<string, unknown>) {
  expect((await page.request.patch(`/api/v1/media/${id}`, { data })).status()).toBe(200);
}

const abort = (route: Route) => route.abort();

/** Nothing of the application's own requests gets through. @returns Ends it. */
export async function cutOff(page: Page, url = '**/api/**'): Promise<() => Promise<void>> {
  await page.route(url, abort);
  return () => page.unroute(url, abort);
}

/** A page of the same origin without the application. */
export async function openBeside(page: Page): Promise<Page> {
  const beside = await page.context().newPage();
  await beside.goto('/api/health');
  return beside;
}

export const databases = (page: Page) =>
  page.evaluate(async () => {
    const found = await indexedDB.databases();
    return found.flatMap(({ name }) => (name?.startsWith('afterimage:') ? [name] : []));
  });

/** Number of stored rows whose key begins so. */
export async function countStored(page: Page, prefix: string) {
  const [name = ''] = await databases(page);
  return page.evaluate(
    async ({ name, prefix }) => {
      // oxlint-disable-next-line unicorn/consistent-function-scoping -- it runs in the page
      const done = <T>(request: IDBRequest<T>) =>
        new Promise<T>((resolve, reject) => {
          request.addEventListener('success', () => resolve(request.result));
          request.addEventListener('error', () => reject(request.error ?? new Error('no reason')));
        });
      const db = await done(indexedDB.open(name));
      const count = await done(
        db
          .transaction('kv')
          .objectStore('kv')
          .count(IDBKeyRange.bound([prefix], [prefix, []])),
      );
      db.close();
      return count;
    },
    { name, prefix },
  );
}

/** Spoils what is stored: the rows and the head become garbage, or the cursor another schema's. */
export async function spoil(page: Page, what: 'rows' | 'schema') {
  const [name = ''] = await databases(page);
  await page.evaluate(
    async ({ name, what }) => {
      // oxlint-disable-next-line unicorn/consistent-function-scoping -- it runs in the page
      const done = <T>(request: IDBRequest<T>) =>
        new Promise<T>((resolve, reject) => {
          request.addEventListener('success', () => resolve(request.result));
          request.addEventListener('error', () => reject(request.error ?? new Error('no reason')));
        });
      const db = await done(indexedDB.open(name));
      const tx = db.transaction('kv', 'readwrite', { durability: 'strict' });
      const store = tx.objectStore('kv');
      const ended = new Promise((resolve) => tx.addEventListener('complete', resolve));
      if (what === 'rows') {
        for (const key of await done(store.getAllKeys(IDBKeyRange.bound(['m'], ['m', []])))) {
          store.put({ id: 7, createdAt: 'garbage' }, key);
        }
        store.put('garbage', 'head');
      } else {
        const mark: unknown = await done(store.get('cursor'));
        store.put({ ...Object(mark), schema: 999_999 }, 'cursor');
      }
      await ended;
      db.close();
    },
    { name, what },
  );
}

/** Pictures that the service worker keeps, in all its caches. */
export const cachedThumbs = (page: Page) =>
  page.evaluate(async () => {
    const found: { cache: string; path: string }[] = [];
    for (const name of await caches.keys()) {
      for (const { url } of await (await caches.open(name)).keys()) {
        const path = new URL(url).pathname;
        if (/\/(thumb|poster|preview|original)$/.test(path)) found.push({ cache: name, path });
      }
    }
    return found;
  });
