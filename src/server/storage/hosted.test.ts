import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeStorage } from './contract.ts';
import { newStorageKey } from './keys.ts';
import type { Backend, LinkOptions } from './port.ts';
import { FIXTURES, type Fixture } from './testing/fixtures.ts';
import { verifyObject } from './verify.ts';

// The hosted vendors, each on a stand-in of its documented API.
describeStorage('imagekit', FIXTURES.imagekit);
describeStorage('cloudinary', FIXTURES.cloudinary);
describeStorage('uploadthing', FIXTURES.uploadthing, { uncontested: true });

const PICTURE: LinkOptions = { use: 'show', mime: 'image/png', contentDisposition: 'attachment' };

describe.each<[Backend, string[]]>([
  ['imagekit', ['private_test']],
  ['cloudinary', ['cloudinary-secret']],
  ['uploadthing', ['sk_live_test', btoa('{"apiKey":"sk_live_test"').slice(0, 20)]],
])('%s', (backend, secrets) => {
  const bytes = randomBytes(3000);
  const key = newStorageKey();
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await FIXTURES[backend]();
    await fixture.storage.put(key, bytes, { mime: 'image/png' });
  });
  afterAll(() => fixture.close());

  it('tells nobody its keys when it fails', async () => {
    const { storage } = fixture;
    fixture.setFault('answers 500');
    const errors = await Promise.all(
      [
        storage.put(newStorageKey(), bytes, { mime: 'image/png' }),
        storage.get(key),
        storage.delete(key),
        storage.list()[Symbol.asyncIterator]().next(),
      ].map((work) => work.catch((error: unknown) => error)),
    );
    fixture.setFault(null);
    for (const error of errors) {
      expect(error).toMatchObject({ name: 'StorageError', code: 'UNAVAILABLE' });
      for (const secret of secrets) expect(inspect(error, { depth: 20 })).not.toContain(secret);
    }
  });

  it('gives no link for what it cannot name or type', async () => {
    for (const change of [{ use: 'download' as const }, { mime: 'video/mp4' }])
      expect(await fixture.storage.link(key, { ...PICTURE, ...change })).toBeNull();
  });

  it.skipIf(backend === 'cloudinary')(
    'gives a link to a picture, which ends and cannot be changed',
    async () => {
      const link = new URL((await fixture.storage.link(key, PICTURE)) ?? '');
      const response = await fetch(link, { headers: { range: 'bytes=5-9' } });
      expect(response.status).toBe(206);
      expect(Buffer.from(await response.arrayBuffer()).equals(bytes.subarray(5, 10))).toBe(true);

      const expiry = link.searchParams.has('ik-t') ? 'ik-t' : 'expires';
      const at = Number(link.searchParams.get(expiry)) * (expiry === 'ik-t' ? 1000 : 1);
      expect(at).toBeLessThanOrEqual(Date.now() + 601_000);
      link.searchParams.set(expiry, String(9_999_999_999_999));
      expect((await fetch(link)).ok).toBe(false);
    },
  );
});

it('sends a large file to cloudinary in pieces', async () => {
  const fixture = await FIXTURES.cloudinary();
  const key = newStorageKey();
  const digest = await fixture.storage.put(key, randomBytes(45_000_001), { mime: 'video/mp4' });
  expect(await verifyObject(fixture.storage, key)).toEqual(digest);
  await fixture.close();
});

it('gives no link to a file of uploadthing that is public, since it would last', async () => {
  const { createUploadThingStorage } = await import('./uploadthing.ts');
  const token = btoa('{"apiKey":"sk_live_x","appId":"app","regions":["sea1"]}');
  const storage = await createUploadThingStorage(
    { token, acl: 'public-read' },
    { folder: import.meta.dirname },
  );
  expect(await storage.link(newStorageKey(), PICTURE)).toBeNull();
});
