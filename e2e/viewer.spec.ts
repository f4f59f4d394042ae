import type { Locator } from '@playwright/test';
import sharp from 'sharp';
import { expect, test } from './fixtures.ts';
import { makeClip, makePictures, tiles, viewer } from './make-pictures.ts';

test('a tile opens its picture; arrows move; Back returns to the place and the focus', async ({ page }) => {
  await makePictures(page, ['sea', 'dunes'], { count: 4 });
  await page.setViewportSize({ width: 700, height: 500 });
  await page.goto('/gallery');
  await expect(tiles(page)).toHaveCount(8);
  await page.evaluate(() => scrollTo(0, 160));
  const place = await page.evaluate(() => scrollY);
  expect(place).toBeGreaterThan(0);
  const tile = tiles(page).nth(3);
  const id = await tile.getAttribute('data-media-id');
  await tile.click();
  await expect(viewer(page)).toBeVisible();
  await expect(page).toHaveURL(`/gallery/${id}`);
  await expect(viewer(page)).toContainText('4 of 8');

  await page.keyboard.press('Escape');
  await expect(viewer(page)).toHaveCount(0);
  await expect(page).toHaveURL('/gallery');
  await expect(tile).toBeFocused();
  expect(await page.evaluate(() => scrollY)).toBe(place);

  await page.keyboard.press('Enter');
  await expect(viewer(page)).toBeVisible();
  await page.keyboard.press('ArrowRight');
  await expect(viewer(page)).toContainText('5 of 8');
  await page.goBack();
  await expect(viewer(page)).toHaveCount(0);
  await expect(tiles(page).nth(4)).toBeFocused();
  await page.goForward();
  await expect(viewer(page)).toContainText('5 of 8');
});

test('the address of a picture opens it, and closing leads to the gallery', async ({ page }) => {
  const [made] = await makePictures(page, ['a lighthouse']);
  const id = made?.media[0]?.id;
  await page.goto(`/gallery/${id}`);
  await expect(viewer(page).getByRole('img', { name: 'a lighthouse' })).toBeVisible();
  await page.keyboard.press('i');
  await expect(viewer(page).getByRole('complementary', { name: 'Details' })).toContainText('a lighthouse');
  await expect(viewer(page)).toContainText('Demo');
  await page.reload();
  await expect(viewer(page).getByRole('complementary', { name: 'Details' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL('/gallery');
  await expect(tiles(page)).toHaveCount(1);
});

test('another guest finds nothing at that address', async ({ page, newGuest, consoleErrors }) => {
  const [made] = await makePictures(page, ['a private thing']);
  const other = await newGuest();
  consoleErrors.allow(/404/);
  await makePictures(other, ['their own']);
  await other.goto(`/gallery/${made?.media[0]?.id}`);
  await expect(other.getByText('There is no such picture in this library.')).toBeVisible();
  await other.goto('/gallery/nonsense');
  await expect(other.getByText('There is no such picture in this library.')).toBeVisible();
});

test('moving a picture to the trash shows its neighbour, and undo brings it back', async ({ page }) => {
  await makePictures(page, ['sea'], { count: 3 });
  await page.goto('/gallery');
  await expect(tiles(page)).toHaveCount(3);
  const second = await tiles(page).nth(1).getAttribute('data-media-id');
  await tiles(page).first().click();
  await expect(viewer(page)).toContainText('1 of 3');
  await page.keyboard.press('Delete');
  await expect(page).toHaveURL(`/gallery/${second}`);
  await expect(viewer(page)).toContainText('1 of 2');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(viewer(page)).toContainText('2 of 3');
});

test('keys and the wheel zoom into a picture and never out of it', async ({ page }) => {
  await makePictures(page, ['a map of contours']);
  await page.goto('/gallery');
  await tiles(page).first().click();
  const picture = viewer(page).getByRole('img', { name: 'a map of contours' });
  await expect(picture).toBeVisible();
  const width = async () => (await picture.boundingBox())?.width ?? 0;
  const fit = await width();
  await page.keyboard.press('+');
  await expect.poll(width).toBeGreaterThan(fit * 1.3);
  await page.keyboard.press('0');
  await expect.poll(width).toBeCloseTo(fit, 0);
  await picture.hover();
  await page.mouse.wheel(0, -400);
  await expect.poll(width).toBeGreaterThan(fit * 1.3);
  await page.mouse.wheel(0, 4000);
  await expect.poll(width).toBeCloseTo(fit, 0);
});

test('a clip plays in the viewer', async ({ page }) => {
  await makeClip(page, 'waves of copper light');
  await page.goto('/gallery');
  await tiles(page).first().click();
  const clip = viewer(page).locator('video');
  await expect(clip).toBeVisible();
  await expect.poll(() => clip.evaluate((video: HTMLVideoElement) => video.currentTime)).toBeGreaterThan(0.2);
  expect(await clip.evaluate((video: HTMLVideoElement) => video.loop && video.duration > 2)).toBe(true);
  const paused = () => clip.evaluate((video: HTMLVideoElement) => video.paused);
  await page.keyboard.press('Space');
  await expect.poll(paused).toBe(true);
  await page.keyboard.press('Space');
  await expect.poll(paused).toBe(false);

  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.reload();
  await viewer(page).getByRole('button', { name: 'Play' }).click();
  await expect.poll(paused).toBe(false);
  // The focus is on the button, which a press of Space is meant for.
  await page.keyboard.press('Space');
  await expect.poll(paused).toBe(true);
});

/** How much bluer than red the nothing and the ink are: 0, and half of 255. */
async function bluer(picture: Locator): Promise<number[]> {
  const shot = sharp(await picture.screenshot()).removeAlpha();
  const { data, info } = await shot.raw().toBuffer({ resolveWithObject: true });
  return [0.25, 0.75].map((across) => {
    const at = (Math.floor(info.height / 2) * info.width + Math.floor(info.width * across)) * info.channels;
    return Math.round(((data[at + 2] ?? 0) - (data[at] ?? 0)) / 32) * 32;
  });
}

test('what is see-through in a picture stays so, in its tile and in the viewer', async ({ page }) => {
  const half = { width: 100, height: 200, channels: 4 as const };
  const blue = await sharp({ create: { ...half, background: { r: 0, g: 0, b: 255, alpha: 0.5 } } })
    .png()
    .toBuffer();
  const badge = await sharp({ create: { ...half, width: 200, background: { r: 0, g: 0, b: 0, alpha: 0 } } })
    .composite([{ input: blue, left: 100, top: 0 }])
    .png()
    .toBuffer();
  const brought = { data: badge.toString('base64'), filename: 'badge.png' };
  expect((await page.request.post('/api/v1/media', { data: brought })).status()).toBe(201);
  await page.goto('/gallery');
  const tile = tiles(page).getByRole('img', { name: 'badge.png' });
  await expect.poll(() => bluer(tile)).toEqual([0, 128]);
  await page.mouse.move(0, 0);
  await tiles(page).first().press('Enter');
  await expect.poll(() => bluer(viewer(page).getByRole('img', { name: 'badge.png' }))).toEqual([0, 128]);
  await page.keyboard.press('i');
  await expect(viewer(page).getByRole('complementary', { name: 'Details' })).toContainText('badge.png');
  const started = page.waitForEvent('download');
  await page.keyboard.press('d');
  expect((await started).suggestedFilename()).toBe('badge.png');
});
