import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { describeStorage } from './contract.ts';
import { newStorageKey } from './keys.ts';
import type { Storage, StoredObject } from './port.ts';
import { createS3Storage } from './s3.ts';
import { FIXTURES } from './testing/fixtures.ts';
import { BUCKET, openS3, S3_KEYS } from './testing/s3.ts';
import { openStandIn, type Route, type StandIn } from './testing/stand-in.ts';

const newFolder = () => mkdtemp(join(tmpdir(), 'afterimage-drafts-'));

const entry = (key: string) =>
  `<Contents><Key>${key}</Key><LastModified>2026-11-21T08:00:00.000Z</LastModified><Size>7</Size></Contents>`;

describeStorage('s3', FIXTURES.s3);

describe('s3', () => {
  const bytes = randomBytes(5000);
  let server: StandIn;
  let folder: string;
  let storage: Storage;
  beforeAll(async () => {
    [server, folder] = [await openS3(), await newFolder()];
    storage = await createS3Storage(
      { endpoint: `${server.origin}/`, bucket: BUCKET, ...S3_KEYS },
      { folder },
    );
  });
  afterEach(() => vi.useRealTimers());
  afterAll(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  const linkTo = async (contentDisposition = 'attachment; filename="a b.mp4"') => {
    const key = newStorageKey();
    await storage.put(key, bytes, { mime: 'application/octet-stream' });
    return new URL((await storage.link(key, { use: 'show', mime: 'video/mp4', contentDisposition })) ?? '');
  };

  it('gives links that answer in full and in part, as the type and name that we say', async () => {
    const link = await linkTo();
    const whole = await fetch(link);
    expect(whole.status).toBe(200);
    expect(Object.fromEntries(whole.headers)).toMatchObject({
      'content-type': 'video/mp4',
      'content-disposition': 'attachment; filename="a b.mp4"',
      'cache-control': 'private, max-age=600',
    });
    expect(Buffer.from(await whole.arrayBuffer()).equals(bytes)).toBe(true);
    const part = await fetch(link, { headers: { range: 'bytes=10-19' } });
    expect(part.status).toBe(206);
    expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(10, 20))).toBe(true);
  });

  it('signs every part of a link, for ten minutes from the last five', async () => {
    const link = await linkTo();
    expect(link.searchParams.get('X-Amz-Expires')).toBe('600');
    expect(link.searchParams.get('X-Amz-SignedHeaders')).toBe('host');
    const [, year, month, day, hour, minute, second] =
      /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(link.searchParams.get('X-Amz-Date') ?? '') ?? [];
    const age = Date.now() - Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
    expect(age).toBeGreaterThanOrEqual(0);
    expect(age).toBeLessThan(301_000);
    for (const name of ['response-content-type', 'X-Amz-Expires', 'X-Amz-Signature']) {
      const tampered = new URL(link);
      tampered.searchParams.set(name, name === 'X-Amz-Expires' ? '604800' : 'f'.repeat(64));
      expect([name, (await fetch(tampered)).status]).toEqual([name, 403]);
    }
  });

  it('gives one link again within its window, so that a browser finds it in its cache', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-21T08:00:01Z') });
    const key = newStorageKey();
    const link = () => storage.link(key, { use: 'show', mime: 'video/mp4', contentDisposition: 'inline' });
    const first = await link();
    vi.setSystemTime(new Date('2026-11-21T08:04:59Z'));
    expect(await link()).toBe(first);
    vi.setSystemTime(new Date('2026-11-21T08:05:00Z'));
    expect(await link()).not.toBe(first);
  });

  it('is not ready with the wrong secret or bucket', async () => {
    const settings = { endpoint: server.origin, bucket: BUCKET, ...S3_KEYS };
    for (const wrong of [{ secretAccessKey: 'wrong' }, { bucket: 'absent' }]) {
      const other = await createS3Storage({ ...settings, ...wrong }, { folder, timeoutMs: 1000 });
      await expect(other.check()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    }
    await storage.check();
  });

  /** A storage whose server answers as `route` says. */
  async function onServer<T>(route: Route, work: (storage: Storage) => Promise<T>): Promise<T> {
    const other = await openStandIn(route);
    try {
      return await work(
        await createS3Storage({ endpoint: other.origin, bucket: BUCKET, ...S3_KEYS }, { folder }),
      );
    } finally {
      await other.close();
    }
  }

  it('sends the hash of the bytes, which the signature covers', async () => {
    const seen: unknown[] = [];
    const route: Route = ({ request, response, body }) => {
      seen.push(request.headers['x-amz-content-sha256'], createHash('sha256').update(body).digest('hex'));
      expect(request.headers.authorization).toMatch(/SignedHeaders=[^,]*x-amz-content-sha256/);
      response.end();
    };
    const digest = await onServer(route, (other) => other.put(newStorageKey(), bytes, { mime: 'image/png' }));
    expect(seen).toEqual([digest.sha256, digest.sha256]);
  });

  it('announces the length of what it sends, also where a framework takes a request apart', async () => {
    const real = globalThis.fetch;
    const patched = vi.spyOn(globalThis, 'fetch').mockImplementation((input, init) => {
      if (!(input instanceof Request)) return real(input, init);
      const { method, headers, body } = input;
      const apart = { method, headers, body, duplex: 'half' };
      return real(input.url, apart);
    });
    const digest = await storage.put(newStorageKey(), bytes, { mime: 'image/png' });
    patched.mockRestore();
    expect(digest.bytes).toBe(bytes.byteLength);
  });

  it('does without conditional writes where a server has none', async () => {
    const conditions: unknown[] = [];
    const route: Route = ({ request, response }) => {
      const condition = request.headers['if-none-match'];
      conditions.push(condition);
      response.writeHead(condition ? 501 : 200).end(condition && '<Code>NotImplemented</Code>');
    };
    await onServer(route, (other) => other.put(newStorageKey(), bytes, { mime: 'image/png' }));
    expect(conditions).toEqual(['*', undefined]);
  });

  it.each([
    ['takes what an attempt left that seemed to fail', (sent: Buffer) => sent, { bytes: bytes.byteLength }],
    ['does not take a part that it left', (sent: Buffer) => sent.subarray(0, 10), { code: 'CONFLICT' }],
  ])('%s', async (_, keep, outcome) => {
    let kept: Buffer | undefined;
    const route: Route = ({ request, response, body }) => {
      if (request.method === 'GET') response.end(kept);
      else if (kept) response.writeHead(412).end();
      else {
        kept = keep(body);
        response.writeHead(500).end();
      }
    };
    const put = onServer(route, (other) => other.put(newStorageKey(), bytes, { mime: 'image/png' }));
    expect(await put.catch((error: unknown) => error)).toMatchObject(outcome);
  });

  it('lists every page, and passes over what is not ours', async () => {
    const keys = Array.from({ length: 5 }, newStorageKey);
    const route: Route = ({ response, url }) => {
      const at = Number(url.searchParams.get('continuation-token')?.slice('a&b='.length) ?? 0);
      const next =
        at + 2 < keys.length ? `<NextContinuationToken>a&amp;b=${at + 2}</NextContinuationToken>` : '';
      const entries = [...keys.slice(at, at + 2), 'logs/2026.txt'].map(entry);
      response.end(`<ListBucketResult>${next}${entries.join('')}</ListBucketResult>`);
    };
    const found = await onServer(route, async (other) => {
      const objects: StoredObject[] = [];
      for await (const object of other.list()) objects.push(object);
      return objects;
    });
    expect(found.map(({ key }) => key)).toEqual(keys);
    expect(found[0]).toMatchObject({ bytes: 7, modifiedAt: new Date('2026-11-21T08:00:00Z') });
  });

  it('says why its server cannot be reached', async () => {
    const gone = await openStandIn(() => {});
    await gone.close();
    const settings = { endpoint: gone.origin, bucket: BUCKET, ...S3_KEYS };
    const other = await createS3Storage(settings, { folder });
    await expect(other.head(newStorageKey())).rejects.toThrow(/fetch failed: .*ECONNREFUSED/);
  });

  it('asks again after a failure in passing', async () => {
    let asked = 0;
    const route: Route = ({ response }) => {
      asked += 1;
      if (asked < 3) response.writeHead(503).end('<Code>SlowDown</Code>');
      else response.end('x');
    };
    expect(await onServer(route, (other) => other.head(newStorageKey()))).toEqual({ bytes: 1 });
  });
});
