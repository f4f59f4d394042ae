import type { Page } from '@playwright/test';
import sharp from 'sharp';
import { expectNoFaults, faults } from './axe.ts';
import { expect, test } from './fixtures.ts';
import { tiles, viewer } from './make-pictures.ts';

async function dataUrl(red: number): Promise<string> {
  const background = { r: red, g: 90, b: 160 };
  const bytes = await sharp({ create: { width: 96, height: 64, channels: 3, background } })
    .png()
    .toBuffer();
  return `data:image/png;base64,${bytes.toString('base64')}`;
}

const history = async (count: number) =>
  Promise.all(
    Array.from({ length: count }, async (_, n) => ({
      id: `old-${n}`,
      url: await dataUrl(n * 10),
      prompt: `kept elsewhere ${n}`,
      model: 'an old model',
      timestamp: 1_600_000_000_000 + n * 1000,
    })),
  );

const TROUBLE = [
  { imageUrl: 'https://10.0.0.1/a.png', prompt: 'behind a private address' },
  { imageUrl: 'http://pictures.example.org/a.png', prompt: 'without encryption' },
  { prompt: 'without a link' },
];

const count = (page: Page, label: string) =>
  page.getByRole('term').filter({ hasText: label }).locator('xpath=following-sibling::dd');

test('a history is pasted, looked at, brought in, and here when it comes again', async ({ page }) => {
  const entries = await history(3);
  await page.goto('/gallery');
  await page.getByRole('link', { name: 'Bring in a history' }).click();
  await expect(page).toHaveURL('/import');
  await expect(page.getByRole('button', { name: 'Look at it' })).toBeDisabled();
  expect(await faults(page), 'empty').toEqual([]);

  const paste = page.getByRole('textbox', { name: 'The history' });
  await paste.fill('not a history');
  await page.getByRole('button', { name: 'Look at it' }).click();
  await expect(page.getByText('There is no history in this')).toBeVisible();

  await paste.fill('[{"url": "https://x');
  await page.getByRole('button', { name: 'Look at it' }).click();
  await expect(page.getByText('it ends in the middle (line 1, character 19)')).toBeVisible();

  await paste.fill(JSON.stringify([...entries, ...TROUBLE, entries[0]]));
  await page.getByRole('button', { name: 'Look at it' }).click();
  await expect(count(page, 'New')).toHaveText('3');
  await expect(count(page, 'Dead or refused')).toHaveText('2');
  await expect(count(page, 'Cannot be read')).toHaveText('1');
  await expect(count(page, 'Twice in the list')).toHaveText('1');
  await expect(page.getByText('behind a private address', { exact: true })).toBeVisible();
  await expect(page.getByText(/leads to no public address/)).toBeVisible();
  await expect(page.getByText(/begin with https/)).toBeVisible();
  expect((await page.context().cookies()).map(({ name }) => name)).not.toContain('guest');
  expect(await faults(page), 'looked at').toEqual([]);

  await page.getByRole('button', { name: 'Bring in 3' }).click();
  await expect(count(page, 'Brought in')).toHaveText('3');
  await expect(count(page, 'Dead or refused')).toHaveText('2');
  expect(await faults(page), 'brought in').toEqual([]);
  await page.getByRole('link', { name: 'Go to the gallery' }).click();
  await expect(tiles(page)).toHaveCount(3);
  await expect(tiles(page).first()).toContainText('kept elsewhere 2');

  await page.goto('/import');
  await page.getByRole('textbox', { name: 'The history' }).fill(JSON.stringify(entries));
  await page.getByRole('button', { name: 'Look at it' }).click();
  await expect(count(page, 'Already here')).toHaveText('3');
  await expect(count(page, 'New')).toHaveText('0');
  await page.goto('/gallery');
  await expect(tiles(page)).toHaveCount(3);
});

