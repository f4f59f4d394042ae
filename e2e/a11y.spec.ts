import { faults } from './axe.ts';
import { expect, test } from './fixtures.ts';
import { makePictures, tiles, viewer } from './make-pictures.ts';

for (const colorScheme of ['light', 'dark'] as const) {
  test(`no page has a fault that axe can find, in the ${colorScheme} theme`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.goto('/gallery');
    await expect(page.getByText('Nothing here yet')).toBeVisible();
    expect(await faults(page), 'empty gallery').toEqual([]);

    await makePictures(page, ['sea', 'dunes'], { count: 2 });
    await page.goto('/');
    await expect(page.getByRole('button', { name: /^Open:/ })).toHaveCount(4);
    expect(await faults(page), 'create').toEqual([]);
    await page.getByRole('button', { name: 'More' }).click();
    await page.getByRole('button', { name: /^Style/ }).click();
    await expect(page.getByRole('menu')).toBeVisible();
    expect(await faults(page), 'create with a menu').toEqual([]);

    await page.goto('/gallery');
    await expect(tiles(page)).toHaveCount(4);
    await tiles(page).first().focus();
    await page.keyboard.press('Space');
    expect(await faults(page), 'selection').toEqual([]);
    await page.keyboard.press('Shift+Delete');
    await expect(page.getByRole('alertdialog')).toBeVisible();
    expect(await faults(page), 'question').toEqual([]);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('alertdialog')).toHaveCount(0);
    await page.keyboard.press('Escape');

    await tiles(page).first().click();
    await expect(viewer(page)).toBeVisible();
    await page.keyboard.press('i');
    await expect(viewer(page).getByRole('complementary')).toBeVisible();
    expect(await faults(page), 'viewer').toEqual([]);
    await page.keyboard.press('Escape');
    await expect(viewer(page)).toHaveCount(0);

    await tiles(page).first().focus();
    await page.keyboard.press('l');
    const collect = page.getByRole('dialog', { name: /^Collections of/ });
    await collect.getByRole('combobox').fill('Trips');
    await expect(collect.getByRole('option')).toHaveCount(1);
    expect(await faults(page), 'collections of an item').toEqual([]);
    await page.keyboard.press('Enter');
    await expect(collect.getByRole('option', { name: 'Trips, in it' })).toBeVisible();
    expect(await faults(page), 'collections of an item that is in one').toEqual([]);
    await page.keyboard.press('Escape');
    await expect(collect).toHaveCount(0);
    await page.goto('/collections');
    await expect(page.getByRole('link', { name: /Trips/ })).toBeVisible();
    expect(await faults(page), 'collections').toEqual([]);
    await page.getByRole('button', { name: 'New collection' }).click();
    await expect(page.getByRole('textbox', { name: 'Name' })).toBeFocused();
    expect(await faults(page), 'a name for a collection').toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: /Trips/ }).click();
    await expect(page.getByRole('heading', { name: 'Trips' })).toBeVisible();
    await expect(tiles(page)).toHaveCount(1);
    expect(await faults(page), 'one collection').toEqual([]);

    await page.goto('/settings/privacy');
    await expect(page.getByText(/^4 originals: /)).toBeVisible();
    expect(await faults(page), 'privacy').toEqual([]);

    await page.keyboard.press('?');
    await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
    expect(await faults(page), 'help').toEqual([]);
  });
}

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
