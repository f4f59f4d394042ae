import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { makePictures, tiles } from './make-pictures.ts';

const PASSWORD = 'four words in a row';
const newEmail = () => `guest-${crypto.randomUUID()}@example.org`;

async function signUp(page: Page, email: string) {
  await page.goto('/sign-up?next=/gallery');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Make an account' }).click();
}

async function signIn(page: Page, email: string) {
  await page.goto('/sign-in?next=/gallery');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

test('a guest signs up, brings the library along, and fetches none of it again', async ({ page }) => {
  await makePictures(page, ['a lighthouse', 'a fox', 'a harbour']);
  await page.goto('/gallery');
  await expect(tiles(page)).toHaveCount(3);
  await signUp(page, newEmail());
  await expect(page.getByRole('heading', { name: 'Bring 3 images into this account?' })).toBeVisible();
  const fetched: string[] = [];
  page.on('request', (request) => {
    if (/sync\.window|media\.list/.test(request.url())) fetched.push(request.url());
  });
  await page.getByRole('button', { name: 'Bring it along' }).click();
  await expect(page).toHaveURL(/\/gallery$/);
  await expect(tiles(page)).toHaveCount(3);
  await expect(page.getByRole('button', { name: 'Online' }).first()).toBeVisible();
  expect(fetched).toEqual([]);
});

test('a second guest comes into the same account, the first device shows the union, and it can be taken back', async ({
  page,
  newGuest,
}) => {
  const email = newEmail();
  await makePictures(page, ['a lighthouse']);
  await signUp(page, email);
  await page.getByRole('button', { name: 'Bring it along' }).click();
  await expect(tiles(page)).toHaveCount(1);

  const other = await newGuest();
  await makePictures(other, ['a fox', 'a harbour']);
  await signIn(other, email);
  await expect(other.getByRole('heading', { name: 'Bring 2 images into this account?' })).toBeVisible();
  await other.getByRole('button', { name: 'Bring it along' }).click();
  await expect(tiles(other)).toHaveCount(3);
  await expect(tiles(page)).toHaveCount(3);

  await other.goto('/settings/account');
  await other
    .getByRole('listitem')
    .filter({ hasText: '2 images' })
    .getByRole('button', { name: 'Take it out' })
    .click();
  await other.getByRole('alertdialog').getByRole('button', { name: 'Take it out' }).click();
  await expect(other.getByText('It is a guest library of this browser again')).toBeVisible();
  await other.goto('/gallery');
  await expect(tiles(other)).toHaveCount(1);
  await expect(tiles(page)).toHaveCount(1);
});

test('kept apart, the guest’s library stays as it is, and opens again after signing out', async ({
  page,
}) => {
  await makePictures(page, ['a lighthouse', 'a fox']);
  await signUp(page, newEmail());
  await page.getByRole('button', { name: 'Keep it apart' }).click();
  await expect(page).toHaveURL(/\/gallery$/);
  await expect(page.getByText('Nothing here yet')).toBeVisible();
  await page.goto('/settings/account');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('link', { name: /Guest/ })).toBeVisible();
  await page.goto('/gallery');
  await expect(tiles(page)).toHaveCount(2);
});
