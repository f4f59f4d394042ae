import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { faults } from './axe.ts';
import { expect, test } from './fixtures.ts';
import { makePictures } from './make-pictures.ts';

const LIST =
  'import json,sys,zipfile,hashlib\nz=zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\n' +
  'print(json.dumps({n: hashlib.sha256(z.read(n)).hexdigest() for n in z.namelist()}))';

test('a guest downloads everything and finds the pictures as they were saved', async ({ page }) => {
  const made = await makePictures(page, ['a lighthouse', 'two herons', 'a canal in fog']);
  await page.goto('/settings/privacy');
  await expect(page.getByText(/^3 originals: /)).toBeVisible();
  const started = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download everything' }).click();
  const download = await started;
  expect(download.suggestedFilename()).toMatch(/^afterimage-\d{4}-\d\d-\d\d\.zip$/);
  const files: Record<string, string> = JSON.parse(
    execFileSync('python3', ['-c', LIST, await download.path()], { encoding: 'utf8' }),
  );
  for (const { media } of made) {
    for (const { id, prompt } of media) {
      const name = Object.keys(files).find((file) => file.includes(id) && !file.endsWith('.json'));
      expect(name).toContain(`media/`);
      expect(name).toContain(prompt.replaceAll(' ', '-'));
      const original = await page.request.get(`/media/${id}/original`);
      expect(original.headers()['content-length']).toBe(String((await original.body()).byteLength));
      expect(files[name ?? '']).toBe(
        createHash('sha256')
          .update(await original.body())
          .digest('hex'),
      );
    }
  }
  expect(files).toHaveProperty(['library.json']);
});

test('a guest deletes everything after a question, and keeps the receipt', async ({ page }) => {
  const [made] = await makePictures(page, ['a red door']);
  await page.goto('/settings/privacy');
  await page.getByRole('button', { name: 'Delete everything on this server' }).click();
  const question = page.getByRole('alertdialog', { name: 'Delete everything on this server?' });
  await expect(question.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await page.keyboard.press('Escape');
  expect((await page.request.get(`/api/v1/generations/${made?.id}`)).status()).toBe(200);
  await page.getByRole('button', { name: 'Delete everything on this server' }).click();
  await question.getByRole('button', { name: 'Delete everything' }).click();
  await expect(page.getByRole('heading', { name: 'Everything was deleted' })).toBeVisible();
  const receipt = await page.getByRole('link', { name: /^[\da-f-]{36}$/ }).textContent();
  await expect
    .poll(async () => (await page.request.get(`/api/v1/erasures/${receipt}`)).json(), { timeout: 30_000 })
    .toMatchObject({ state: 'finished', counts: { media: 1 } });
  await page.getByRole('link', { name: receipt ?? '' }).click();
  await expect(page.getByRole('heading', { name: 'It is gone' })).toBeVisible();
  await expect(page.getByText('Last byte seen to be gone')).toBeVisible();
  expect((await page.request.get(`/api/v1/generations/${made?.id}`)).status()).toBe(404);
  expect((await page.context().cookies()).map(({ name }) => name)).not.toContain('guest');
  await page.goto('/gallery');
  await expect(page.getByText('Nothing here yet')).toBeVisible();
});

test('an account asks to be deleted, sees the date, and takes it back', async ({ page, consoleErrors }) => {
  const email = `${crypto.randomUUID()}@example.org`;
  const password = 'seven grey pebbles';
  const signedUp = await page.request.post('/api/trpc/account.signUp', { data: { email, password } });
  expect(await signedUp.json()).toMatchObject({ result: { data: { status: 'signed-in' } } });
  await page.goto('/settings/privacy');
  await page.getByRole('button', { name: 'Delete the account' }).click();
  await expect(page.getByRole('textbox', { name: 'Password' })).toBeFocused();
  await page.keyboard.type('not the password');
  consoleErrors.allow(/401/);
  await page.keyboard.press('Enter');
  await expect(page.getByText('This is not your password. Nothing was changed.')).toBeVisible();
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await page.keyboard.press('Enter');

  const day = new Intl.DateTimeFormat('en', { dateStyle: 'long' }).format(Date.now() + 7 * 86_400_000);
  const banner = page.getByText(`This account will be deleted in the night after ${day}`);
  await expect(banner).toBeVisible();
  expect(await faults(page)).toEqual([]);
  const receipt = await page.getByRole('link', { name: /^[\da-f-]{36}$/ }).textContent();
  const settings = page.getByRole('navigation', { name: 'Settings' });
  await settings.getByRole('link', { name: 'Devices' }).click();
  await expect(page.getByText('This device')).toBeVisible();
  expect(await faults(page)).toEqual([]);
  await settings.getByRole('link', { name: 'Account' }).click();
  await expect(banner).toBeVisible();
  // Who comes back meanwhile is told first, whatever page was asked for.
  await page.goto('/claim?next=/gallery');
  await expect(page.getByRole('heading', { name: 'You are back in time' })).toBeVisible();
  await page.getByRole('button', { name: 'Keep the account' }).click();
  await expect(page).toHaveURL(/\/gallery$/);
  await expect(page.getByRole('link', { name: email })).toBeVisible();
  await page.goto(`/receipt/${receipt}`);
  await expect(page.getByRole('heading', { name: 'It was kept' })).toBeVisible();
});
