import { expect, test } from './fixtures.ts';
import { PIXEL, tiles } from './make-pictures.ts';

const files = (tab: number) =>
  Array.from({ length: 4 }, (_, n) => ({
    name: `tab ${tab} file ${n}.png`,
    mimeType: 'image/png',
    buffer: Buffer.from(PIXEL, 'base64'),
  }));

test('two tabs that bring files at once, before there is anybody, are one guest', async ({
  page,
  context,
}) => {
  const pages = [page, await context.newPage()];
  const made: string[] = [];
  context.on('response', async (answer) => {
    // One that comes as the journey ends has nobody left to be read by.
    const headers = await answer.headersArray().catch(() => []);
    const cookies = headers.filter(({ name }) => name.toLowerCase() === 'set-cookie');
    if (cookies.some(({ value }) => value.startsWith('guest='))) made.push(answer.url());
  });
  for (const tab of pages) {
    await tab.goto('/gallery');
    await expect(tab.getByText('Nothing here yet')).toBeVisible();
  }
  expect(await context.cookies()).toEqual([]);
  await Promise.all(
    pages.map((tab, index) => tab.locator('input[type=file]').first().setInputFiles(files(index))),
  );
  await expect
    .poll(async () => (await (await page.request.get('/api/v1/media')).json()).items?.length, {
      timeout: 30_000,
    })
    .toBe(8);
  expect(made).toHaveLength(1);
  for (const tab of pages) await expect(tiles(tab)).toHaveCount(8);
});
