import { expect, test } from './fixtures.ts';

test('the server says that it is ready, and every page opens for a guest without an error', async ({
  page,
  request,
}) => {
  expect((await request.get('/api/ready')).status()).toBe(200);
  for (const path of ['/', '/gallery', '/starred', '/trash']) {
    await page.goto(path);
    await expect(page.getByRole('main')).toBeVisible();
  }
});
