import type { Page } from '@playwright/test';
import { openGallery, stateLine } from './device.ts';
import { expect, test } from './fixtures.ts';
import { makePictures, tiles, viewer } from './make-pictures.ts';

const collectDialog = (page: Page) => page.getByRole('dialog', { name: /^Collections of/ });
const card = (page: Page, name: RegExp) => page.getByRole('main').getByRole('link', { name });

const collectionIds = async (page: Page) => {
  const answer = await page.request.get('/api/v1/media');
  const { items }: { items: { collectionIds: string[] }[] } = await answer.json();
  return items.map((item) => item.collectionIds);
};

async function makeCollection(page: Page, name: string, add: string[]) {
  const created = await page.request.post('/api/v1/collections', { data: { name } });
  expect(created.status()).toBe(201);
  const { id }: { id: string } = await created.json();
  if (add.length > 0)
    expect((await page.request.patch(`/api/v1/collections/${id}/items`, { data: { add } })).status()).toBe(
      200,
    );
  return id;
}

const madeIds = async (page: Page, prompts: string[]) =>
  (await makePictures(page, prompts)).flatMap(({ media }) => media.map(({ id }) => id));

test('made and filled without a network, it outlives a reload, and is on another device', async ({
  page,
  context,
  browser,
  baseURL,
  consoleErrors,
}) => {
  consoleErrors.allow(/Failed to load resource|net::ERR/);
  await makePictures(page, ['sea', 'dunes', 'forest']);
  await openGallery(page, 3);
  await page.evaluate(async () => navigator.serviceWorker.ready);
  await context.setOffline(true);
  await page.keyboard.press('Control+a');
  await tiles(page).first().focus();
  await page.keyboard.press('l');
  await expect(collectDialog(page).getByRole('combobox')).toBeFocused();
  await page.keyboard.type('Trips');
  await expect(collectDialog(page).getByRole('option', { name: "Create 'Trips'" })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(collectDialog(page).getByRole('option', { name: 'Trips, in it' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(collectDialog(page)).toHaveCount(0);

  await page.keyboard.press('g');
  await page.keyboard.press('l');
  await expect(page).toHaveURL('/collections');
  await card(page, /Trips.*3 items/).click();
  await expect(page).toHaveURL(/\/collections\/[0-9a-f-]{36}$/);
  await expect(tiles(page)).toHaveCount(3);
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Trips' })).toBeVisible();
  await expect(tiles(page)).toHaveCount(3);
  await expect(stateLine(page, /4 changes waiting/)).toBeVisible();

  const elsewhere = await browser.newContext({ baseURL, storageState: await context.storageState() });
  consoleErrors.watch(elsewhere);
  const other = await elsewhere.newPage();
  const live = other.waitForResponse(/sync\.onPoke/);
  await other.goto('/collections');
  await expect(other.getByText('No collections yet')).toBeVisible();
  await live;
  await context.setOffline(false);
  await expect(stateLine(page, 'Online')).toBeVisible({ timeout: 30_000 });
  await expect(card(other, /Trips.*3 items/)).toBeVisible();
  await card(other, /Trips/).click();
  await expect(tiles(other)).toHaveCount(3);
  await elsewhere.close();
});

test('deleting a collection asks, and keeps what is in it', async ({ page }) => {
  const ids = await madeIds(page, ['sea', 'dunes', 'forest']);
  const id = await makeCollection(page, 'Trips', ids);
  await page.goto(`/collections/${id}`);
  await expect(tiles(page)).toHaveCount(3);
  await page.getByRole('button', { name: 'Rename' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Far trips');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Far trips' })).toBeVisible();
  await page.getByRole('button', { name: 'Delete collection' }).click();
  const question = page.getByRole('alertdialog', { name: 'Delete the collection Far trips?' });
  await expect(question.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(tiles(page)).toHaveCount(3);
  await page.getByRole('button', { name: 'Delete collection' }).click();
  await question.getByRole('button', { name: 'Delete collection' }).click();
  await expect(page.getByText('No collections yet')).toBeVisible();
  await expect(page).toHaveURL('/collections');
  await expect(stateLine(page, 'Online')).toBeVisible();
  expect(await collectionIds(page)).toEqual([[], [], []]);
  await openGallery(page, 3);
  await page.goto(`/collections/${id}`);
  await expect(page.getByText('There is no such collection')).toBeVisible();
});

test('in the viewer and in a collection, items are put in and taken out', async ({ page }) => {
  const ids = await madeIds(page, ['sea', 'dunes']);
  await makeCollection(page, 'Faces', []);
  const trips = await makeCollection(page, 'Trips', ids);
  await openGallery(page, 2);
  await tiles(page).first().click();
  await expect(viewer(page)).toBeVisible();
  await page.keyboard.press('l');
  await expect(collectDialog(page).getByRole('option')).toHaveCount(2);
  await page.keyboard.type('fac');
  await expect(collectDialog(page).getByRole('option', { name: 'Faces' })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(collectDialog(page).getByRole('option', { name: 'Faces, in it' })).toBeVisible();
  await collectDialog(page).getByRole('option', { name: 'Trips, in it' }).click();
  await expect(collectDialog(page).getByRole('option', { name: 'Trips, in it' })).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(collectDialog(page)).toHaveCount(0);
  await expect(viewer(page)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(viewer(page)).toHaveCount(0);

  await page.goto('/collections');
  await card(page, /Trips.*1 item/).click();
  await tiles(page).first().focus();
  await page.keyboard.press('Space');
  await page.getByRole('button', { name: 'Take out of this collection' }).click();
  await expect(page.getByText('Nothing in here yet')).toBeVisible();
  await page.keyboard.press('Control+z');
  await expect(tiles(page)).toHaveCount(1);
  await tiles(page).first().click();
  await expect(viewer(page)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(`/collections/${trips}`);
  await expect(page.getByRole('heading', { name: 'Trips' })).toBeVisible();
  await page.goBack();
  await expect(card(page, /Faces.*1 item/)).toBeVisible();
});

test('a name that is confirmed twice at once makes one collection', async ({ page }) => {
  await makePictures(page, ['sea']);
  await page.goto('/collections');
  await page.getByRole('button', { name: 'New collection' }).first().click();
  await page.getByRole('dialog').getByLabel('Name').fill('Trips');
  await page.getByRole('dialog').getByRole('button', { name: 'Create' }).dblclick();
  await expect(page.getByRole('heading', { name: 'Trips' })).toBeVisible();
  await expect(stateLine(page, 'Online')).toBeVisible();
  const answer = await page.request.get('/api/v1/collections');
  expect(await answer.json()).toMatchObject({ items: [{ name: 'Trips' }] });
});
