import { expect, test } from './fixtures.ts';
import { makePictures, tiles } from './make-pictures.ts';

test('what is trashed can be restored, or deleted for good after a question', async ({ page }) => {
  const made = await makePictures(page, ['sea', 'dunes', 'forest']);
  const ids = made.flatMap(({ media }) => media.map(({ id }) => id));
  await page.goto('/gallery');
  await expect(tiles(page)).toHaveCount(3);
  await page.keyboard.press('Control+a');
  await page
    .getByRole('toolbar', { name: 'Selection' })
    .getByRole('button', { name: 'Move to trash' })
    .click();
  await expect(page.getByText('Nothing here, and 3 in the trash')).toBeVisible();

  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Trash' }).click();
  await expect(tiles(page)).toHaveCount(3);
  await expect(page.getByText(/Items stay 30 days/)).toBeVisible();
  await tiles(page).first().hover();
  await tiles(page).first().getByRole('button', { name: 'Restore' }).click();
  await expect(tiles(page)).toHaveCount(2);

  await page.getByRole('button', { name: 'Empty trash' }).click();
  const question = page.getByRole('alertdialog', { name: 'Delete 2 items for good?' });
  await expect(question.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(tiles(page)).toHaveCount(2);
  await page.getByRole('button', { name: 'Empty trash' }).click();
  await question.getByRole('button', { name: 'Delete 2 items' }).click();
  await expect(page.getByText('The trash is empty')).toBeVisible();

  await expect
    .poll(async () => {
      const answers = await Promise.all(ids.map((id) => page.request.get(`/api/v1/media/${id}`)));
      return answers.map((answer) => answer.status()).toSorted((one, other) => one - other);
    })
    .toEqual([200, 404, 404]);
  await page.goto('/gallery');
  await expect(tiles(page)).toHaveCount(1);
});
