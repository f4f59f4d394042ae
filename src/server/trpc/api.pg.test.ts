import { sql } from 'drizzle-orm';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { GenerationId } from '#core/media.ts';
import { asServer } from '../db/doors.ts';
import { runGeneration } from '../generation/run.ts';
import { hugePng } from '../ingest/sample-media.ts';
import { Jar } from '../testing/api.ts';
import { useTestServer } from '../testing/server.ts';
import { listProcedures } from './procedures.ts';

const server = useTestServer();
beforeAll(() => {
  globalThis.afterimageServer = Promise.resolve(server());
});
afterAll(() => {
  globalThis.afterimageServer = undefined;
});

const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const SMALL = { width: 64, height: 64 };

const count = () =>
  asServer(server(), async (tx) => {
    const [row] = await tx.execute<{ count: string }>(
      sql`select (select count(*) from guest_sessions) + (select count(*) from libraries) as count`,
    );
    return Number(row?.count);
  });

const versionOf = (jar: Jar) =>
  asServer(server(), async (tx) => {
    const [row] = await tx.execute<{ version: string }>(
      sql`select version from libraries where id = ${jar.cookies.get('library') ?? null}`,
    );
    return row?.version;
  });

async function ownerOf(items: number): Promise<{ jar: Jar; ids: string[] }> {
  const jar = new Jar();
  const ids = [];
  for (let index = 0; index < items; index += 1) {
    ids.push(
      (await jar.json('/api/v1/media', { json: { data: PNG, prompt: `item ${index}` } })).body.id ?? '',
    );
  }
  return { jar, ids };
}

test('a guest generates, lists, pages, reads bytes, trashes, restores and purges; for others there is nothing', async () => {
  const jar = new Jar();
  const request = { kind: 'image', prompt: 'a small sea', count: 4, settings: SMALL };
  const made = await jar.json('/api/v1/generations', { json: request });
  expect(made).toMatchObject({ status: 202, body: { status: 'queued', count: 4 } });
  expect([...jar.cookies.keys()].sort()).toEqual(['guest', 'library']);
  const id = GenerationId.parse(made.body.id);
  await runGeneration(server(), id, new AbortController().signal);
  expect((await jar.json(`/api/v1/generations/${id}`)).body).toMatchObject({
    status: 'succeeded',
    media: [{}, {}, {}, {}],
  });

  const seen: string[] = [];
  for (let cursor: string | null | undefined = ''; cursor !== null;) {
    const page = await jar.json(`/api/v1/media?limit=2${cursor ? `&cursor=${cursor}` : ''}`);
    seen.push(...(page.body.items ?? []).map((item) => item.id));
    cursor = page.body.nextCursor ?? null;
  }
  expect(new Set(seen).size).toBe(4);
  expect(seen).toHaveLength(4);

  const stranger = new Jar();
  await stranger.json('/api/v1/media', { json: { data: PNG } });
  const [first = ''] = seen;
  for (const other of [new Jar(), stranger]) {
    for (const [method, path, json] of [
      ['GET', `/api/v1/media/${first}`],
      ['PATCH', `/api/v1/media/${first}`, { starred: true }],
      ['DELETE', `/api/v1/media/${first}`],
      ['DELETE', `/api/v1/media/${first}?permanent=true`],
      ['POST', `/api/v1/media/${first}/restore`],
      ['GET', `/api/v1/generations/${id}`],
      ['POST', `/api/v1/generations/${id}/cancel`],
      ['GET', `/media/${first}/original`],
      ['GET', `/media/${first}/thumb`],
    ] as const) {
      expect([method, path, (await other.fetch(path, { method, json })).status]).toEqual([method, path, 404]);
    }
  }

  for (const role of ['original', 'preview', 'thumb']) {
    const file = await jar.fetch(`/media/${first}/${role}`, { headers: { range: 'bytes=0-9' } });
    expect(file.status).toBe(206);
    expect((await file.arrayBuffer()).byteLength).toBe(10);
    expect(file.headers.get('content-security-policy')).toContain('sandbox');
  }
  expect((await jar.fetch(`/api/v1/media/${first}`, { method: 'DELETE' })).status).toBe(200);
  expect((await jar.json('/api/v1/media?trash=true')).body.items).toHaveLength(1);
  expect((await jar.json('/api/v1/media')).body.items).toHaveLength(3);
  expect((await jar.fetch(`/api/v1/media/${first}/restore`, { method: 'POST' })).status).toBe(200);
  expect((await jar.fetch(`/api/v1/media/${first}?permanent=true`, { method: 'DELETE' })).status).toBe(200);
  expect((await jar.fetch(`/api/v1/media/${first}`)).status).toBe(404);
  expect((await jar.fetch(`/media/${first}/original`)).status).toBe(404);
});

