import type { BrowserContext, Page } from '@playwright/test';
import {
  askServer,
  cutOff,
  openGallery,
  patchElsewhere,
  pressOn,
  starred,
  stateLine,
  tile,
} from './device.ts';
import { expect, test } from './fixtures.ts';
import { makePictures, tiles } from './make-pictures.ts';

const madeIds = async (page: Page, prompts: string[], count = 1) =>
  (await makePictures(page, prompts, { count })).flatMap(({ media }) => media.map(({ id }) => id));

const at = (ids: string[], index: number) => {
  const id = ids[index];
  if (id === undefined) throw new Error(`There is no item ${index}.`);
  return id;
};

/** Requests of one procedure that were made from now on, by any page of the browser. */
function countRequests(context: BrowserContext, procedure: string) {
  let made = 0;
  context.on('request', (request) => {
    if (request.url().includes(`/api/trpc/${procedure}`)) made++;
  });
  return () => made;
}

test('a star and a trashing without the server outlive a reload, and arrive', async ({
  page,
  consoleErrors,
}) => {
  consoleErrors.allow(/Failed to load resource|net::ERR/);
  const ids = await madeIds(page, ['sea', 'dunes', 'forest']);
  await openGallery(page, 3);
  const reconnect = await cutOff(page);
  await pressOn(page, at(ids, 0), 's');
  await pressOn(page, at(ids, 1), 'Delete');
  await expect(tiles(page)).toHaveCount(2);
  await expect(stateLine(page, /2 changes waiting/)).toBeVisible();
  await page.reload();
  await expect(tiles(page)).toHaveCount(2);
  await expect(tile(page, at(ids, 0)).getByText('Starred')).toBeAttached();
  await expect(stateLine(page, /2 changes waiting/)).toBeVisible();
  expect(await askServer(page, at(ids, 0))).toMatchObject({ starred: false });

  await reconnect();
  await page.evaluate(() => window.dispatchEvent(new Event('online')));
  await expect(stateLine(page, 'Online')).toBeVisible();
  expect(await askServer(page, at(ids, 0))).toMatchObject({ starred: true });
  expect((await askServer(page, at(ids, 1))).trashedAt).not.toBeNull();
  expect((await askServer(page, at(ids, 2))).trashedAt).toBeNull();
});

test('two browsers of one library agree as soon as they are told, both ways', async ({
  page,
  browser,
  baseURL,
  context,
  consoleErrors,
}) => {
  const ids = await madeIds(page, ['sea', 'dunes']);
  const live = page.waitForResponse(/sync\.onPoke/);
  await openGallery(page, 2);
  await live;
  const elsewhere = await browser.newContext({
    baseURL,
    storageState: await context.storageState(),
  });
  consoleErrors.watch(elsewhere);
  const other = await elsewhere.newPage();
  const otherLive = other.waitForResponse(/sync\.onPoke/);
  await openGallery(other, 2);
  await otherLive;
  // Without being told, each would look again after five minutes.
  const began = Date.now();
  await pressOn(page, at(ids, 0), 's');
  await expect(tile(other, at(ids, 0)).getByText('Starred')).toBeAttached();
  test.info().annotations.push({ type: 'a star is there after', description: `${Date.now() - began} ms` });
  await pressOn(other, at(ids, 1), 'Delete');
  await expect(tiles(page)).toHaveCount(1);
  await madeIds(page, ['a third']);
  await expect(tiles(page)).toHaveCount(2);
  await expect(tiles(other)).toHaveCount(2);
  await elsewhere.close();
});

test('two tabs agree; one of them listens to the server, and the other takes over', async ({
  page,
  context,
}) => {
  const ids = await madeIds(page, ['sea', 'dunes']);
  const open = new Set<object>();
  context.on('request', (request) => {
    if (request.url().includes('sync.onPoke')) open.add(request);
  });
  context.on('requestfinished', (request) => void open.delete(request));
  context.on('requestfailed', (request) => void open.delete(request));
  await openGallery(page, 2);
  await expect.poll(() => open.size).toBe(1);
  const second = await context.newPage();
  const taken = second.waitForRequest(/sync\.onPoke/);
  await openGallery(second, 2);
  await taken;
  await expect.poll(() => open.size).toBe(1);
  await pressOn(page, at(ids, 0), 's');
  await expect(tile(second, at(ids, 0)).getByText('Starred')).toBeAttached();
  await pressOn(second, at(ids, 1), 's');
  await expect(starred(page)).toHaveCount(2);
  expect(open.size).toBe(1);

  const again = page.waitForRequest(/sync\.onPoke/);
  await second.close();
  const heard = await (await again).response();
  expect(heard?.status()).toBe(200);
  await patchElsewhere(page, at(ids, 0), { starred: false });
  await expect(starred(page)).toHaveCount(1);
});

