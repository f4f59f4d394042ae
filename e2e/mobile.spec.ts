import { faults } from './axe.ts';
import { makeAccount, newEmail } from './accounts.ts';
import { expect, test } from './fixtures.ts';
import { makePictures } from './make-pictures.ts';

test.use({ viewport: { width: 390, height: 844 } });

test('on a phone the rest stands behind More: it opens, closes by Escape and by a choice, and says where one is', async ({
  page,
}) => {
  await page.goto('/gallery');
  const bar = page.getByRole('navigation', { name: 'Main' });
  const more = bar.getByRole('button', { name: 'More' });
  const starred = bar.getByRole('link', { name: 'Starred' });
  await expect(bar.getByRole('link', { name: 'Gallery' })).toHaveAttribute('aria-current', 'page');
  await expect(starred).toBeHidden();
  await more.focus();
  await page.keyboard.press('Enter');
  await expect(starred).toBeVisible();
  expect(await faults(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(starred).toBeHidden();
  await expect(more).toBeFocused();

  await more.click();
  await starred.click();
  await expect(page).toHaveURL('/starred');
  await expect(starred).toBeHidden();
  await expect(more).toHaveAttribute('aria-current', 'true');
  for (const [name, path] of [
    ['Collections', '/collections'],
    ['Trash', '/trash'],
    ['Account and settings', '/settings/account'],
  ] as const) {
    await more.click();
    await bar.getByRole('link', { name }).click();
    await expect(page).toHaveURL(path);
  }
});

test('a phone says that a guest library waits to be brought along', async ({ page }) => {
  await makePictures(page, ['a fox']);
  await makeAccount(page, newEmail());
  await page.goto('/gallery');
  const more = page.getByRole('button', { name: 'More: Bring your guest library' });
  await more.click();
  await page.getByRole('link', { name: 'Bring your guest library' }).click();
  await expect(page.getByRole('heading', { name: 'Bring 1 image into this account?' })).toBeVisible();
});
