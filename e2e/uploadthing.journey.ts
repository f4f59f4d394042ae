/** The whole app with its files at UploadThing, or rather at the stand-in of its API, to which the browser sends. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { CERTIFICATE } from '../src/server/fetch/testing/certificate.ts';
import {
  environmentOf,
  openUploadThing,
  type UploadThing,
} from '../src/server/storage/testing/uploadthing.ts';
import { libraryOf } from './accounts.ts';
import { expect, test } from './fixtures.ts';
import { tiles } from './make-pictures.ts';
import { film, picker, pictures, savedItems, tray } from './send-files.ts';
import { startApp, type App } from './server.ts';

test.use({ ignoreHTTPSErrors: true });

let vendor: UploadThing;
let app: App | undefined;
const url = (path = '') => `${app?.url ?? ''}${path}`;

test.beforeAll(async () => {
  // The app may have to be built first.
  test.setTimeout(300_000);
  vendor = await openUploadThing({ secure: true });
  const trusted = path.join(test.info().outputPath(), 'certificate.pem');
  writeFileSync(trusted, CERTIFICATE);
  app = await startApp({ ...environmentOf(vendor), NODE_EXTRA_CA_CERTS: trusted });
});
test.afterAll(async () => {
  await app?.remove();
  await vendor.close();
});

const items = (page: Page) => savedItems(page, url());

test('a browser sends to UploadThing: its owner has what arrived, whole, whatever broke on the way', async ({
  page,
  newGuest,
  consoleErrors,
}) => {
  test.setTimeout(120_000);
  consoleErrors.allow(/ERR_(CONNECTION|EMPTY_RESPONSE)/);
  const other = await newGuest();
  await other.goto(url('/gallery'));
  const [theirs] = await pictures(1);
  const data = { data: theirs?.buffer.toString('base64') };
  expect((await other.request.post(url('/api/v1/media'), { data })).status()).toBe(201);
  const library = await libraryOf(other);
  expect(library).not.toBe('');

  await page.goto(url('/gallery'));
  const asked: unknown[] = [];
  const sentTo: string[] = [];
  // Whatever a page says of an owner is nothing that is listened to.
  await page.route('**/api/uploadthing?**', async (route) => {
    const body = route.request().postDataJSON();
    asked.push(body);
    const postData = JSON.stringify({ ...body, library, input: { ...body.input, library, owner: library } });
    return route.continue({ postData });
  });
  page.on('request', (request) => {
    if (request.method() === 'PUT') sentTo.push(new URL(request.url()).origin);
  });
  const svg = {
    name: 'drawing.svg',
    mimeType: 'image/svg+xml',
    buffer: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
  };
  const files = await pictures(3);
  await picker(page).setInputFiles([...files, svg]);
  const rows = tray(page).getByRole('listitem');
  await expect(rows.filter({ hasText: 'drawing.svg' })).toContainText('not an image or a video of a kind');
  await expect(tray(page).getByRole('heading')).toHaveText('3 added, 1 not', { timeout: 30_000 });
  await expect(tiles(page)).toHaveCount(3);
  const sizes = files.map(({ buffer }) => buffer.byteLength).toSorted((a, b) => a - b);
  expect((await items(page)).map(({ bytes }) => bytes).toSorted((a, b) => a - b)).toEqual(sizes);
  expect(asked).toHaveLength(3);
  expect(new Set(sentTo)).toEqual(new Set([vendor.origin]));
  expect(await items(other)).toHaveLength(1);
  await tray(page).getByRole('button', { name: 'Leave drawing.svg out' }).click();
  await expect(tray(page)).toHaveCount(0);

  // A connection that breaks: what had arrived is not sent again.
  const large = await film('large.mp4', 12_000_000);
  const hold = vendor.hold(6_000_000);
  vendor.began.length = 0;
  await picker(page).setInputFiles(large);
  await hold.reached;
  const bar = tray(page).getByRole('progressbar', { name: 'large.mp4' });
  await expect.poll(async () => Number(await bar.getAttribute('aria-valuenow'))).toBeGreaterThan(30);
  hold.cut();
  await expect(tray(page)).toHaveCount(0, { timeout: 30_000 });
  expect(vendor.began).toEqual([0, expect.any(Number)]);
  expect(vendor.began[1]).toBeGreaterThan(5_000_000);
  expect(await items(page)).toContainEqual(expect.objectContaining({ bytes: large.buffer.byteLength }));

  // A store that keeps a part and says it kept all: the file stays here until it is there.
  const [again] = await pictures(1);
  vendor.fault = 'keeps a part';
  const told = vendor.sent.length;
  if (again) await picker(page).setInputFiles({ ...again, name: 'twice.png' });
  await expect.poll(() => vendor.sent.length).toBe(told + 1);
  vendor.fault = null;
  await expect(tray(page)).toHaveCount(0, { timeout: 30_000 });
  await expect.poll(async () => (await items(page)).length).toBe(5);

  const cancelled = vendor.hold(3_000_000);
  await picker(page).setInputFiles(await film('another.mp4', 9_000_000));
  await cancelled.reached;
  await tray(page).getByRole('button', { name: 'Cancel another.mp4' }).click();
  await expect(tray(page)).toHaveCount(0);
  cancelled.goOn();
  await expect(tiles(page)).toHaveCount(5);
  expect(await items(page)).toHaveLength(5);
  await app?.examine();
});