test('files are chosen, and a reload in the middle goes on with what is left', async ({
  page,
  consoleErrors,
}) => {
  consoleErrors.allow(/Failed to load resource|net::ERR/);
  const entries = await history(9);
  await page.goto('/import');
  await page.getByLabel('Choose files').setInputFiles([
    {
      name: 'images.json',
      mimeType: 'application/json',
      buffer: Buffer.from(JSON.stringify(entries.slice(0, 5))),
    },
    {
      name: 'more.json',
      mimeType: 'application/json',
      buffer: Buffer.from(JSON.stringify({ items: entries.slice(5) })),
    },
  ]);
  await expect(count(page, 'New')).toHaveText('9');
  let calls = 0;
  await page.route('**/api/trpc/media.import', async (route) => {
    calls += 1;
    // The first batch arrives; the second does not, however often it is sent, until the page is left.
    await (calls === 1 ? route.continue() : route.abort());
  });
  await page.getByRole('button', { name: 'Bring in 9' }).click();
  await expect(count(page, 'Brought in')).toHaveText('6');
  await page.unroute('**/api/trpc/media.import');
  await page.reload();
  await expect(count(page, 'Already here')).toHaveText('6');
  await expect(count(page, 'New')).toHaveText('3');
  await expect(page.getByText('This was broken off: 6 of 9 are here.')).toBeVisible();
  await page.getByRole('button', { name: 'Go on with 3 entries' }).click();
  await expect(count(page, 'Brought in')).toHaveText('3');
  await expect(page.getByText('This was broken off')).toBeHidden();
  await page.reload();
  await expect(page.getByRole('textbox', { name: 'The history' })).toBeVisible();
});

test('what was pasted and looked at survives Back, Forward and another page', async ({ page }) => {
  const text = JSON.stringify(await history(2));
  await page.goto('/import');
  const paste = page.getByRole('textbox', { name: 'The history' });
  await paste.fill(text);
  await page.getByRole('button', { name: 'Look at it' }).click();
  await expect(count(page, 'New')).toHaveText('2');
  await page.goBack();
  await expect(page).toHaveURL('/import');
  await expect(paste).toHaveValue(text);
  await page.goForward();
  await expect(count(page, 'New')).toHaveText('2');
  await page.goto('about:blank');
  await page.goBack();
  await expect(count(page, 'New')).toHaveText('2');
  await page.goBack();
  await expect(paste).toHaveValue(text);
  await page.goForward();
  await page.getByRole('button', { name: 'Another list' }).click();
  await expect(paste).toHaveValue('');
});

test('a history that another page left in this browser is found', async ({ page }) => {
  const entries = await history(2);
  await page.addInitScript((text) => localStorage.setItem('imageHistory', text), JSON.stringify(entries));
  await page.goto('/import');
  const found = page.getByRole('region', { name: 'Found in this browser' });
  await expect(found).toContainText('imageHistory 2 entries');
  await found.getByRole('button', { name: 'Look at it' }).click();
  await expect(count(page, 'New')).toHaveText('2');
});

test('a link is added from the toolbar and by pasting; one that is refused says why', async ({
  page,
  consoleErrors,
}) => {
  consoleErrors.allow(/422/);
  const picture = await dataUrl(200);
  await page.goto('/gallery');
  await page.getByRole('button', { name: 'Add by link' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add by link' });
  const field = dialog.getByRole('textbox', { name: 'Link' });
  await expect(field).toBeFocused();
  expect(await faults(page), 'dialog').toEqual([]);
  await page.keyboard.type('https://127.0.0.1/a.png');
  await page.keyboard.press('Enter');
  await expect(dialog.getByText(/leads to no public address/)).toBeVisible();
  await field.fill('ftp://pictures.example.org/a.png');
  await page.keyboard.press('Enter');
  await expect(dialog.getByText(/begin with https/)).toBeVisible();
  await field.fill(picture);
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(page.getByText('Saved to the gallery')).toBeVisible();
  await expect(tiles(page)).toHaveCount(1);

  await page.evaluate(
    (text) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', text);
      dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
    },
    await dataUrl(100),
  );
  await expect(tiles(page)).toHaveCount(2);
});

test('an item shows the images that it was made from', async ({ page }) => {
  const sources = [{ data: await dataUrl(220) }, { data: await dataUrl(120) }];
  const made = await page.request.post('/api/v1/media', {
    data: { data: await dataUrl(10), prompt: 'an edit', sources },
  });
  const { id }: { id: string } = await made.json();
  await page.goto(`/gallery/${id}`);
  await expect(viewer(page).getByRole('img', { name: 'an edit' })).toBeVisible();
  await page.keyboard.press('i');
  const source = viewer(page).getByRole('img', { name: 'Source 2' });
  await expect(source).toBeVisible();
  await expect.poll(() => source.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(96);
  expect(await faults(page)).toEqual([]);
});

test('it fits every width, in both themes', async ({ page }) => {
  await page.goto('/import');
  await page
    .getByRole('textbox', { name: 'The history' })
    .fill(JSON.stringify([...(await history(2)), ...TROUBLE]));
  await page.getByRole('button', { name: 'Look at it' }).click();
  await expect(count(page, 'New')).toHaveText('2');
  for (const width of [390, 820, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  }
  await expectNoFaults(page, 'looked at');
});
