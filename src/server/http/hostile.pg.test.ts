/** What foreign pages, batches, guesses and caches between could do, tried on every door at once. */
import { sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { expect, test } from 'vitest';
import { newEmail, serveAccounts, signUpSomebody } from '../testing/account-server.ts';
import { Jar, mutate } from '../testing/api.ts';
import { PIXEL } from '../testing/objects.ts';
import { newGuest } from '../testing/server.ts';
import { listProcedures } from '../trpc/procedures.ts';
import { ADDRESS_HEADER } from './address.ts';

const { server } = serveAccounts();

/** Every write, by both of its doors. */
const WRITES = listProcedures()
  .filter(({ type }) => type === 'mutation')
  .flatMap(({ path, meta }) => {
    const rest = meta?.openapi;
    const doors = [{ name: path, method: 'POST', path: `/api/trpc/${path}` }];
    if (rest) {
      const place = rest.path.replaceAll(/\{\w+\}/g, uuidv7());
      doors.push({ name: `${rest.method} ${rest.path}`, method: rest.method, path: `/api/v1${place}` });
    }
    return doors;
  });

const TYPES = [
  'application/json',
  'text/plain',
  'multipart/form-data; boundary=x',
  'application/x-www-form-urlencoded',
  'application/octet-stream',
  null,
];
const OWN = { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-origin' };
const ORIGINS: Record<string, string>[] = [
  OWN,
  { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
  { origin: 'http://sub.localhost:3000', 'sec-fetch-site': 'same-site' },
  { origin: 'https://evil.example' },
  { origin: 'null' },
];

const world = () =>
  server().db.execute(sql`
    select (select sum(version) from libraries) as versions, (select count(*) from libraries) as libraries,
      (select count(*) from users) as users, (select count(*) from auth_sessions where revoked_at is null) as sessions,
      (select count(*) from audit_events) as events, (select count(*) from uploads) as uploads`);

test('no write is taken from another origin, or in a body that a form can send', async () => {
  const { jar } = await signUpSomebody();
  const guest = await newGuest(server());
  jar.cookies.set('guest', guest.token);
  const before = await world();
  const taken: string[] = [];
  for (const { name, method, path } of WRITES) {
    for (const headers of ORIGINS) {
      for (const type of TYPES) {
        if (headers === OWN && type === 'application/json') continue;
        const sent = { ...headers, ...(type && { 'content-type': type }) };
        const { status } = await jar.fetch(path, { method, body: '{}', headers: sent });
        if (status !== (headers === OWN ? 415 : 403))
          taken.push(`${name}: ${JSON.stringify(sent)} ${status}`);
      }
    }
  }
  expect(WRITES.length).toBeGreaterThan(30);
  expect(taken).toEqual([]);
  expect(await world()).toEqual(before);
});

test('a batch of a thousand calls is refused before anybody is looked up', async () => {
  const blind = {
    ...server(),
    get db(): never {
      throw new Error('somebody was looked up');
    },
  };
  globalThis.afterimageServer = Promise.resolve(blind);
  const calls = Array.from({ length: 1000 }, () => 'session.me').join(',');
  const jar = new Jar();
  jar.cookies.set('guest', 'A'.repeat(43));
  expect((await jar.fetch(`/api/trpc/${calls}?batch=1&input=%7B%7D`)).status).toBe(400);
  const posted = await jar.fetch(`/api/trpc/${calls.replaceAll('session.me', 'guest.ensure')}?batch=1`, {
    json: {},
  });
  expect(posted.status).toBe(400);
});

/** A sign-in to an account of its own, from one network. */
const attempt = (claimed: string) =>
  mutate(
    new Jar(),
    'account.signIn',
    { email: newEmail(), password: 'a guess' },
    { [ADDRESS_HEADER]: '192.0.2.44', 'x-forwarded-for': claimed },
  );

test('who guesses at many accounts from one network is stopped, whatever addresses are claimed to have passed it on', async () => {
  const statuses: number[] = [];
  for (let round = 0; round < 51; round += 1) statuses.push((await attempt(`198.51.100.${round}`)).status);
  expect(statuses.indexOf(429)).toBe(50);
  expect((await attempt('203.0.113.1')).headers.get('retry-after')).toMatch(/^\d+$/);
});

/** As RFC 9111 lets a cache that people share: it keeps what it is not told not to, and answers everybody from it. */
function createSharedCache() {
  const kept = new Map<string, string>();
  return {
    kept,
    ask: async (jar: Jar, path: string): Promise<string> => {
      const known = kept.get(path);
      if (known !== undefined) return known;
      const response = await jar.fetch(path);
      const text = await response.text();
      const control = response.headers.get('cache-control') ?? '';
      if (response.status < 500 && !/\b(private|no-store)\b/.test(control)) kept.set(path, text);
      return text;
    },
  };
}

const save = (jar: Jar, prompt: string) => jar.json('/api/v1/media', { json: { data: PIXEL, prompt } });

test('through a cache that people share, nobody is answered with what is another’s', async () => {
  const [owner, other] = [await signUpSomebody(), await signUpSomebody()];
  const { body } = await save(owner.jar, 'of the owner');
  const id = body.id ?? '';
  await save(other.jar, 'of the other');
  const reads = listProcedures().filter(({ type }) => type === 'query');
  const paths = [
    ...reads.map(({ path }) => `/api/trpc/${path}?input=${encodeURIComponent(JSON.stringify({ id }))}`),
    ...reads.map(({ path }) => `/api/trpc/${path}?input=%7B%7D`),
    ...reads.flatMap(({ meta }) =>
      meta?.openapi ? [`/api/v1${meta.openapi.path.replaceAll(/\{\w+\}/g, id)}`] : [],
    ),
    ...['original', 'preview', 'thumb', 'missing'].map((role) => `/media/${id}/${role}`),
    '/api/v1/export',
    '/api/auth/csrf',
  ];
  const cache = createSharedCache();
  const leaks: string[] = [];
  let found = 0;
  for (const path of paths) {
    const own = await cache.ask(owner.jar, path);
    if (own.includes('of the owner') || own.includes(owner.email)) found += 1;
    for (const jar of [other.jar, new Jar()]) {
      const theirs = await cache.ask(jar, path);
      if (/of the owner/.test(theirs) || theirs.includes(owner.email)) leaks.push(path);
    }
  }
  expect(found).toBeGreaterThan(5);
  expect(leaks).toEqual([]);
  expect([...cache.kept.keys()]).toEqual([]);
});
