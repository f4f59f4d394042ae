import { randomBytes } from 'node:crypto';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FIXTURES, type Fixture } from '../storage/testing/fixtures.ts';
import { Jar } from '../testing/api.ts';
import { useTestServer } from '../testing/server.ts';

const server = useTestServer();
let store: Fixture;
beforeAll(async () => {
  store = await FIXTURES.s3();
  globalThis.afterimageServer = Promise.resolve({ ...server(), storage: store.storage });
});
afterAll(async () => {
  globalThis.afterimageServer = undefined;
  await store.close();
});

const ELEMENT = { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' };

test('a large original in a bucket is left to the bucket, for its owner alone and for a while', async () => {
  const pixels = randomBytes(700 * 700 * 3);
  const png = await sharp(pixels, { raw: { width: 700, height: 700, channels: 3 } })
    .png()
    .toBuffer();
  const [owner, stranger] = [new Jar(), new Jar()];
  const saved = await owner.json('/api/v1/media', { json: { data: png.toString('base64') } });
  await stranger.json('/api/v1/media', { json: { data: png.toString('base64') } });
  const path = `/media/${saved.body.id}/original`;

  const shown = await owner.fetch(path, { headers: ELEMENT });
  expect(shown.status).toBe(302);
  expect(shown.headers.get('cache-control')).toBe('private, no-store');
  const found = await fetch(shown.headers.get('location') ?? '');
  expect(Object.fromEntries(found.headers)).toMatchObject({
    'content-type': 'image/png',
    'content-disposition': expect.stringContaining(`attachment; filename="${saved.body.id}.png"`),
  });
  expect(Buffer.from(await found.arrayBuffer()).equals(png)).toBe(true);

  const streamed = await owner.fetch(path);
  expect(streamed.status).toBe(200);
  expect(Buffer.from(await streamed.arrayBuffer()).equals(png)).toBe(true);
  for (const role of ['preview', 'thumb']) {
    const rendition = await owner.fetch(`/media/${saved.body.id}/${role}`, { headers: ELEMENT });
    expect([role, rendition.status]).toEqual([role, 200]);
    await rendition.body?.cancel();
  }

  for (const jar of [stranger, new Jar()]) {
    const refused = await jar.fetch(path, { headers: ELEMENT });
    expect([refused.status, refused.headers.get('location')]).toEqual([404, null]);
  }
  await owner.fetch(`/api/v1/media/${saved.body.id}?permanent=true`, { method: 'DELETE' });
  expect((await owner.fetch(path, { headers: ELEMENT })).status).toBe(404);
});