for (const [how, reached] of [
  ['closed when the server had taken it', true],
  ['crashed before the server had it', false],
] as const) {
  test(`an operation of a tab that was ${how} takes effect once`, async ({
    page,
    context,
    consoleErrors,
  }) => {
    consoleErrors.allow(/Failed to load resource|net::ERR/);
    const [id = ''] = await madeIds(page, ['sea']);
    await openGallery(page, 1);
    const held = Promise.withResolvers<void>();
    await page.route('**/api/trpc/sync.push*', async (route) => {
      if (reached) await route.fetch();
      held.resolve();
    });
    await pressOn(page, id, 's');
    await held.promise;
    expect((await askServer(page, id)).starred).toBe(reached);
    if (reached) {
      await page.close();
      // Taken back elsewhere: sent a second time, the star must not come again.
      const answer = await context.request.patch(`/api/v1/media/${id}`, { data: { starred: false } });
      expect(answer.status()).toBe(200);
    } else {
      const crashed = page.waitForEvent('crash');
      const devtools = await context.newCDPSession(page);
      devtools.send('Page.crash').catch(() => {});
      await crashed;
    }
    const next = await context.newPage();
    const pushed = next.waitForResponse(/sync\.push/);
    await next.goto('/gallery');
    expect((await pushed).status()).toBe(200);
    await expect(stateLine(next, 'Online')).toBeVisible();
    await expect(starred(next)).toHaveCount(reached ? 0 : 1);
    expect((await askServer(next, id)).starred).toBe(!reached);
  });
}

test('the first paint does not wait for the network', async ({ page }) => {
  await madeIds(page, ['sea', 'dunes']);
  await openGallery(page, 2);
  const release = Promise.withResolvers<void>();
  let answered = 0;
  await page.route('**/api/**', async (route) => {
    await release.promise;
    answered++;
    await route.continue();
  });
  const asked = page.waitForRequest(/\/api\/trpc/);
  await page.reload();
  await asked;
  await expect(tiles(page)).toHaveCount(2);
  expect(answered).toBe(0);
  release.resolve();
  await expect(stateLine(page, 'Online')).toBeVisible();
  await page.unrouteAll({ behavior: 'wait' });
});

test('a page that slept through twenty changes catches up at once', async ({ page, context }) => {
  const [id = '', other = ''] = await madeIds(page, ['sea', 'dunes']);
  const live = page.waitForResponse(/sync\.onPoke/);
  await openGallery(page, 2);
  await live;
  const devtools = await context.newCDPSession(page);
  // A page asked to freeze by its life cycle goes on answering events here; one that is paused does nothing at all.
  await devtools.send('Debugger.enable');
  await devtools.send('Debugger.pause');
  const deltas = countRequests(context, 'sync.changes');
  const resets = countRequests(context, 'sync.window');
  for (let change = 1; change <= 20; change++) {
    await patchElsewhere(page, id, { headline: `Change ${change}` });
  }
  await patchElsewhere(page, other, { starred: true });
  expect(deltas()).toBe(0);
  await devtools.send('Debugger.disable');
  await expect(starred(page)).toHaveCount(1);
  await expect(stateLine(page, 'Online')).toBeVisible();
  expect(deltas()).toBeGreaterThan(0);
  expect(deltas()).toBeLessThanOrEqual(2);
  expect(resets()).toBe(0);
});

test('what the server refuses is listed, to be retried or discarded', async ({ page, consoleErrors }) => {
  consoleErrors.allow(/Failed to load resource|net::ERR/);
  const ids = await madeIds(page, ['sea', 'dunes']);
  await openGallery(page, 2);
  const reconnect = await cutOff(page, '**/api/trpc/**');
  await pressOn(page, at(ids, 0), 's');
  await expect(stateLine(page, /1 change waiting/)).toBeVisible();
  const purged = await page.request.delete(`/api/v1/media/${at(ids, 0)}?permanent=true`);
  expect(purged.status()).toBe(200);
  await reconnect();
  await page.evaluate(() => window.dispatchEvent(new Event('online')));
  await stateLine(page, /1 failed/).click();
  const panel = page.getByRole('dialog', { name: 'This device' });
  await expect(panel.getByText('Edit did not go through')).toBeVisible();
  await expect(tiles(page)).toHaveCount(1);

  const again = page.waitForResponse(/sync\.push/);
  await panel.getByRole('button', { name: 'Retry' }).click();
  await again;
  await expect(panel.getByText('Edit did not go through')).toBeVisible();
  await panel.getByRole('button', { name: 'Discard' }).click();
  await expect(panel.getByText('Edit did not go through')).toHaveCount(0);
  await expect(stateLine(page, 'Online')).toBeVisible();
  await page.reload();
  await expect(stateLine(page, 'Online')).toBeVisible();
});
