import { expectNoFaults } from './axe.ts';
import { expect, test } from './fixtures.ts';
import { makePictures, tiles, viewer } from './make-pictures.ts';

test('axe finds no fault in Create, the gallery and the viewer, in either theme', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto('/gallery');
  await expect(page.getByText('Nothing here yet')).toBeVisible();
  await expectNoFaults(page, 'empty gallery');

  await makePictures(page, ['sea', 'dunes'], { count: 2 });
  await page.goto('/');
  await expect(page.getByRole('button', { name: /^Open:/ })).toHaveCount(4);
  await expectNoFaults(page, 'create');
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('button', { name: /^Style/ }).click();
  await expect(page.getByRole('menu')).toBeVisible();
  await expectNoFaults(page, 'create with a menu');

  await page.goto('/gallery');
  await expect(tiles(page)).toHaveCount(4);
  await tiles(page).first().focus();
  await page.keyboard.press('Space');
  await expectNoFaults(page, 'selection');
  await page.keyboard.press('Shift+Delete');
  await expect(page.getByRole('alertdialog')).toBeVisible();
  await expectNoFaults(page, 'question');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('alertdialog')).toHaveCount(0);
  await page.keyboard.press('Escape');

  await tiles(page).first().click();
  await expect(viewer(page)).toBeVisible();
  await page.keyboard.press('i');
  await expect(viewer(page).getByRole('complementary')).toBeVisible();
  await expectNoFaults(page, 'viewer');
  await page.keyboard.press('Escape');
  await expect(viewer(page)).toHaveCount(0);
});

test('axe finds no fault in collections, settings and help, in either theme', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await makePictures(page, ['sea', 'dunes'], { count: 2 });
  await page.goto('/gallery');
  await expect(tiles(page)).toHaveCount(4);
  await tiles(page).first().focus();
  await page.keyboard.press('l');
  const collect = page.getByRole('dialog', { name: /^Collections of/ });
  await collect.getByRole('combobox').fill('Trips');
  await expect(collect.getByRole('option')).toHaveCount(1);
  await expectNoFaults(page, 'collections of an item');
  await page.keyboard.press('Enter');
  await expect(collect.getByRole('option', { name: 'Trips, in it' })).toBeVisible();
  await expectNoFaults(page, 'collections of an item that is in one');
  await page.keyboard.press('Escape');
  await expect(collect).toHaveCount(0);
  await page.goto('/collections');
  await expect(page.getByRole('link', { name: /Trips/ })).toBeVisible();
  await expectNoFaults(page, 'collections');
  await page.getByRole('button', { name: 'New collection' }).click();
  await expect(page.getByRole('textbox', { name: 'Name' })).toBeFocused();
  await expectNoFaults(page, 'a name for a collection');
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: /Trips/ }).click();
  await expect(page.getByRole('heading', { name: 'Trips' })).toBeVisible();
  await expect(tiles(page)).toHaveCount(1);
  await expectNoFaults(page, 'one collection');

  await page.goto('/settings/privacy');
  await expect(page.getByText(/^4 originals: /)).toBeVisible();
  await expectNoFaults(page, 'privacy');

  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
  await expectNoFaults(page, 'help');
});

test('everything on a touch screen is at least 44 pixels high, and no page scrolls sideways', async ({
  browser,
  baseURL,
  consoleErrors,
}) => {
  const context = await browser.newContext({
    baseURL,
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
  });
  consoleErrors.watch(context);
  const page = await context.newPage();
  await makePictures(page, ['sea'], { count: 2 });
  for (const path of ['/', '/gallery', '/collections', '/activity', '/trash', '/settings/privacy']) {
    await page.goto(path);
    await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
    const small = await page.locator('button:visible, nav a:visible, label:visible').evaluateAll((elements) =>
      elements
        .filter((element) => element.closest('[role=grid]') === null)
        .filter((element) => element.getBoundingClientRect().height < 40)
        .map((element) => element.outerHTML.slice(0, 120)),
    );
    expect(
      small.filter((html) => !html.includes('take the suggestion') && !html.includes('tabindex="-1"')),
    ).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  }
  await context.close();
});
