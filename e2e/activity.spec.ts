import { expectNoFaults } from './axe.ts';
import { expect, test } from './fixtures.ts';
import { makePictures, viewer } from './make-pictures.ts';

test('activity tells what was made, what failed, and when deleted bytes were gone', async ({ page }) => {
  await page.goto('/');
  await page.keyboard.press('Escape');
  await page.locator('body').click({ position: { x: 2, y: 2 } });
  await page.keyboard.press('g');
  await page.keyboard.press('a');
  await expect(page).toHaveURL('/activity');
  await expect(page.getByText('Nothing has happened yet')).toBeVisible();

  const [kept, deleted] = await makePictures(page, ['a lighthouse in fog', 'a secret garden']);
  await page.request.delete(`/api/v1/media/${deleted?.media[0]?.id}?permanent=true`);
  await page.reload();
  const generations = page.getByRole('region', { name: 'Generations' });
  await expect(generations.getByRole('listitem')).toHaveCount(2);
  await expect(generations.getByRole('listitem', { name: 'a lighthouse in fog' })).toContainText(
    '1 image saved',
  );
  const receipts = page.getByRole('region', { name: 'Deleted for good' });
  await expect(receipts.getByRole('listitem')).toHaveCount(1);
  await expect(receipts.getByRole('listitem')).toContainText('1 image deleted for good');
  // It is looked at again by itself until the sweeper has been there.
  await expect(receipts).toContainText(/All bytes gone, seen/, { timeout: 90_000 });
  await expect(receipts).not.toContainText('secret');

  await makePictures(page, ['half of it fails'], { count: 2, settings: { demo: { fail: [1] } } });
  const half = generations.getByRole('listitem', { name: 'half of it fails' });
  await expect(half).toContainText('1 image saved, 1 failed');
  await half.getByRole('button', { name: 'Retry' }).click();
  await expect(half).toHaveCount(2);

  await expectNoFaults(page, 'activity');

  await page.getByRole('button', { name: 'Show: a lighthouse in fog' }).click();
  await expect(viewer(page)).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`/gallery/${kept?.media[0]?.id}`));
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL('/activity');
});
