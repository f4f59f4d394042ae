import type { Page } from '@playwright/test';
import {
  askServer,
  countStored,
  cutOff,
  databases,
  openBeside,
  openGallery,
  pressOn,
  spoil,
  starred,
  stateLine,
} from './device.ts';
import { expect, test } from './fixtures.ts';
import { makePictures, savePixels, tiles } from './make-pictures.ts';

const madeIds = async (page: Page, prompts: string[]) =>
  (await makePictures(page, prompts)).flatMap(({ media }) => media.map(({ id }) => id));

test.beforeEach(({ consoleErrors }) => consoleErrors.allow(/Failed to load resource|net::ERR/));

for (const noticed of ['by a check', 'by a change'] as const) {
  test(`a database deleted under the page, noticed ${noticed}, is written again with what was not sent`, async ({
    page,
  }) => {
    const [id = '', other = ''] = await madeIds(page, ['sea', 'dunes']);
    await openGallery(page, 2);
    const pushes = await cutOff(page, '**/api/trpc/sync.push*');
    await pressOn(page, id, 's');
    await expect(stateLine(page, /1 change waiting/)).toBeVisible();
    const beside = await openBeside(page);
    const [name = ''] = await databases(beside);
    await beside.evaluate(
      (name) =>
        new Promise((resolve) => {
          indexedDB.deleteDatabase(name).addEventListener('success', resolve);
        }),
      name,
    );
    await page.bringToFront();
    if (noticed === 'by a check') {
      await page.evaluate(() => window.dispatchEvent(new Event('online')));
      await expect.poll(() => databases(beside)).toEqual([name]);
      await expect.poll(() => countStored(beside, 'o')).toBe(1);
    }
    await pressOn(page, other, 's');
    await expect(starred(page)).toHaveCount(2);
    await expect(stateLine(page, /2 changes waiting/)).toBeVisible();
    await expect.poll(() => countStored(beside, 'o')).toBe(2);
    await page.reload();
    await expect(starred(page)).toHaveCount(2);
    await pushes();
    await page.evaluate(() => window.dispatchEvent(new Event('online')));
    await expect(stateLine(page, 'Online')).toBeVisible();
    expect((await askServer(page, id)).starred).toBe(true);
    expect((await askServer(page, other)).starred).toBe(true);
  });
}

for (const [what, said] of [
  ['rows', 'rows that are garbage'],
  ['schema', 'a cursor of another schema'],
] as const) {
  test(`over ${said}, the items are fetched again, and what was not sent is sent`, async ({ page }) => {
    const [id = ''] = await madeIds(page, ['sea', 'dunes', 'forest']);
    await openGallery(page, 3);
    await cutOff(page, '**/api/trpc/sync.push*');
    await pressOn(page, id, 's');
    await expect(stateLine(page, /1 change waiting/)).toBeVisible();
    const beside = await openBeside(page);
    await page.close();
    await spoil(beside, what);

    const next = await beside.context().newPage();
    const fetched = next.waitForRequest(/sync\.window/);
    await next.goto('/gallery');
    await fetched;
    await expect(tiles(next)).toHaveCount(3);
    await expect(starred(next)).toHaveCount(1);
    await expect(stateLine(next, 'Online')).toBeVisible();
    expect((await askServer(next, id)).starred).toBe(true);
    // What is stored is good again.
    await cutOff(next);
    await next.reload();
    await expect(tiles(next)).toHaveCount(3);
  });
}

test('where the database never opens, the page goes on in memory and says so', async ({ page }) => {
  const [id = ''] = await madeIds(page, ['sea', 'dunes']);
  await page.addInitScript(() => {
    // Neither an answer nor a failure: as behind another tab that does not let go of a database to be deleted.
    Object.assign(IDBFactory.prototype, {
      open: () => Object.assign(new EventTarget(), { readyState: 'pending', error: null }),
    });
  });
  await page.goto('/gallery');
  await expect(tiles(page)).toHaveCount(2);
  await stateLine(page, 'Not kept on this device').click();
  await expect(page.getByText('This browser lets nothing be kept here')).toBeVisible();
  await page.keyboard.press('Escape');
  // The panel gives the focus back as it goes: a key before that is not the tile's.
  await expect(page.getByText('This browser lets nothing be kept here')).toHaveCount(0);
  await pressOn(page, id, 's');
  await expect(starred(page)).toHaveCount(1);
  await expect.poll(async () => (await askServer(page, id)).starred).toBe(true);
});

