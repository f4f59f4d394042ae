import {
  bringAlong,
  keepApart,
  libraryOf,
  newEmail,
  painted,
  question,
  readStored,
  signIn,
  signOut,
  signUp,
  tracesIn,
  watchPaint,
  watchTraffic,
} from './accounts.ts';
import { cachedThumbs, stateLine } from './device.ts';
import { expect, test } from './fixtures.ts';
import { makeClip, makePictures, tiles } from './make-pictures.ts';

const LISTS = /sync\.window|media\.list/;

// What a page still asks in the guest's name while somebody signs in is refused.
test.beforeEach(({ consoleErrors }) => consoleErrors.allow(/status of 409 .*sync\./));

test('a guest signs up, brings three images and a video along, and fetches none of it again', async ({
  page,
  context,
}) => {
  await makePictures(page, ['a lighthouse', 'a fox', 'a harbour']);
  await makeClip(page, 'a wave');
  await page.goto('/gallery');
  await expect(tiles(page)).toHaveCount(4);
  await expect(stateLine(page, 'Online')).toBeVisible();
  const library = await libraryOf(page);
  await signUp(page, newEmail());
  await expect(question(page, '3 images and 1 video')).toBeVisible();
  await expect(page.getByRole('list', { name: 'The newest of them' }).locator('img')).toHaveCount(4);
  const traffic = await watchTraffic(context);
  await bringAlong(page);
  await expect(page).toHaveURL(/\/gallery$/);
  await expect(tiles(page)).toHaveCount(4);
  await expect(stateLine(page, 'Online')).toBeVisible();
  expect(traffic.calls(LISTS)).toEqual([]);
  expect(traffic.calls(/sync\.changes/).length).toBeGreaterThan(0);
  expect(traffic.rows).toEqual({ whole: 0, stubs: 0 });
  expect(await libraryOf(page)).toBe(library);
  expect((await context.cookies()).map(({ name }) => name)).not.toContain('guest');
});

test('a second guest comes into the same account, the first device shows the union, and it can be taken back', async ({
  page,
  newGuest,
}) => {
  const email = newEmail();
  await makePictures(page, ['a lighthouse']);
  const live = page.waitForResponse(/sync\.onPoke/);
  await signUp(page, email);
  await bringAlong(page);
  await expect(page).toHaveURL(/\/gallery$/);
  await expect(tiles(page)).toHaveCount(1);
  await live;

  const other = await newGuest();
  await makePictures(other, ['a fox', 'a harbour']);
  await other.goto('/gallery');
  await expect(tiles(other)).toHaveCount(2);
  await other.evaluate(async () => navigator.serviceWorker.ready);
  await expect.poll(() => cachedThumbs(other)).toHaveLength(2);
  await signIn(other, email);
  await expect(question(other, '2 images')).toBeVisible();
  await expect(other.getByText('It is added to what')).toBeVisible();
  const traffic = await watchTraffic(other.context());
  const began = Date.now();
  await bringAlong(other);
  await expect(tiles(page)).toHaveCount(3, { timeout: 5000 });
  test
    .info()
    .annotations.push({ type: 'union on the first device', description: `${Date.now() - began} ms` });
  await expect(other).toHaveURL(/\/gallery$/);
  await expect(tiles(other)).toHaveCount(3);
  await expect(stateLine(other, 'Online')).toBeVisible();
  expect(traffic.calls(LISTS)).toEqual([]);
  expect(traffic.rows).toEqual({ whole: 0, stubs: 2 });
  // Of stills, the worker asks for the one that this device had never shown.
  const byWorker = () => traffic.calls(/\/thumb/).filter((request) => request.serviceWorker() !== null);
  await expect.poll(byWorker).toHaveLength(1);

  await other.goto('/settings/account');
  await other
    .getByRole('listitem')
    .filter({ hasText: '2 images' })
    .getByRole('button', { name: 'Take it out' })
    .click();
  await other.getByRole('alertdialog').getByRole('button', { name: 'Take it out' }).click();
  await expect(other.getByText('It is a guest library of this browser again')).toBeVisible();
  await expect(other.getByRole('link', { name: 'Bring along' })).toBeVisible();
  await expect(other.getByRole('main')).toBeFocused();
  await expect(tiles(page)).toHaveCount(1);
  await other.goto('/gallery');
  await expect(tiles(other)).toHaveCount(1);
  await signOut(other);
  await other.goto('/gallery');
  await expect(tiles(other)).toHaveCount(2);
});

test('kept apart, the guest’s library stays, is not shown to the account, and opens again after signing out', async ({
  page,
  context,
}) => {
  const made = await makePictures(page, ['a lighthouse', 'a fox']);
  const ids = made.flatMap(({ media }) => media.map(({ id }) => id));
  await page.goto('/gallery');
  await expect(tiles(page)).toHaveCount(2);
  await expect(stateLine(page, 'Online')).toBeVisible();
  const guest = await libraryOf(page);
  const email = newEmail();
  await signUp(page, email);
  await expect(question(page, '2 images')).toBeVisible();
  await watchPaint(page);
  const traffic = await watchTraffic(context);
  await keepApart(page);
  await expect(page).toHaveURL(/\/gallery$/);
  await expect(page.getByText('Nothing here yet')).toBeVisible();
  // It is this browser's guest's, whose cookie lies beside the account's: it stays, and the account never asks for it.
  expect(tracesIn(await readStored(page), [guest])).toEqual([guest]);
  expect(await libraryOf(page)).toBe('');
  expect(tracesIn(await painted(page), ids)).toEqual([]);
  expect(await traffic.naming([guest])).toEqual([expect.stringContaining('claim.keepApart')]);

  await signOut(page);
  await page.goto('/gallery');
  await expect(tiles(page)).toHaveCount(2);
  expect(await libraryOf(page)).toBe(guest);
  expect(traffic.calls(LISTS)).toEqual([]);

  // What was answered is not asked again, and can be thought over.
  await signIn(page, email);
  await expect(page).toHaveURL(/\/gallery$/);
  await expect(page.getByText('Nothing here yet')).toBeVisible();
  await page.goto('/settings/account');
  await page
    .getByRole('listitem')
    .filter({ hasText: '2 images' })
    .getByRole('link', { name: 'Bring along' })
    .click();
  await expect(question(page, '2 images')).toBeVisible();
  await bringAlong(page);
  await expect(page).toHaveURL(/\/settings\/account$/);
  await expect(page.getByRole('button', { name: 'Take it out' })).toBeVisible();
  await page.goto('/gallery');
  await expect(tiles(page)).toHaveCount(2);
});

test('an account whose owner has not answered yet says so, and asks nobody else', async ({
  page,
  consoleErrors,
}) => {
  await makePictures(page, ['a lighthouse']);
  await signUp(page, newEmail());
  await expect(question(page, '1 image')).toBeVisible();
  await page.goto('/gallery');
  await page.getByRole('link', { name: 'Bring your guest library' }).click();
  await expect(question(page, '1 image')).toBeVisible();
  await bringAlong(page);
  await page.waitForURL((url) => url.pathname === '/');
  await page.goto('/gallery');
  await expect(tiles(page)).toHaveCount(1);
  await expect(page.getByRole('link', { name: 'Bring your guest library' })).toHaveCount(0);

  consoleErrors.allow(/status of 401 .*claim\.preview/);
  await page.context().clearCookies();
  await page.goto('/claim?next=/gallery');
  await expect(page).toHaveURL(/\/sign-in\?next=%2Fgallery$/);
});
