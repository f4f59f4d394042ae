import { eq } from 'drizzle-orm';
import http from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { readEnv } from '#env';
import { asServer } from '../db/doors.ts';
import { accounts, users } from '../db/identity.ts';
import { useTestServer } from '../testing/server.ts';
import { parseCookies } from './cookies.ts';
import { handleAuth } from './next-auth.ts';
import { configureProviders, github, personOfClaims, personOfGithub } from './providers.ts';

const server = useTestServer();
beforeAll(() => {
  globalThis.afterimageServer = Promise.resolve(server());
});
afterAll(() => {
  globalThis.afterimageServer = undefined;
});

const claims = { iss: 'https://issuer.example', sub: '1', name: ' Ada ', email: 'Ada@Example.org' };

test.each([
  [true, 'ada@example.org'],
  ['true', 'ada@example.org'],
  [false, null],
  ['false', null],
  [1, null],
  [null, null],
  [undefined, null],
])('an address with email_verified %s is %s', (verified, email) => {
  expect(personOfClaims({ ...claims, email_verified: verified })).toMatchObject({ name: 'Ada', email });
});

test('claims without a subject, and what is no address, are not taken', () => {
  expect(() => personOfClaims({ ...claims, sub: '' })).toThrow(/sub/);
  expect(personOfClaims({ ...claims, email: 'ada', email_verified: true }).email).toBeNull();
  expect(personOfClaims({ ...claims, name: 'x'.repeat(500), email_verified: true }).name).toHaveLength(100);
});

const address = (email: string, primary: boolean, verified: boolean) => ({ email, primary, verified });

test.each([
  [[address('b@example.org', false, true), address('a@example.org', true, true)], 'a@example.org'],
  [[address('b@example.org', false, true), address('a@example.org', true, false)], null],
  [[address('b@example.org', false, true)], null],
  [[], null],
])('of GitHub’s addresses %j the account gets %s', (emails, email) => {
  expect(personOfGithub({ id: 7, login: 'ada', name: null, emails })).toEqual({
    id: '7',
    name: 'ada',
    email,
  });
});

test('only what is configured is on offer', () => {
  const google = { GOOGLE_ID: 'a', GOOGLE_SECRET: 'b' };
  const listed = configureProviders(readEnv(google));
  expect(listed.map(({ id }) => id)).toEqual(['google']);
});

test('a person of GitHub signs in by the addresses that GitHub tells', async () => {
  const id = Math.floor(Math.random() * 2 ** 40);
  const email = `github-${id}@example.org`;
  const standIn = http.createServer((request, response) => {
    const { url, headers } = request;
    const isHolder = headers.authorization === 'Bearer of-github';
    const emails = [address('other@example.org', false, true), address(email, true, true)];
    const answers: Record<string, unknown> = {
      '/login/oauth/access_token': {
        access_token: 'of-github',
        token_type: 'bearer',
        scope: 'read:user,user:email',
      },
      '/user': isHolder ? { id, login: 'ada', name: 'Ada', email: 'shown@example.org' } : undefined,
      '/user/emails': isHolder ? emails : undefined,
    };
    const answer = answers[url ?? ''];
    response.writeHead(answer ? 200 : 401, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? {}));
  });
  await new Promise<void>((resolve) => standIn.listen(0, '127.0.0.1', resolve));
  const port = z.object({ port: z.number() }).parse(standIn.address()).port;
  const place = `http://127.0.0.1:${port}`;
  const providers = [github('client', 'secret', { web: place, api: place })];

  const cookies = new Map<string, string>();
  const ask = async (path: string, form?: Record<string, string>) => {
    const response = await handleAuth(
      new Request(`http://localhost:3000/api/auth/${path}`, {
        ...(form && { method: 'POST', body: new URLSearchParams(form).toString() }),
        headers: {
          cookie: [...cookies].map((pair) => pair.join('=')).join('; '),
          ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
        },
      }),
      providers,
    );
    for (const line of response.headers.getSetCookie()) {
      for (const [name, value] of parseCookies(line.split(';', 1)[0] ?? '')) cookies.set(name, value);
    }
    return response;
  };
  const { csrfToken } = z.object({ csrfToken: z.string() }).parse(await (await ask('csrf')).json());
  const { url } = z
    .object({ url: z.string() })
    .parse(await (await ask('signin/github', { csrfToken, json: 'true' })).json());
  expect(url).toMatch(`${place}/login/oauth/authorize?`);
  const state = new URL(url).searchParams.get('state') ?? '';
  const back = await ask(`callback/github?code=anything&state=${encodeURIComponent(state)}`);
  expect(back.headers.get('location')).toBe('/');
  expect(cookies.get('session')).toBeTruthy();
  const [user] = await asServer(server(), (tx) => tx.select().from(users).where(eq(users.email, email)));
  expect(user).toMatchObject({ name: 'Ada' });
  const links = await asServer(server(), (tx) =>
    tx
      .select()
      .from(accounts)
      .where(eq(accounts.providerAccountId, String(id))),
  );
  expect(links).toMatchObject([{ provider: 'github', userId: user?.id }]);
  standIn.closeAllConnections();
  standIn.close();
});
