/** Where the keyboard goes on: a browser begins again at the top when what had the focus is gone. */
import { expect, test } from './fixtures.ts';
import { makePictures, tiles } from './make-pictures.ts';

test('a refused form gives the focus to the field at fault, and a link that is over has a way on', async ({
  page,
  consoleErrors,
}) => {
  consoleErrors.allow(/status of (400|401|404)/);
  await page.goto('/sign-up');
  await page.getByLabel('E-mail').fill('nobody');
  await page.getByLabel('Password').fill('four words in a row');
  await page.keyboard.press('Enter');
  await expect(page.getByText(/^Enter an e-mail address/)).toBeVisible();
  await expect(page.getByLabel('E-mail')).toBeFocused();

  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill('nobody@example.org');
  await page.getByLabel('Password').fill('not the password');
  const button = page.getByRole('button', { name: 'Sign in', exact: true });
  await button.press('Enter');
  await expect(page.getByText(/do not belong together/)).toBeVisible();
  await expect(button).toBeFocused();

  await page.goto('/reset#used-long-ago-used-long-ago-used-long-ago-us');
  await page.getByLabel('New password').fill('four words in a row');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert').filter({ hasText: 'link' })).toBeVisible();
  await page.getByRole('link', { name: 'Ask for a new link' }).click();
  await expect(page.getByLabel('E-mail')).toBeVisible();
});

test('a gallery that is emptied keeps the focus in the page', async ({ page }) => {
  await makePictures(page, ['sea'], { count: 2 });
  await page.goto('/gallery');
  await expect(tiles(page)).toHaveCount(2);
  await tiles(page).first().focus();
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Delete');
  await expect(page.getByText('Nothing here, and 2 in the trash')).toBeVisible();
  await expect(page.getByRole('main')).toBeFocused();
});