test('a thousand readers without a cookie make no row and get no cookie', async () => {
  const before = await count();
  const paths = ['/api/v1/media', '/api/v1/me', '/api/v1/generations', '/api/trpc/session.me'];
  for (let batch = 0; batch < 10; batch += 1) {
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) => new Jar().fetch(paths[index % paths.length] ?? '')),
    );
    for (const answer of answers) {
      expect(answer.status).toBe(200);
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
  }
  expect(await count()).toBe(before);
});

const GENERATIONS = '/api/v1/generations';
const image = (over: object) => ({ kind: 'image', prompt: 'x', ...over });
const nested = (levels: number): unknown => {
  let value: unknown = [];
  for (let level = 1; level < levels; level += 1) value = [value];
  return value;
};
const base64 = (data: Uint8Array | string) => Buffer.from(data).toString('base64');

const REFUSED: [name: string, path: string, json: unknown, field: string | null][] = [
  ['a number for bytes', '/api/v1/media', { data: 5 }, 'data'],
  ['broken base64', '/api/v1/media', { data: '!!!' }, 'data'],
  ['no bytes', '/api/v1/media', {}, 'data'],
  ['empty bytes', '/api/v1/media', { data: '' }, 'data'],
  ['a text called .png', '/api/v1/media', { data: base64('hello there'), filename: 'a.png' }, 'data'],
  [
    'a picture cut short',
    '/api/v1/media',
    { data: base64(Buffer.from(PNG, 'base64').subarray(0, 50)) },
    'data',
  ],
  ['900 megapixels', '/api/v1/media', { data: base64(hugePng(30_000, 30_000)) }, 'data'],
  ['an unknown field', '/api/v1/media', { data: PNG, owner: 'me' }, 'owner'],
  ['an upload that is not there', '/api/v1/media', { upload: crypto.randomUUID() }, null],
  ['a list', '/api/v1/media', [], 'body'],
  ['a prompt of 9,000 characters', GENERATIONS, image({ prompt: 'x'.repeat(9000) }), 'prompt'],
  ['a blank prompt', GENERATIONS, image({ prompt: '  ' }), 'prompt'],
  ['NUL in a prompt', GENERATIONS, image({ prompt: 'a\0b' }), 'prompt'],
  ['metadata of 70 levels', GENERATIONS, image({ metadata: { a: nested(70) } }), 'metadata'],
  ['settings of 4,000 levels', GENERATIONS, image({ settings: nested(4000) }), 'settings'],
  ['half a surrogate pair', GENERATIONS, image({ metadata: { note: '\ud800' } }), 'metadata.note'],
  ['a count as text', GENERATIONS, image({ count: '2' }), 'count'],
  ['five at once', GENERATIONS, image({ count: 5 }), 'count'],
  ['an unknown kind', GENERATIONS, image({ kind: 'audio' }), 'kind'],
  ['an unknown model', GENERATIONS, image({ model: 'none' }), 'model'],
  ['a model of the other kind', GENERATIONS, image({ model: 'demo-video' }), 'model'],
  ['an impossible aspect', GENERATIONS, image({ settings: { aspect: '0:1' } }), 'settings.aspect'],
  ['metadata beyond the cap', GENERATIONS, image({ metadata: { a: 'x'.repeat(20_000) } }), 'metadata'],
];

test.each(REFUSED)('%s is refused by name and changes nothing', async (_name, path, json, field) => {
  const { jar } = await ownerOf(1);
  const before = await versionOf(jar);
  const { status, body } = await jar.json(path, { json });
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
  expect(body.error?.field).toBe(field);
  expect(await versionOf(jar)).toBe(before);
});

test.each([
  'limit=0',
  'limit=501',
  'limit=x',
  'cursor=zzz',
  'kind=audio',
  'trash=maybe',
  'other=1',
  'limit=1&limit=2',
])('the list refuses ?%s', async (query) => {
  const { status, body } = await new Jar().json(`/api/v1/media?${query}`);
  expect(status).toBe(400);
  expect(body.error?.field).toBe(query.split('=')[0]);
});

