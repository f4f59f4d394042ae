import { AxeBuilder } from '@axe-core/playwright';
import { writeFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { cutOff, stateLine } from './device.ts';
import { expect, test } from './fixtures.ts';
import { tiles } from './make-pictures.ts';
import { film, MIME, picker, pictures, savedItems, tray, type FileSpec } from './send-files.ts';

/** Drops or pastes files, which come into the page as text. */
async function bring(page: Page, how: 'drop' | 'paste', files: FileSpec[]) {
  const sent = files.map(({ name, mimeType, buffer }) => ({
    name,
    mimeType,
    data: buffer.toString('base64'),
  }));
  await expect(page.locator('html[data-takes-files]')).toBeAttached();
  await page.evaluate(
    ({ how, sent }) => {
      const data = new DataTransfer();
      for (const { name, mimeType, data: base64 } of sent) {
        const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
        data.items.add(new File([bytes], name, { type: mimeType }));
      }
      if (how === 'paste') {
        const target = document.activeElement ?? document.body;
        const about = { clipboardData: data, bubbles: true, cancelable: true };
        target.dispatchEvent(new ClipboardEvent('paste', about));
      } else {
        for (const type of ['dragenter', 'dragover', 'drop'])
          dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
      }
    },
    { how, sent },
  );
}

test('fifty files of every kind come in at once, and each is counted', async ({ page }) => {
  test.setTimeout(120_000);
  await page.goto('/gallery');
  await expect(page.getByText('Nothing here yet')).toBeVisible();
  const files = await pictures(50);
  await picker(page).setInputFiles(files);
  await expect(tray(page).getByRole('heading')).toHaveText(/\d+ of 50 added/);
  await expect(tiles(page).first()).toBeVisible();
  await expect(tray(page)).toHaveCount(0, { timeout: 90_000 });
  const items = await savedItems(page);
  expect(items).toHaveLength(50);
  expect(new Set(items.map(({ metadata }) => metadata.filename))).toEqual(
    new Set(files.map(({ name }) => name)),
  );
  expect(new Set(items.map(({ mime }) => mime))).toEqual(new Set(Object.values(MIME)));
  const sizes = new Map(files.map(({ name, buffer }) => [name, buffer.byteLength]));
  for (const { bytes, metadata } of items) expect(bytes).toBe(sizes.get(metadata.filename ?? ''));
});

test('files are dropped and pasted on any page, and what is not one says so by name', async ({ page }) => {
  await page.goto('/');
  await expect(stateLine(page, 'Online')).toBeVisible();
  const [one, two] = await pictures(2);
  if (!one || !two) throw new Error('no pictures');
  const text = { name: 'notes.txt', mimeType: 'image/png', buffer: Buffer.from('Not a picture') };
  const nothing = { name: 'nothing.png', mimeType: 'image/png', buffer: Buffer.alloc(0) };
  const untyped = { ...two, name: 'without an ending', mimeType: '' };
  await bring(page, 'drop', [one, text, nothing, untyped]);
  await expect(tray(page).getByRole('heading')).toHaveText('2 added, 2 not');
  await expect(page.getByRole('status').filter({ hasText: '2 added, 2 not' })).toBeAttached();
  const rows = tray(page).getByRole('listitem');
  await expect(rows.filter({ hasText: 'notes.txt' })).toContainText('not an image or a video');
  await expect(rows.filter({ hasText: 'nothing.png' })).toContainText('The file is empty, or no longer');
  await tray(page).getByRole('button', { name: 'Leave notes.txt out' }).press('Enter');
  await expect(rows).toHaveCount(1);
  await tray(page).getByRole('link', { name: 'View' }).click();
  await expect(tiles(page)).toHaveCount(2);
  await tray(page).getByRole('button', { name: 'Close' }).click();
  await expect(tray(page)).toHaveCount(0);
  // A field takes text alone: a picture that is pasted into it comes in as anywhere else.
  await page.goto('/');
  await expect(page.getByRole('textbox', { name: 'Prompt', exact: true })).toBeFocused();
  await bring(page, 'paste', [two]);
  await expect(tray(page).getByRole('heading')).toHaveText('Added');
  await tray(page).getByRole('link', { name: 'View' }).click();
  await expect(tiles(page)).toHaveCount(3);
});

test('files chosen without a network wait, through a reload, and are sent when it is back', async ({
  page,
  consoleErrors,
}) => {
  consoleErrors.allow(/ERR_FAILED|Failed to (load|fetch)/);
  await page.goto('/gallery');
  const [first, ...rest] = await pictures(5);
  if (!first) throw new Error('no pictures');
  await picker(page).setInputFiles(first);
  await expect(tiles(page)).toHaveCount(1);
  // The tray comes a moment after the tile: that it is not there says nothing yet.
  await expect.poll(async () => (await savedItems(page)).length).toBe(1);
  await expect(page.getByText('Waiting to be saved on the server')).toHaveCount(0);
  await expect(tray(page)).toHaveCount(0);

  const comeBack = await cutOff(page);
  await picker(page).setInputFiles(rest);
  await expect(tiles(page)).toHaveCount(5);
  await expect(tray(page).getByRole('heading')).toHaveText('0 of 4 added');
  await page.reload();
  await expect(tiles(page)).toHaveCount(5);
  await expect(tray(page).getByRole('heading')).toHaveText('0 of 4 added');
  await expect(tray(page).getByText('Waiting for the network').first()).toBeVisible();
  await tray(page)
    .getByRole('button', { name: `Cancel ${rest[0]?.name}` })
    .click();
  await expect(tiles(page)).toHaveCount(4);
  await comeBack();
  await expect(tray(page)).toHaveCount(0, { timeout: 30_000 });
  await expect(stateLine(page, 'Online')).toBeVisible();
  expect((await savedItems(page)).map(({ metadata }) => metadata.filename)).not.toContain(rest[0]?.name);
  expect(await savedItems(page)).toHaveLength(4);
});

test('files that a reload broke off while they were read are told by name, until they are put aside', async ({
  page,
}) => {
  await page.goto('/gallery');
  await expect(page.getByText('Nothing here yet')).toBeVisible();
  const [first, ...rest] = await pictures(3);
  if (!first) throw new Error('no pictures');
  await picker(page).setInputFiles(first);
  await expect.poll(async () => (await savedItems(page)).length).toBe(1);
  // A picture of which the browser never says how large it is.
  await page.evaluate(() => Object.assign(window, { createImageBitmap: () => new Promise(() => {}) }));
  await picker(page).setInputFiles(rest);
  await expect(tray(page).getByText('Reading')).toHaveCount(2);
  page.on('dialog', (dialog) => void dialog.accept());
  await page.reload();
  const rows = tray(page).getByRole('listitem');
  await expect(tray(page).getByRole('heading')).toHaveText('2 files not added');
  for (const { name } of rest) {
    await expect(rows.filter({ hasText: name })).toContainText(
      'Not kept: the page was closed while it was read. Choose it again.',
    );
  }
  await tray(page).getByRole('button', { name: 'Close' }).click();
  await expect(tray(page)).toHaveCount(0);
  await picker(page).setInputFiles(rest);
  await expect.poll(async () => (await savedItems(page)).length).toBe(3);
  await page.reload();
  await expect(tiles(page)).toHaveCount(3);
  await expect(tray(page)).toHaveCount(0);
});

/** What is large does not go through the test into the page. */
function onDisk({ name, buffer }: FileSpec): string {
  const file = test.info().outputPath(name);
  writeFileSync(file, buffer);
  return file;
}

test('a large film goes on where its connection broke, and a second one is cancelled', async ({
  page,
  consoleErrors,
}) => {
  consoleErrors.allow(/ERR_FAILED|ERR_CONNECTION/);
  await page.goto('/gallery');
  const parts: number[] = [];
  let broken = 0;
  await page.route('**/api/v1/uploads/*', async (route) => {
    const request = route.request();
    if (request.method() !== 'PATCH') return route.continue();
    const offset = Number(request.headers()['upload-offset']);
    // The second part breaks off, twice.
    if (offset > 0 && broken < 2) {
      broken += 1;
      return route.abort('connectionreset');
    }
    parts.push(offset);
    return route.continue();
  });
  const large = await film('large.mp4', 20_000_000);
  await picker(page).setInputFiles(onDisk(large));
  await expect(
    tray(page)
      .getByText(/^8\.4 MB of 20 MB$/)
      .first(),
  ).toBeVisible();
  await expect(tray(page).getByRole('progressbar', { name: 'large.mp4' })).toBeVisible();
  await expect(tray(page)).toHaveCount(0, { timeout: 30_000 });
  expect(broken).toBe(2);
  expect(parts).toEqual([0, 8_388_608, 16_777_216]);
  expect(await savedItems(page)).toMatchObject([{ mime: 'video/mp4', bytes: large.buffer.byteLength }]);

  await page.route('**/api/v1/uploads/*', () => {});
  await picker(page).setInputFiles(onDisk(await film('another.mp4', 9_000_000)));
  await tray(page).getByRole('button', { name: 'Cancel another.mp4' }).click();
  await expect(tray(page)).toHaveCount(0);
  await expect(tiles(page)).toHaveCount(1);
});

test('the tray fits every width, in both themes, and axe finds no fault', async ({ page, consoleErrors }) => {
  consoleErrors.allow(/ERR_FAILED|Failed to (load|fetch)/);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto('/gallery');
  const [first, ...rest] = await pictures(8);
  if (!first) throw new Error('no pictures');
  await picker(page).setInputFiles(first);
  await expect(tiles(page)).toHaveCount(1);
  await cutOff(page, '**/api/v1/uploads/*');
  const broken = {
    name: 'a name that is rather long for a note, even where it is cut.png',
    mimeType: 'image/png',
    buffer: Buffer.from('?'),
  };
  await picker(page).setInputFiles([...rest, broken]);
  await expect(tray(page).getByText('not an image or a video')).toBeAttached();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const width of [390, 820, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      const folder = process.env['SHOTS'];
      if (folder) await page.screenshot({ path: `${folder}/tray-${width}-${colorScheme}.png` });
    }
    const { violations } = await new AxeBuilder({ page })
      .include('section[aria-label="Files being added"]')
      .analyze();
    expect(violations.map(({ id }) => id)).toEqual([]);
  }
});