test('without room the window shrinks, and what was not sent stays', async ({ page }) => {
  const id = (await savePixels(page, 56)).at(-1) ?? '';
  await page.addInitScript(() => {
    // oxlint-disable-next-line typescript/unbound-method -- called on the store they belong to
    const { put, delete: remove } = IDBObjectStore.prototype;
    const stored = new Set<string>();
    // Room for 52 of the 56 pictures.
    IDBObjectStore.prototype.put = function (value: unknown, key?: IDBValidKey) {
      const name = JSON.stringify(key);
      if (name.startsWith('["m"') && !stored.has(name)) {
        if (stored.size >= 52) throw new DOMException('No room.', 'QuotaExceededError');
        stored.add(name);
        this.transaction.addEventListener('abort', () => stored.delete(name));
      }
      return put.call(this, value, key);
    };
    IDBObjectStore.prototype.delete = function (key) {
      stored.delete(JSON.stringify(key));
      return remove.call(this, key);
    };
  });
  await page.goto('/gallery');
  await expect(tiles(page).first()).toBeVisible();
  await expect(stateLine(page, 'Online')).toBeVisible();
  expect(await countStored(page, 'm')).toBe(50);
  const reconnect = await cutOff(page);
  await pressOn(page, id, 's');
  await expect(stateLine(page, /1 change waiting/)).toBeVisible();
  await page.reload();
  await expect(starred(page)).toHaveCount(1);
  await expect(stateLine(page, /1 change waiting/)).toBeVisible();
  expect(await countStored(page, 'o')).toBe(1);
  await reconnect();
  await page.evaluate(() => window.dispatchEvent(new Event('online')));
  await expect(stateLine(page, 'Online')).toBeVisible();
  expect((await askServer(page, id)).starred).toBe(true);
});

for (const how of ['while the page is open', 'between two visits'] as const) {
  test(`another guest's cookies ${how}: nothing of the first is shown, kept or sent`, async ({
    page,
    context,
    newGuest,
  }) => {
    const [own = ''] = await madeIds(page, ['a secret']);
    await openGallery(page, 1);
    const [first = ''] = await databases(page);
    const pushes = await cutOff(page, '**/api/trpc/sync.push*');
    await pressOn(page, own, 's');
    await expect(stateLine(page, /1 change waiting/)).toBeVisible();
    const stranger = await newGuest();
    const [theirs = ''] = await madeIds(stranger, ['something else']);
    await stranger.goto('/gallery');
    await expect(tiles(stranger)).toHaveCount(1);

    const taken: string[] = [];
    context.on('response', (answer) => {
      if (answer.url().includes('sync.push') && answer.ok()) taken.push(answer.url());
    });
    await context.clearCookies();
    await context.addCookies(await stranger.context().cookies());
    await pushes();
    if (how === 'between two visits') {
      await page.addInitScript(() => {
        const seen: string[] = [];
        Object.assign(window, { seen });
        new MutationObserver(() => {
          for (const tile of document.querySelectorAll('[data-media-id]')) {
            seen.push(tile.getAttribute('data-media-id') ?? '');
          }
        }).observe(document, { childList: true, subtree: true });
      });
      await page.reload();
    } else {
      await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    }
    await expect(page.locator(`[data-media-id="${theirs}"]`)).toBeVisible();
    await expect(tiles(page)).toHaveCount(1);
    await expect(stateLine(page, 'Online')).toBeVisible();
    const seen: unknown = await page.evaluate(() => Reflect.get(window, 'seen') ?? []);
    expect(seen).not.toContain(own);
    await expect.poll(() => databases(page)).not.toContain(first);
    expect(taken).toEqual([]);
    expect((await askServer(page, theirs)).starred).toBe(false);
    expect((await page.request.get(`/api/v1/media/${own}`)).status()).toBe(404);
  });
}