test('an input that cannot be used is told in words, and another method with those that are taken', async () => {
  const jar = new Jar();
  const list = await jar.json('/api/v1/media?limit=abc');
  const words = 'limit takes a whole number from 1 to 500.';
  expect(list).toMatchObject({ status: 400, body: { error: { field: 'limit', message: words } } });
  const { body } = await jar.json(GENERATIONS, { json: { prompt: 'x' } });
  expect(body.error).toMatchObject({ field: 'kind', message: 'kind is missing. It takes image or video.' });
  const called = await jar.fetch('/api/trpc/media.list?input=%7B%22limit%22%3A0%7D');
  expect(await called.json()).toMatchObject({ error: { message: words } });

  const other = await jar.fetch('/api/v1/media/x', { method: 'PUT' });
  expect(other.status).toBe(405);
  expect(other.headers.get('allow')).toBe('GET, PATCH, DELETE, HEAD');
  const asked = await jar.fetch('/api/v1/collections', { method: 'OPTIONS' });
  expect([asked.status, asked.headers.get('allow')]).toEqual([204, 'GET, POST, HEAD']);
  expect((await jar.fetch('/api/v1/collections', { method: 'HEAD' })).status).toBe(200);
  expect(await other.json()).toMatchObject({
    error: { message: 'This address takes GET, PATCH, DELETE, HEAD, not PUT.' },
  });
  expect((await jar.fetch('/api/v1/nothing', { method: 'PUT' })).status).toBe(404);
});

test('what another site could make a browser send is refused, for each write', async () => {
  const { jar } = await ownerOf(1);
  const before = await versionOf(jar);
  const json = image({ settings: SMALL });
  const foreign: Record<string, string>[] = [
    { origin: 'https://evil.example' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ];
  for (const headers of foreign) {
    expect((await jar.fetch(GENERATIONS, { json, headers })).status).toBe(403);
    expect((await jar.fetch('/api/trpc/generation.create', { json, headers })).status).toBe(403);
  }
  for (const type of [
    'text/plain',
    'multipart/form-data',
    'application/x-www-form-urlencoded',
    'application/octet-stream',
  ]) {
    const body = JSON.stringify(json);
    expect((await jar.fetch(GENERATIONS, { body, headers: { 'content-type': type } })).status).toBe(415);
    expect(
      (await jar.fetch('/api/trpc/generation.create', { body, headers: { 'content-type': type } })).status,
    ).toBe(415);
  }
  expect(await versionOf(jar)).toBe(before);
  const own = await jar.fetch(GENERATIONS, { json, headers: { origin: 'http://localhost:3000' } });
  expect(own.status).toBe(202);
});

test('over tRPC a creating write without a library asks for one, and a request for another library is refused', async () => {
  const nobody = await new Jar().fetch('/api/trpc/generation.create', { json: image({}) });
  expect(nobody.status).toBe(401);
  expect(await nobody.json()).toMatchObject({ error: { data: { appCode: 'GUEST_REQUIRED' } } });
  const { jar } = await ownerOf(1);
  const headers = { 'x-library': crypto.randomUUID() };
  const other = await jar.fetch('/api/trpc/media.list?input=%7B%7D', { headers });
  expect(await other.json()).toMatchObject({ error: { data: { appCode: 'OWNER_CHANGED' } } });
});

test('a name that every object has is a name like any other', async () => {
  const { jar } = await ownerOf(1);
  for (const name of ['constructor', '__proto__']) {
    const { status, body } = await jar.json(`/api/v1/media?${name}=1`);
    expect([status, body.error?.field]).toEqual([400, name]);
  }
});

test('only what takes files may send more than a megabyte', async () => {
  const { jar } = await ownerOf(1);
  const long = 'x'.repeat(1_100_000);
  for (const path of [
    '/api/v1/generations',
    '/api/trpc/generation.create',
    '/api/trpc/session.me,account.signIn',
  ]) {
    const { status } = await jar.fetch(path, { json: image({ metadata: { long } }) });
    expect(status).toBe(413);
  }
  for (const path of ['/api/v1/media', '/api/trpc/media.save', '/api/trpc/session.me,media.save?batch=1']) {
    const { status } = await jar.fetch(path, { json: { data: base64(long) } });
    expect(status).not.toBe(413);
  }
});

test('a batch of eleven calls is refused', async () => {
  const calls = Array.from({ length: 11 }, () => 'session.me').join(',');
  const answer = await new Jar().fetch(`/api/trpc/${calls}?batch=1&input=%7B%7D`);
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.status).toBeLessThan(500);
});

test('no made-up input is answered with 500', async () => {
  const { jar } = await ownerOf(1);
  const paths = listProcedures()
    .map(({ path }) => path)
    .filter((path) => path !== 'sync.onPoke' && path !== 'guest.ensure');
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...paths), fc.jsonValue(), async (path, json) => {
      const read = await jar.fetch(`/api/trpc/${path}?input=${encodeURIComponent(JSON.stringify(json))}`);
      expect(read.status).toBeLessThan(500);
      const write = await jar.fetch(`/api/trpc/${path}`, { json });
      expect(write.status).toBeLessThan(500);
    }),
    { numRuns: 300 },
  );
});
