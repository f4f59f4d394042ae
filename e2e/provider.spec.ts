import type { Page } from '@playwright/test';
import { CLIENT, openIssuer, type Issuer } from '../src/server/testing/issuer.ts';
import { bringAlong, makeAccount, newEmail, PASSWORD, question, signOut } from './accounts.ts';
import { test as base, expect } from './fixtures.ts';
import { makePictures, tiles } from './make-pictures.ts';
import { startApp, type App } from './server.ts';

/** An application that knows an issuer of OpenID Connect, and the issuer. */
const test = base.extend<object, { issuer: Issuer; app: App }>({
  issuer: [
    // oxlint-disable-next-line no-empty-pattern -- the first argument has to be a pattern
    async ({}, use) => {
      const issuer = await openIssuer();
      await use(issuer);
      await issuer.close();
    },
    { scope: 'worker' },
  ],
  app: [
    async ({ issuer }, use) => {
      const oidc = { OIDC_ISSUER: issuer.url, OIDC_ID: CLIENT.id, OIDC_SECRET: CLIENT.secret };
      const app = await startApp({ ...oidc, OIDC_NAME: 'Harbour' });
      await use(app);
      await app.remove();
    },
    { scope: 'worker', timeout: 180_000 },
  ],
  baseURL: async ({ app }, use) => use(app.url),
});

const somebody = () => {
  const sub = crypto.randomUUID();
  return { sub, name: 'Ada', email: `${sub}@example.org`, email_verified: true };
};

async function goOn(page: Page, path: string) {
  await page.goto(`${path}?next=/gallery`);
  await page.getByRole('button', { name: 'Continue with Harbour' }).click();
}

test('a guest signs up with a provider, the library comes along, and another browser signs in to it', async ({
  page,
  issuer,
  newGuest,
}) => {
  issuer.person = somebody();
  await makePictures(page, ['a lighthouse', 'a fox']);
  await page.goto('/gallery');
  await expect(tiles(page)).toHaveCount(2);
  await goOn(page, '/sign-up');
  await expect(question(page, '2 images')).toBeVisible();
  await bringAlong(page);
  await expect(page).toHaveURL(/\/gallery$/);
  await expect(tiles(page)).toHaveCount(2);

  const other = await newGuest();
  await makePictures(other, ['a harbour']);
  await goOn(other, '/sign-in');
  await expect(question(other, '1 image')).toBeVisible();
  await bringAlong(other);
  await expect(other).toHaveURL(/\/gallery$/);
  await expect(tiles(other)).toHaveCount(3);
  await expect(tiles(page)).toHaveCount(3);
});

test('who says no at the provider comes back to words that help, with the guest’s library as it was', async ({
  page,
  issuer,
}) => {
  issuer.person = null;
  await makePictures(page, ['a lighthouse']);
  await goOn(page, '/sign-in');
  await expect(page.getByText('The provider did not allow it. Nothing was changed.')).toBeVisible();
  await page.goto('/gallery');
  await expect(tiles(page)).toHaveCount(1);
});

test('a provider is linked to an account, opens it, and is unlinked', async ({
  page,
  issuer,
  consoleErrors,
}) => {
  const person = somebody();
  issuer.person = person;
  const email = newEmail();
  await makeAccount(page, email);
  await makePictures(page, ['a lighthouse']);
  await page.goto('/settings/account');
  await page.getByRole('button', { name: 'Link Harbour' }).click();
  await page.getByRole('textbox', { name: 'Password', exact: true }).fill('not the password');
  consoleErrors.allow(/status of 401/);
  await page.keyboard.press('Enter');
  await expect(page.getByText('This is not your password. Nothing was changed.')).toBeVisible();
  await page.getByRole('textbox', { name: 'Password', exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Go to Harbour' }).click();
  await expect(page.getByRole('button', { name: 'Unlink Harbour' })).toBeVisible();
  await signOut(page);

  await goOn(page, '/sign-in');
  await expect(page).toHaveURL(/\/gallery$/);
  await expect(tiles(page)).toHaveCount(1);
  await page.goto('/settings/account');
  await expect(page.getByRole('main').getByText(email)).toBeVisible();
  await page.getByRole('button', { name: 'Unlink Harbour' }).click();
  await expect(page.getByRole('button', { name: 'Link Harbour' })).toBeVisible();
  await signOut(page);

  // No longer linked, the same person gets an account of their own.
  await goOn(page, '/sign-in');
  await expect(page).toHaveURL(/\/gallery$/);
  await expect(page.getByText('Nothing here yet')).toBeVisible();
});

test('an address that has an account already is not taken over by a provider', async ({ page, issuer }) => {
  const email = newEmail();
  await makeAccount(page, email);
  await signOut(page);
  issuer.person = { ...somebody(), email };
  await goOn(page, '/sign-in');
  await expect(page.getByText('This address has an account already.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Sign in', exact: true })).toBeVisible();
});
