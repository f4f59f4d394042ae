import type { APIRequestContext, Page } from '@playwright/test';
import {
  libraryOf,
  makeAccount,
  newEmail,
  painted,
  PASSWORD,
  readStored,
  signIn,
  signOut,
  tracesIn,
  watchPaint,
  watchTraffic,
} from './accounts.ts';
import { cachedThumbs, cutOff, openGallery, pressOn, stateLine } from './device.ts';
import { expect, test } from './fixtures.ts';
import { makePictures, tiles } from './make-pictures.ts';

/** An account with one picture, signed in to where it is asked for. */
async function openAccount(asker: { request: APIRequestContext }, prompt: string) {
  const email = newEmail();
  await makeAccount(asker, email);
  const [made] = await makePictures(asker, [prompt]);
  return { email, id: made?.media[0]?.id ?? '' };
}

/** The pages ask A to leave first; whatever else brings the cookies of another does not. */
async function signInBeside(page: Page, present: string, email: string) {
  await page.goto('/sign-in?next=/gallery');
  await expect(page.getByText(`You are signed in as ${present}`)).toBeVisible();
  await expect(page.getByLabel('E-mail')).toHaveCount(0);
  await page.evaluate(
    async (credentials) => {
      const headers = { 'content-type': 'application/json' };
      await fetch('/api/trpc/account.signIn', { method: 'POST', headers, body: JSON.stringify(credentials) });
    },
    { email, password: PASSWORD },
  );
  await page.goto('/gallery');
}

for (const way of ['A signs out', 'A is still signed in', 'A’s session was ended elsewhere'] as const) {
  test(`${way}, and B signs in on the same browser: nothing of A is shown, kept or sent`, async ({
    page,
    context,
    request,
    newGuest,
    consoleErrors,
  }) => {
    // The server is asked about a database that was left here, and refuses.
    consoleErrors.allow(/status of (401|404|409)|net::ERR|EventSource/);
    const b = await openAccount({ request }, 'a fox');
    const a = await openAccount(page, 'a secret lighthouse');
    const library = await libraryOf(page);
    const ofA = [a.id, a.email, 'lighthouse'];
    await openGallery(page, 1);
    await page.evaluate(async () => navigator.serviceWorker.ready);
    await expect.poll(() => cachedThumbs(page)).toHaveLength(1);
    const reconnect = await cutOff(page, '**/api/trpc/sync.push*');
    await pressOn(page, a.id, 's');
    await expect(stateLine(page, /1 change waiting/)).toBeVisible();
    if (way === 'A signs out') {
      await reconnect();
      await signOut(page);
    } else if (way !== 'A is still signed in') {
      const elsewhere = await newGuest();
      const signedIn = await elsewhere.request.post('/api/trpc/account.signIn', {
        data: { email: a.email, password: PASSWORD },
      });
      expect(signedIn.status()).toBe(200);
      const ended = await elsewhere.request.post('/api/trpc/account.signOutEverywhere', { data: {} });
      expect(ended.status()).toBe(200);
      await page.goto('/');
      await expect.poll(() => libraryOf(page)).toBe('');
      await expect(page.getByText('This browser was signed out')).toBeVisible();
      await expect(page.getByText(/One change or file was not sent yet/)).toBeVisible();
    }

    await watchPaint(page);
    if (way === 'A signs out') {
      expect(tracesIn(await readStored(page), [library, ...ofA])).toEqual([]);
    }
    // What was on its way before is still A's own.
    const pushed: string[] = [];
    const asB = page.waitForResponse(/account\.signIn/).then(() => {
      context.on('response', (answer) => {
        if (answer.url().includes('sync.push') && answer.ok()) pushed.push(answer.request().postData() ?? '');
      });
      return watchTraffic(context);
    });
    if (way === 'A is still signed in') await signInBeside(page, a.email, b.email);
    else await signIn(page, b.email);
    const traffic = await asB;
    await expect(page).toHaveURL(/\/gallery$/);
    await reconnect();
    await expect(page.locator(`[data-media-id="${b.id}"]`)).toBeVisible();
    await expect(tiles(page)).toHaveCount(1);
    await expect(stateLine(page, 'Online')).toBeVisible();

    const seen = await painted(page);
    expect(tracesIn(seen, [b.id, ...ofA])).toEqual([b.id]);
    await expect.poll(async () => tracesIn(await readStored(page), [b.id, library, ...ofA])).toEqual([b.id]);
    expect(pushed).toEqual([]);
    // A page that was A's may still have tried, by name, and was refused.
    expect(await traffic.naming(ofA, { except: library })).toEqual([]);
    if (way === 'A signs out') expect(await traffic.naming([library])).toEqual([]);
    for (const role of ['thumb', 'original']) {
      expect((await page.request.get(`/media/${a.id}/${role}`)).status()).toBe(404);
    }
  });
}

test('signing out everywhere ends the other device’s stream, and empties it', async ({
  page,
  newGuest,
  consoleErrors,
}) => {
  const { email } = await openAccount(page, 'a lighthouse');
  const library = await libraryOf(page);
  const other = await newGuest();
  const stream = await watchStream(other);
  await signIn(other, email);
  await expect(tiles(other)).toHaveCount(1);
  await expect.poll(() => stream.hints.length).toBeGreaterThan(0);
  await expect(stateLine(other, 'Online')).toBeVisible();

  consoleErrors.allow(/status of (401|409)|EventSource/);
  await page.goto('/settings/devices');
  await page.getByRole('button', { name: 'Sign out everywhere else' }).click();
  const signedOut = page.waitForResponse(/signOutEverywhere/);
  await page.getByRole('alertdialog').getByRole('button', { name: 'Sign out the others' }).click();
  await signedOut;
  const began = Date.now();
  const took = (await stream.ended) - began;
  test.info().annotations.push({ type: 'stream ended after', description: `${took} ms` });
  // By being told: of itself a stream looks once a minute.
  expect(took).toBeLessThan(20_000);
  // What happens from now on is not told to it.
  const [made] = await makePictures(page, ['a secret']);
  await expect(tiles(other)).toHaveCount(0);
  const traces = [library, made?.media[0]?.id ?? ''];
  await expect.poll(async () => tracesIn(await readStored(other), traces)).toEqual([]);
  expect(stream.hints.filter((at) => at > began)).toEqual([]);
});

/** Hints that come to a page, and when its stream ends. */
async function watchStream(page: Page) {
  const ended = Promise.withResolvers<number>();
  const hints: number[] = [];
  const streams = new Set<string>();
  const spy = await page.context().newCDPSession(page);
  await spy.send('Network.enable');
  spy.on('Network.eventSourceMessageReceived', ({ requestId, data }) => {
    if (!data.includes('cursor')) return;
    hints.push(Date.now());
    streams.add(requestId);
  });
  for (const event of ['Network.loadingFinished', 'Network.loadingFailed'] as const) {
    spy.on(event, ({ requestId }) => {
      if (streams.has(requestId)) ended.resolve(Date.now());
    });
  }
  return { hints, ended: ended.promise };
}
