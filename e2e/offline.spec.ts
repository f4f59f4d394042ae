import type { Page } from '@playwright/test';
import { libraryOf } from './accounts.ts';
import { cachedThumbs, databases } from './device.ts';
import { expect, test as base } from './fixtures.ts';
import { makePictures, tiles, viewer } from './make-pictures.ts';
import { startProxy, type Proxy } from './proxy.ts';
import { startApp, type App } from './server.ts';

/** An application of its own, to be killed, behind an address at which it can be replaced. */
const test = base.extend<object, { app: App; front: Proxy }>({
  app: [
    // oxlint-disable-next-line no-empty-pattern -- the first argument has to be a pattern
    async ({}, use) => {
      const app = await startApp();
      await use(app);
      await app.remove();
    },
    { scope: 'worker', timeout: 180_000 },
  ],
  front: [
    async ({ app }, use) => {
      const proxy = await startProxy(() => app.url);
      await use(proxy);
      await proxy.close();
    },
    { scope: 'worker' },
  ],
  baseURL: async ({ front }, use) => use(front.url),
});

/** The gallery with so many pictures, all of it at hand without a network. */
async function openKept(page: Page, pictures: number) {
  await page.goto('/gallery');
  await expect(tiles(page)).toHaveCount(pictures);
  await page.evaluate(async () => navigator.serviceWorker.ready);
  await expect.poll(() => cachedThumbs(page)).toHaveLength(pictures);
}

const paintedStills = (page: Page) =>
  page
    .getByRole('grid')
    .locator('img')
    .evaluateAll(
      (images) =>
        images.filter((image) => image instanceof HTMLImageElement && image.naturalWidth > 0).length,
    );

test('without a network a reload paints the gallery, and a star waits until there is one', async ({
  page,
  context,
  consoleErrors,
}) => {
  consoleErrors.allow(/Failed to load resource|net::ERR/);
  await makePictures(page, ['sea', 'dunes'], { count: 2 });
  await openKept(page, 4);
  await context.setOffline(true);
  await page.reload();
  await expect(tiles(page)).toHaveCount(4);
  await expect.poll(() => paintedStills(page)).toBe(4);
  await tiles(page).first().focus();
  await page.keyboard.press('s');
  await expect(page.getByRole('button', { name: /1 change waiting/ })).toBeVisible();

  await page.reload();
  await expect(tiles(page).getByText('Starred')).toHaveCount(1);
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Starred' }).click();
  await expect(page).toHaveURL('/starred');
  await expect(tiles(page)).toHaveCount(1);
  await expect.poll(() => paintedStills(page)).toBe(1);

  await context.setOffline(false);
  await expect(page.getByRole('button', { name: 'Online' })).toBeVisible({ timeout: 30_000 });
  const { items } = await (await page.request.get('/api/v1/media?starred=true')).json();
  expect(items).toHaveLength(1);
});

test('with the server dead, every address of the application opens; when it is back, all is sent', async ({
  page,
  app,
  consoleErrors,
}) => {
  consoleErrors.allow(/Failed to load resource|net::ERR|502|EventSource/);
  const [made] = await makePictures(page, ['a lighthouse'], { count: 2 });
  const id = made?.media[0]?.id ?? '';
  await openKept(page, 2);
  await app.kill();
  for (const path of ['/', '/starred', '/collections', '/activity', '/trash', '/gallery']) {
    await page.goto(path);
    await expect(page.getByRole('navigation', { name: 'Main' }).first()).toBeVisible();
    await expect(page).toHaveURL(path);
  }
  for (const path of ['/settings/privacy', '/import', '/sign-in']) {
    await page.goto(path);
    await expect(page.getByText('This page needs the server')).toBeVisible();
  }
  await page.getByRole('link', { name: 'Go to the gallery' }).click();
  await expect.poll(() => paintedStills(page)).toBe(2);
  await page.goto(`/gallery/${id}`);
  await expect(viewer(page)).toBeVisible();
  // The large picture is out of reach: its thumbnail stands in.
  await expect
    .poll(() =>
      viewer(page)
        .locator('img')
        .evaluateAll((images) =>
          images.some((image) => image instanceof HTMLImageElement && image.naturalWidth > 0),
        ),
    )
    .toBe(true);
  await page.keyboard.press('Escape');
  await tiles(page).first().focus();
  await page.keyboard.press('Delete');
  await expect(tiles(page)).toHaveCount(1);
  await page.reload();
  await expect(tiles(page)).toHaveCount(1);
  await app.start();
  await page.reload();
  await expect(page.getByRole('button', { name: 'Online' })).toBeVisible({ timeout: 40_000 });
  await expect
    .poll(async () => (await (await page.request.get('/api/v1/media')).json()).items.length)
    .toBe(1);
});

test('another guest in the same browser finds no picture of the first', async ({
  page,
  context,
  consoleErrors,
}) => {
  // The server is asked once whether the library before was merged into this one: it was not.
  consoleErrors.allow(/status of 404 .*\/thumb|status of 409 .*sync\.changes/);
  const [made] = await makePictures(page, ['a secret']);
  await openKept(page, 1);
  const first = await libraryOf(page);
  const path = `/media/${made?.media[0]?.id ?? ''}/thumb`;
  expect(await cachedThumbs(page)).toEqual([{ cache: expect.stringContaining(first), path }]);

  await context.clearCookies();
  // Asked before the page has noticed anything: the worker reads the cookie itself.
  const status = await page.evaluate(async (path) => (await fetch(path)).status, path);
  expect(status).not.toBe(200);
  await makePictures(page, ['something else']);
  await page.goto('/gallery');
  await expect(tiles(page)).toHaveCount(1);
  const second = await libraryOf(page);
  expect(second).not.toBe(first);
  await expect
    .poll(async () => (await cachedThumbs(page)).map(({ cache }) => cache.includes(second)))
    .toEqual([true]);
  expect(await page.evaluate(async (path) => (await fetch(path)).status, path)).not.toBe(200);
});

