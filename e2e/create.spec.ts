import { expect, test } from './fixtures.ts';
import { makePictures, prompt, tiles } from './make-pictures.ts';

test('a guest takes the suggestion, generates, and finds four pictures that stay', async ({ page }) => {
  await page.goto('/');
  await expect(prompt(page)).toBeFocused();
  await expect(page.getByText('Demo model: no key, nothing leaves this computer')).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(prompt(page)).not.toHaveValue('');
  const text = await prompt(page).inputValue();

  await page.keyboard.press('Control+Enter');
  const result = page.getByRole('region', { name: `Result: ${text}` });
  await expect(result.getByRole('listitem')).toHaveCount(4);
  const box = await result.getByRole('listitem').first().boundingBox();
  await expect(result.getByRole('button', { name: /^Open:/ })).toHaveCount(4, { timeout: 40_000 });
  expect(await result.getByRole('listitem').first().boundingBox()).toEqual(box);
  await expect(page.getByText('Saved on this server as a guest.')).toBeVisible();

  await page.getByRole('link', { name: 'View gallery' }).click();
  await expect(tiles(page)).toHaveCount(4);
  await page.reload();
  await expect(tiles(page)).toHaveCount(4);
});

test('the draft and its settings survive a reload', async ({ page }) => {
  await page.goto('/');
  await prompt(page).fill('a harbour before the storm');
  await page.getByRole('button', { name: /^Aspect/ }).click();
  await page.getByRole('menuitemradio', { name: '16:9' }).click();
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByLabel('Headline').fill('Storm');
  await expect
    .poll(() => page.evaluate(() => localStorage.getItem('afterimage:draft')))
    .toContain('"headline":"Storm"');
  await page.reload();
  await expect(prompt(page)).toHaveValue('a harbour before the storm');
  await expect(page.getByRole('button', { name: 'Aspect: 16:9' })).toBeVisible();
  await page.getByRole('button', { name: 'More' }).click();
  await expect(page.getByLabel('Headline')).toHaveValue('Storm');
});

test('one output that fails is one tile to retry; the others are kept', async ({ page }) => {
  await makePictures(page, ['half of it fails'], { count: 2, settings: { demo: { fail: [1] } } });
  await page.goto('/');
  const result = page.getByRole('region', { name: 'Result: half of it fails' }).last();
  await expect(result.getByRole('button', { name: /^Open:/ })).toHaveCount(1);
  await result.getByRole('button', { name: 'Retry' }).click();
  const retried = page.getByRole('region', { name: 'Result: half of it fails' }).first();
  await expect(retried.getByRole('listitem')).toHaveCount(1);
  await expect(retried.getByRole('button', { name: /^Open:/ })).toHaveCount(1, { timeout: 40_000 });
});

test('a request under way can be cancelled', async ({ page }) => {
  await page.goto('/');
  const created = await page.request.post('/api/v1/generations', {
    data: { kind: 'image', prompt: 'a very slow one', settings: { demo: { slowMs: 60_000 } } },
  });
  expect(created.status()).toBe(202);
  await page.reload();
  const result = page.getByRole('region', { name: 'Result: a very slow one' });
  await expect(result.getByText(/Queued|Running/)).toBeVisible();
  await result.getByRole('button', { name: 'Cancel' }).click();
  await expect(result.getByText('Cancelled')).toBeVisible();
});

test('when the server cannot be reached, the request says so and can be made again', async ({
  page,
  consoleErrors,
}) => {
  consoleErrors.allow(/Failed to load resource|net::ERR/);
  await page.goto('/');
  await prompt(page).fill('a picture for later');
  await page.route('**/api/trpc/**', (route) => route.abort());
  // Two clicks at once are meant as one.
  await page.getByRole('button', { name: /^Generate/ }).dblclick();
  const result = page.getByRole('region', { name: 'Result: a picture for later' });
  await expect(result).toHaveCount(1);
  await expect(result.getByRole('alert')).toContainText(
    'Not started. The server cannot be reached. Try again',
  );
  await expect(prompt(page)).toHaveValue('a picture for later');
  await page.unroute('**/api/trpc/**');
  await result.getByRole('button', { name: 'Retry' }).click();
  await expect(result.getByRole('button', { name: /^Open:/ })).toHaveCount(4, { timeout: 40_000 });
});

test('Alt and the arrows go through earlier prompts and back to what was being written', async ({ page }) => {
  await makePictures(page, ['the first prompt', 'the second prompt']);
  await page.goto('/');
  await expect(page.getByRole('region', { name: 'Result: the second prompt' })).toBeVisible();
  await prompt(page).fill('half a th');
  await page.keyboard.press('Alt+ArrowUp');
  await expect(prompt(page)).toHaveValue('the second prompt');
  await page.keyboard.press('Alt+ArrowUp');
  await expect(prompt(page)).toHaveValue('the first prompt');
  await page.keyboard.press('Alt+ArrowDown');
  await page.keyboard.press('Alt+ArrowDown');
  await expect(prompt(page)).toHaveValue('half a th');
});
