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
  const brought = { data: png.toString('base64'), filename: 'Füchse 1.JPG' };
  const saved = await owner.json('/api/v1/media', { json: brought });
  await stranger.json('/api/v1/media', { json: { data: png.toString('base64') } });
  const path = `/media/${saved.body.id}/original`;

  const shown = await owner.fetch(path, { headers: ELEMENT });
  expect(shown.status).toBe(302);
  expect(shown.headers.get('cache-control')).toBe('private, no-store');
  const found = await fetch(shown.headers.get('location') ?? '');
  expect(Object.fromEntries(found.headers)).toMatchObject({
    'content-type': 'image/png',
    'content-disposition': `attachment; filename="F_chse 1.png"; filename*=UTF-8''F%C3%BCchse%201.png`,
  });
  expect(Buffer.from(await found.arrayBuffer()).equals(png)).toBe(true);

  const streamed = await owner.fetch(path);
  expect(streamed.status).toBe(200);
  expect(Buffer.from(await streamed.arrayBuffer()).equals(png)).toBe(true);
  for (const role of ['preview', 'thumb']) {
    const rendition = await owner.fetch(`/media/${saved.body.id}/${role}`, { headers: ELEMENT });
    expect([role, rendition.status]).toEqual([role, 200]);
    expect(rendition.headers.get('content-disposition')).toContain(`filename="F_chse 1-${role}.webp"`);
    await rendition.body?.cancel();
  }

  const named = await owner.json(`/api/v1/media/${saved.body.id}`, {
    method: 'PATCH',
    json: { prompt: 'two foxes, at night' },
  });
  expect(named.status).toBe(200);
  const renamed = await owner.fetch(path);
  await renamed.body?.cancel();
  expect(renamed.headers.get('content-disposition')).toMatch(
    new RegExp(`filename="\\d{4}-\\d\\d-\\d\\d-two-foxes-at-night-${saved.body.id?.slice(-8)}\\.png"`),
  );

  for (const jar of [stranger, new Jar()]) {
    const refused = await jar.fetch(path, { headers: ELEMENT });
    expect([refused.status, refused.headers.get('location')]).toEqual([404, null]);
  }
  await owner.fetch(`/api/v1/media/${saved.body.id}?permanent=true`, { method: 'DELETE' });
  expect((await owner.fetch(path, { headers: ELEMENT })).status).toBe(404);
});
