import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDiskStorage } from '../storage/disk.ts';
import { newStorageKey } from '../storage/keys.ts';
import { contentDisposition, LINK_FROM_BYTES, serveObject, type ServedObject } from './serve-bytes.ts';

const bodyOf = async (response: Response) => Buffer.from(await response.arrayBuffer());

const askFor = (served: ServedObject, headers: Record<string, string>, method = 'GET') =>
  serveObject(new Request('http://localhost/x', { method, headers }), served);

describe('one object over HTTP', () => {
  const bytes = randomBytes(600_000);
  let folder: string;
  let object: ServedObject;
  let etag: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'afterimage-serve-'));
    const storage = await createDiskStorage(folder);
    const key = newStorageKey();
    const digest = await storage.put(key, bytes, { mime: 'video/mp4' });
    object = { storage, key, mime: 'video/mp4', ...digest, filename: 'clip.mp4', disposition: 'attachment' };
    etag = `"${digest.sha256}"`;
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const ask = (headers: Record<string, string> = {}, method = 'GET') => askFor(object, headers, method);

  it('is answered whole, with headers that keep it inert and private', async () => {
    const response = await ask();
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toEqual({
      'accept-ranges': 'bytes',
      'cache-control': 'private, no-cache',
      'content-disposition': `attachment; filename="clip.mp4"; filename*=UTF-8''clip.mp4`,
      'content-length': '600000',
      'x-body-length': '600000',
      'content-security-policy': "sandbox; default-src 'none'",
      'content-type': 'video/mp4',
      'cross-origin-resource-policy': 'same-origin',
      etag,
      vary: 'Cookie',
      'x-content-type-options': 'nosniff',
    });
    expect((await bodyOf(response)).equals(bytes)).toBe(true);
  });

  it.each([
    ['bytes=0-0', 0, 0],
    ['bytes=1000-400000', 1000, 400_000],
    ['bytes=599999-', 599_999, 599_999],
    ['bytes=-300', 599_700, 599_999],
  ])('is answered in part to %s', async (range, start, end) => {
    const response = await ask({ range });
    expect(response.status).toBe(206);
    expect(response.headers.get('content-range')).toBe(`bytes ${start}-${end}/600000`);
    expect(response.headers.get('content-length')).toBe(String(end - start + 1));
    expect((await bodyOf(response)).equals(bytes.subarray(start, end + 1))).toBe(true);
  });

  it('has nothing beyond its end', async () => {
    const response = await ask({ range: 'bytes=600000-' });
    expect(response.status).toBe(416);
    expect(response.headers.get('content-range')).toBe('bytes */600000');
    expect((await bodyOf(response)).byteLength).toBe(0);
  });

  it.each([
    ['the tag', (tag: string) => tag],
    ['the tag weakened by a proxy', (tag: string) => `W/${tag}`],
    ['a list with the tag', (tag: string) => `"other", ${tag}`],
    ['a star', () => '*'],
  ])('is not sent again to who holds %s', async (_, header) => {
    for (const method of ['GET', 'HEAD']) {
      const response = await ask({ 'if-none-match': header(etag), range: 'bytes=0-5' }, method);
      expect(response.status).toBe(304);
      expect(response.headers.get('etag')).toBe(etag);
      expect(response.headers.get('content-length')).toBeNull();
      expect((await bodyOf(response)).byteLength).toBe(0);
    }
  });

  it('is sent to who holds another', async () => {
    const response = await ask({ 'if-none-match': '"other"' });
    expect(response.status).toBe(200);
    await response.body?.cancel();
  });

  it('is sent in part only while If-Range still names it', async () => {
    const range = 'bytes=0-9';
    const date = 'Sat, 21 Nov 2026 00:00:00 GMT';
    for (const condition of [etag, '"other"', `W/${etag}`, date]) {
      const response = await ask({ range, 'if-range': condition });
      expect([condition, response.status]).toEqual([condition, condition === etag ? 206 : 200]);
      await response.body?.cancel();
    }
  });

  it('answers HEAD as GET, without a body', async () => {
    const response = await ask({ range: 'bytes=0-9' }, 'HEAD');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-length')).toBe('600000');
    expect(response.body).toBeNull();
  });

  describe('on a backend that gives links', () => {
    const link = 'https://store.example/x?signature=1';
    const linked = (change: Partial<ServedObject> = {}) => {
      const made = { ...object, bytes: LINK_FROM_BYTES, ...change };
      made.storage = {
        ...object.storage,
        link: async () => link,
        get: async () => ({ bytes: made.bytes, stream: new Blob(['streamed']).stream() }),
      };
      return made;
    };
    it.each(['no-cors', 'navigate'])('is left to it in mode %s', async (mode) => {
      for (const range of ['', 'bytes=0-']) {
        const response = await askFor(linked(), { 'sec-fetch-mode': mode, range });
        expect(response.status).toBe(302);
        expect(Object.fromEntries(response.headers)).toEqual({
          location: link,
          'cache-control': 'private, no-store',
          'cross-origin-resource-policy': 'same-origin',
          'referrer-policy': 'no-referrer',
          vary: 'Cookie, Sec-Fetch-Mode',
        });
      }
    });

    const element = { 'sec-fetch-mode': 'no-cors' };
    it.each<[string, Partial<ServedObject>, Record<string, string>]>([
      ['to a script', {}, { 'sec-fetch-mode': 'cors' }],
      ['to a program', {}, {}],
      ['when small', { bytes: LINK_FROM_BYTES - 1 }, element],
      ['when a rendition', { disposition: 'inline' }, element],
      ['when it could run', { mime: 'image/svg+xml' }, element],
      ['when of a type that nobody foresaw', { mime: 'text/html' }, element],
    ])('is streamed %s', async (_, change, headers) => {
      const response = await askFor(linked(change), headers);
      expect(response.status).toBe(200);
      expect(await response.text()).toBe('streamed');
    });

    it('is neither named in a HEAD nor sent again to who holds it', async () => {
      expect((await askFor(linked(), element, 'HEAD')).status).toBe(200);
      expect((await askFor(linked(), { ...element, 'if-none-match': etag })).status).toBe(304);
    });
  });

  it('is an error of the server when the storage lacks it or holds another size', async () => {
    const request = new Request('http://localhost/x');
    const lost = { ...object, key: newStorageKey() };
    await expect(serveObject(request, lost)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    const changed = { ...object, bytes: 599_999 };
    await expect(serveObject(request, changed)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});

describe('the name of a download', () => {
  it.each([
    ['a.png', 'a.png', 'a.png'],
    ['Grüße.png', 'Gr__e.png', 'Gr%C3%BC%C3%9Fe.png'],
    ['猫.png', '_.png', '%E7%8C%AB.png'],
    ["it's (1)*.png", "it's (1)_.png", 'it%27s%20%281%29_.png'],
    ['100%.png', '100_.png', '100%25.png'],
    ['a"b.png', 'a_b.png', 'a_b.png'],
    ['../../etc/passwd', '_.._etc_passwd', '_.._etc_passwd'],
    ['..\\..\\x.exe', '_.._x.exe', '_.._x.exe'],
    ['a\r\nSet-Cookie: x=y', 'a_Set-Cookie_ x=y', 'a_Set-Cookie_%20x%3Dy'],
    ['gnp.\u202Eexe', 'gnp._exe', 'gnp._exe'],
    ['\uD800.png', '_.png', '%EF%BF%BD.png'],
    ['...', 'file', 'file'],
    ['', 'file', 'file'],
  ])('%j', (filename, plain, encoded) => {
    expect(contentDisposition('inline', filename)).toBe(
      `inline; filename="${plain}"; filename*=UTF-8''${encoded}`,
    );
  });

  it('keeps the end of a long one', () => {
    const header = contentDisposition('inline', `${'x'.repeat(5000)}.png`);
    expect(header.length).toBeLessThan(400);
    expect(header).toContain('x.png"');
  });
});
