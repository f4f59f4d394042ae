/** What one tab or device does about its owner, seen by the others that show nothing yet, or somebody else. */
import {
  bringAlong,
  makeAccount,
  newEmail,
  PASSWORD,
  question,
  signIn,
  signOut,
  signUp,
} from './accounts.ts';
import { expect, test } from './fixtures.ts';
import { makePictures, prompt, tiles } from './make-pictures.ts';

test('an account’s first library shows in its other tab and on its other device', async ({
  page,
  context,
  newGuest,
}) => {
  const email = newEmail();
  await makePictures(page, ['a lighthouse', 'a fox']);
  await signUp(page, email);
  await expect(question(page, '2 images')).toBeVisible();
  const tab = await context.newPage();
  const phone = await newGuest();
  await signIn(phone, email);
  await tab.goto('/gallery');
  for (const other of [tab, phone]) await expect(other.getByText('Nothing here yet')).toBeVisible();
  await bringAlong(page);
  for (const other of [tab, phone]) await expect(tiles(other)).toHaveCount(2, { timeout: 10_000 });
});

test('what one account wrote in the composer is not there for the next', async ({
  page,
  context,
  request,
  consoleErrors,
}) => {
  // The server is asked about a database that was left here, and refuses.
  consoleErrors.allow(/status of 409/);
  const [a, b] = [newEmail(), newEmail()];
  await makeAccount({ request }, b);
  await makeAccount(page, a);
  await makePictures(page, ['a lighthouse']);
  await page.goto('/');
  await expect(page.getByRole('link', { name: a })).toBeVisible();
  await prompt(page).fill('a secret harbour');
  await expect.poll(() => page.evaluate(() => localStorage.getItem('afterimage:draft'))).toContain('secret');
  const beside = await context.newPage();
  await signOut(beside);
  await expect(prompt(page)).toHaveValue('');
  await signIn(beside, b);
  await expect(beside.getByRole('link', { name: b })).toBeVisible();
  await beside.goto('/');
  for (const tab of [page, beside]) {
    await expect(tab.getByRole('link', { name: b })).toBeVisible();
    await expect(prompt(tab)).toHaveValue('');
  }
});

test('a link of a mail does not take the place of who is signed in', async ({ page }) => {
  const email = newEmail();
  await makeAccount(page, email);
  await page.goto('/sign-in/link#a-token-of-somebody-else');
  await expect(page.getByText(`You are signed in as ${email}`)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Sign in on this device' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Sign out and use another account' }).click();
  // The same link, now for nobody's browser.
  await expect(page.getByRole('button', { name: 'Sign in on this device' })).toBeEnabled();
  expect(new URL(page.url()).hash).toBe('#a-token-of-somebody-else');
});

test('a link that another browser asked for says whose account it has opened', async ({ page }) => {
  const email = newEmail();
  await makeAccount({ request: page.request }, email);
  await page.request.post('/api/trpc/account.signOut', { data: {} });
  // A mail server is what this server lacks; what the link leads to is the account above.
  await page.route('**/api/trpc/account.openLink*', async (route) => {
    await page.request.post('/api/trpc/account.signIn', { data: { email, password: PASSWORD } });
    const data = { status: 'signed-in', library: null, beganHere: false, leftPassword: false };
    await route.fulfill({ json: { result: { data } } });
  });
  await page.goto('/sign-in/link#a-token-of-somebody-else');
  await page.getByRole('button', { name: 'Sign in on this device' }).click();
  await expect(page.getByText(`You are signed in as ${email}`)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Sign out and use another account' })).toBeVisible();
});
