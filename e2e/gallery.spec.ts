import { expect, test } from './fixtures.ts';
import { makePictures, tiles } from './make-pictures.ts';

const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAwAAAAICAIAAABChommAAAACXBIWXMAAAPoAAAD6AG1e1JrAAAAEUlEQVQYlWMoSHhAEDGMKgIAhJuiAbq2ea4AAAAASUVORK5CYII=';

test('an empty gallery says so and leads to Create; a failed one does not claim to be empty', async ({
  page,
  consoleErrors,
}) => {
  await page.goto('/gallery');
  await expect(page.getByText('Nothing here yet')).toBeVisible();
  await page.getByRole('main').getByRole('link', { name: 'Create' }).click();
  await expect(page).toHaveURL('/');

  consoleErrors.allow(/Failed to load resource|net::ERR/);
  await makePictures(page, ['one that exists']);
  await page.route('**/api/trpc/**', (route) => route.abort());
  await page.goto('/gallery');
  await expect(page.getByText('Nothing here yet')).toHaveCount(0);
  await page.unroute('**/api/trpc/**');
});

test('arrows, Space, s and Delete work on tiles, and undo brings them back', async ({ page }) => {
  await makePictures(page, ['sea', 'dunes', 'forest'], { count: 2 });
  await page.goto('/gallery');
  await expect(tiles(page)).toHaveCount(6);
  const first = tiles(page).first();
  await first.focus();
  await page.keyboard.press('s');
  await expect(first.getByText('Starred')).toBeAttached();
  await page.keyboard.press('ArrowRight');
  await expect(tiles(page).nth(1)).toBeFocused();

  await page.keyboard.press('Space');
  await page.keyboard.press('Shift+ArrowRight');
  await expect(page.getByRole('toolbar', { name: 'Selection' })).toContainText('2 selected');
  await page.keyboard.press('Delete');
  await expect(tiles(page)).toHaveCount(4);
  await expect(page.getByText('2 items moved to the trash').first()).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(tiles(page)).toHaveCount(6);

  await page.keyboard.press('g');
  await page.keyboard.press('s');
  await expect(page).toHaveURL('/starred');
  await expect(tiles(page)).toHaveCount(1);
});

test('select all and the bulk bar star and trash together', async ({ page }) => {
  await makePictures(page, ['sea', 'dunes'], { count: 2 });
  await page.goto('/gallery');
  await expect(tiles(page)).toHaveCount(4);
  await page.keyboard.press('Control+a');
  const bar = page.getByRole('toolbar', { name: 'Selection' });
  await expect(bar).toContainText('4 selected');
  await bar.getByRole('button', { name: 'Star', exact: true }).click();
  await expect(tiles(page).getByText('Starred')).toHaveCount(4);
  await page.keyboard.press('Escape');
  await expect(bar).toHaveCount(0);
});

test('the kind is said by the address', async ({ page }) => {
  await makePictures(page, ['still water']);
  await page.goto('/gallery');
  await expect(tiles(page)).toHaveCount(1);
  await page.getByText('Videos', { exact: true }).click();
  await expect(page).toHaveURL('/gallery?kind=video');
  await expect(page.getByText('No videos here')).toBeVisible();
  await page.reload();
  await expect(page.getByText('No videos here')).toBeVisible();
  await page.getByRole('button', { name: 'Show all' }).click();
  await expect(tiles(page)).toHaveCount(1);
});

test('with the server out of reach, a reload still shows what is kept here', async ({
  page,
  consoleErrors,
}) => {
  consoleErrors.allow(/Failed to load resource|net::ERR/);
  await makePictures(page, ['a lasting picture'], { count: 3 });
  await page.goto('/gallery');
  await expect(tiles(page)).toHaveCount(3);
  await page.route('**/api/**', (route) => route.abort());
  await page.reload();
  await expect(tiles(page)).toHaveCount(3);
  await expect(page.getByRole('button', { name: /^Offline/ })).toBeVisible();
  await tiles(page).first().focus();
  await page.keyboard.press('s');
  await expect(tiles(page).getByText('Starred')).toHaveCount(1);
  await expect(page.getByRole('button', { name: /1 change waiting/ })).toBeVisible();
  await page.unroute('**/api/**');
  await expect(page.getByRole('button', { name: 'Online' })).toBeVisible({ timeout: 30_000 });
});

test('a dropped picture is added, and a text file is left out with a word', async ({ page }) => {
  await page.goto('/gallery');
  await expect(page.getByText('Nothing here yet')).toBeVisible();
  const drop = await page.evaluateHandle((base64) => {
    const transfer = new DataTransfer();
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    transfer.items.add(new File([bytes], 'square.png', { type: 'image/png' }));
    transfer.items.add(new File(['hello'], 'notes.txt', { type: 'text/plain' }));
    return transfer;
  }, PNG);
  await expect(page.locator('html[data-takes-files]')).toBeAttached();
  await page.dispatchEvent('body', 'drop', { dataTransfer: drop });
  const tray = page.getByRole('region', { name: 'Files being added' });
  await expect(tray.getByRole('listitem').filter({ hasText: 'notes.txt' })).toContainText('not an image');
  await expect(tiles(page)).toHaveCount(1);
  await expect(page.getByText('Waiting to be saved on the server')).toHaveCount(0);
  await tray.getByRole('button', { name: 'Close' }).click();
  await expect(tray).toHaveCount(0);
  await page.reload();
  await expect(tiles(page)).toHaveCount(1);
});

test('a leap shows tiles in its own frame, and asks for their files only once it is over', async ({
  page,
}) => {
  for (let nth = 0; nth < 60; nth++) {
    expect((await page.request.post('/api/v1/media', { data: { data: PNG } })).status()).toBe(201);
  }
  await page.goto('/gallery');
  await expect(tiles(page).first()).toBeVisible();
  const seen = await page.evaluate(async () => {
    // oxlint-disable-next-line unicorn/consistent-function-scoping -- it runs in the page
    const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    // oxlint-disable-next-line unicorn/consistent-function-scoping -- it runs in the page
    const inSight = () =>
      [0.3, 0.5, 0.7].some((part) =>
        document.elementFromPoint(innerWidth / 2, innerHeight * part)?.closest('[data-media-id]'),
      );
    const leaps: { inSight: boolean; files: number }[] = [];
    for (const top of [document.body.scrollHeight, 0, document.body.scrollHeight]) {
      scrollTo({ top, behavior: 'instant' });
      // The scroll is told at the beginning of the next frame, before its callbacks.
      await nextFrame();
      leaps.push({ inSight: inSight(), files: document.querySelectorAll('[data-media-id] img').length });
    }
    return leaps;
  });
  expect(seen).toEqual(Array.from({ length: 3 }, () => ({ inSight: true, files: 0 })));
  await expect(tiles(page).locator('img').first()).toBeVisible();
});