test('a still that comes in while its owner leaves is not kept', async ({ page, context, consoleErrors }) => {
  consoleErrors.allow(/status of (401|404|409)/);
  await makePictures(page, ['a secret']);
  await openKept(page, 1);
  const [worker] = context.serviceWorkers();
  if (!worker) throw new Error('There is no service worker.');
  // The worker is about to write what it has just fetched, and is slow.
  const held = worker.evaluate(async () => {
    const open = caches.open.bind(caches);
    const left = Promise.withResolvers<void>();
    Object.assign(globalThis, { goOn: left.resolve });
    return new Promise<void>((resolve) => {
      caches.open = async (name) => {
        resolve();
        await left.promise;
        return open(name);
      };
    });
  });
  const [made] = await makePictures(page, ['another secret']);
  const still = page.evaluate(
    (id) => fetch(`/media/${id}/thumb`).then(({ status }) => status),
    made?.media[0]?.id,
  );
  await held;
  await context.clearCookies();
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  const kept = () =>
    page.evaluate(async () => (await caches.keys()).filter((name) => name.includes('thumbs')));
  await expect.poll(kept).toEqual([]);
  await expect.poll(() => databases(page)).toEqual([]);
  await worker.evaluate(async () => {
    Reflect.get(globalThis, 'goOn')();
    // What it writes now is written by then.
    await new Promise((resolve) => setTimeout(resolve, 500));
  });
  await still;
  expect(await kept()).toEqual([]);
});

test('what is deleted for good leaves the device', async ({ page }) => {
  const [made] = await makePictures(page, ['to be forgotten'], { count: 2 });
  await openKept(page, 2);
  const id = made?.media[0]?.id ?? '';
  // By another device of the same guest: this one learns of it by a delta.
  expect((await page.request.delete(`/api/v1/media/${id}?permanent=true`)).status()).toBe(200);
  await expect.poll(async () => (await cachedThumbs(page)).length).toBe(1);
});

test('a smaller budget is kept at once, and none means none', async ({ page }) => {
  await makePictures(page, ['sea', 'dunes'], { count: 2 });
  await openKept(page, 4);
  await page.getByRole('button', { name: 'Online' }).click();
  await page.getByLabel('Small pictures kept').selectOption('None');
  await expect.poll(() => cachedThumbs(page)).toEqual([]);
  await page.reload();
  await expect.poll(() => paintedStills(page)).toBe(4);
  expect(await cachedThumbs(page)).toEqual([]);
  await page.getByRole('button', { name: 'Online' }).click();
  await expect(page.getByLabel('Small pictures kept')).toHaveValue('0');
});

test('a new version waits for the person, and loses no change that waits', async ({
  page,
  context,
  front,
  consoleErrors,
}) => {
  consoleErrors.allow(/Failed to load resource|net::ERR/);
  await makePictures(page, ['sea']);
  await openKept(page, 1);
  const other = await context.newPage();
  await other.goto('/gallery');
  const shells = () =>
    page.evaluate(async () => (await caches.keys()).filter((name) => name.includes('shell')));
  expect(await shells()).toHaveLength(1);

  front.newVersion();
  await page.reload();
  await expect(page.getByText('A new version is ready')).toBeVisible();
  await expect(other.getByText('A new version is ready')).toBeVisible();
  const waiting = await page.evaluate(
    async () => (await navigator.serviceWorker.getRegistration())?.waiting?.state,
  );
  expect(waiting).toBe('installed');
  await page.route('**/api/trpc/sync.push*', (route) => route.abort());
  await tiles(page).first().focus();
  await page.keyboard.press('s');
  await expect(page.getByRole('button', { name: /1 change waiting/ })).toBeVisible();
  const reloaded = page.waitForEvent('load');
  await page.getByRole('button', { name: 'Reload' }).click();
  await reloaded;
  await expect(page.getByText('A new version is ready')).toHaveCount(0);
  await expect(tiles(page).getByText('Starred')).toHaveCount(1);
  // The other page still runs the old scripts, and is only told.
  await expect(other.getByText('A new version is ready')).toBeVisible();
  expect(await shells()).toHaveLength(2);
  await page.unroute('**/api/trpc/sync.push*');
  await expect(page.getByRole('button', { name: 'Online' })).toBeVisible({ timeout: 30_000 });
  expect((await (await page.request.get('/api/v1/media?starred=true')).json()).items).toHaveLength(1);
});

test('it can be installed, and neither originals nor answers of the API are ever kept', async ({ page }) => {
  await makePictures(page, ['sea']);
  await openKept(page, 1);
  await tiles(page).first().click();
  await expect(viewer(page)).toBeVisible();
  const manifest = await (await page.request.get('/manifest.webmanifest')).json();
  expect(manifest).toMatchObject({ display: 'standalone', start_url: '/' });
  for (const { src } of manifest.icons) expect((await page.request.get(src)).status()).toBe(200);
  const paths = await page.evaluate(async () => {
    const caught = await Promise.all(
      (await caches.keys()).map(async (name) => (await caches.open(name)).keys()),
    );
    return caught.flat().map(({ url }) => new URL(url).pathname);
  });
  expect(paths.filter((path) => /^\/api|original$|preview$/.test(path))).toEqual([]);
});
