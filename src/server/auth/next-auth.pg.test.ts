import { eq, inArray } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import type { UserId } from '#core/owner.ts';
import { asServer } from '../db/doors.ts';
import { accounts, auditEvents, authSessions, users } from '../db/identity.ts';
import { Jar } from '../testing/api.ts';
import { CLIENT, openIssuer, type Claims } from '../testing/issuer.ts';
import { newGuest, newLibrary, newUser, signInAs, useTestServer, type TestUser } from '../testing/server.ts';
import { log } from '../log.ts';
import { getActor } from './actor.ts';
import { placeOf } from './next-auth.ts';

const issuer = await openIssuer();
vi.stubEnv('NEXTAUTH_URL', 'http://localhost:3000');
vi.stubEnv('OIDC_ISSUER', issuer.url);
vi.stubEnv('OIDC_ID', CLIENT.id);
vi.stubEnv('OIDC_SECRET', CLIENT.secret);

const server = useTestServer();
beforeAll(() => {
  globalThis.afterimageServer = Promise.resolve(server());
});
afterAll(async () => {
  globalThis.afterimageServer = undefined;
  vi.unstubAllEnvs();
  await issuer.close();
});

// What fails at a provider is told in one line without anything of the person.
let told: string[] = [];
beforeEach(() => {
  told = [];
  vi.spyOn(log, 'info').mockImplementation((line) => void told.push(line));
});
afterEach(() => {
  vi.restoreAllMocks();
  issuer.tamper = {};
});

const Csrf = z.object({ csrfToken: z.string() });
const Away = z.object({ url: z.string() });

let people = 0;
const somebody = (more: Partial<Claims> = {}): Claims => {
  people += 1;
  const sub = `person-${people}-${crypto.randomUUID()}`;
  return { sub, name: 'Ada', email: `${sub}@Example.org`, email_verified: true, ...more };
};

/** The browser asks where to go. @returns The provider's address. */
async function leave(jar: Jar, form: Record<string, string> = {}): Promise<string> {
  const { csrfToken } = Csrf.parse(await (await jar.fetch('/api/auth/csrf')).json());
  const fields = { csrfToken, callbackUrl: '/gallery?view=all', json: 'true', ...form };
  const response = await jar.fetch('/api/auth/signin/oidc', {
    body: new URLSearchParams(fields).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' },
  });
  expect(response.status).toBe(200);
  return Away.parse(await response.json()).url;
}

async function askToLink(jar: Jar, password?: string): Promise<Response> {
  const { csrfToken } = Csrf.parse(await (await jar.fetch('/api/auth/csrf')).json());
  const fields = {
    csrfToken,
    callbackUrl: '/settings',
    json: 'true',
    link: 'true',
    ...(password && { password }),
  };
  return jar.fetch('/api/auth/signin/oidc', {
    body: new URLSearchParams(fields).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' },
  });
}

/** The browser follows the provider's answer. @returns Where it is sent. */
async function comeBack(jar: Jar, address: string): Promise<string> {
  const { pathname, search } = new URL(address);
  const response = await jar.fetch(pathname + search);
  expect(response.status).toBe(302);
  return response.headers.get('location') ?? '';
}

async function signInWith(jar: Jar, claims: Claims, form: Record<string, string> = {}): Promise<string> {
  return comeBack(jar, issuer.approve(await leave(jar, form), claims));
}

const whoIs = async (jar: Jar) => {
  const cookie = [...jar.cookies].map((pair) => pair.join('=')).join('; ');
  return (await getActor(server(), new Headers({ cookie }))).actor;
};

async function userOf(jar: Jar): Promise<UserId> {
  const actor = await whoIs(jar);
  if (actor.type !== 'user') throw new Error(`${actor.type} is not signed in`);
  return actor.userId;
}

const browserOf = async (user: TestUser, beganHere = true) => {
  const jar = new Jar();
  jar.cookies.set(...(await signInAs(server(), user, { beganHere })));
  return jar;
};

const linksOf = (userId: UserId) =>
  asServer(server(), (tx) => tx.select().from(accounts).where(eq(accounts.userId, userId)));
const eventsOf = async (userId: UserId) => {
  const events = await asServer(server(), (tx) =>
    tx.select().from(auditEvents).where(eq(auditEvents.userId, userId)).orderBy(auditEvents.id),
  );
  return events.map(({ type }) => type);
};
const knownWith = (email: string) =>
  asServer(server(), (tx) =>
    tx
      .select()
      .from(users)
      .where(inArray(users.email, [email, email.toLowerCase()])),
  );

test('a person whom the issuer knows gets an account, and comes back to it', async () => {
  const claims = somebody();
  const jar = new Jar();
  expect(await signInWith(jar, claims)).toBe('/gallery?view=all');
  const actor = await whoIs(jar);
  expect(actor).toMatchObject({ type: 'user', beganHere: true });
  const userId = await userOf(jar);
  const [user] = await knownWith(String(claims['email']));
  expect(user).toMatchObject({ id: userId, name: 'Ada', email: String(claims['email']).toLowerCase() });
  expect(user?.emailVerified).not.toBeNull();
  expect(await linksOf(userId)).toMatchObject([
    { provider: 'oidc', providerAccountId: `${issuer.url} ${claims.sub}` },
  ]);
  expect(await eventsOf(userId)).toEqual(['signed-up', 'provider-linked', 'signed-in']);

  const elsewhere = new Jar();
  await signInWith(elsewhere, claims);
  expect(await userOf(elsewhere)).toBe(userId);
  expect(await whoIs(elsewhere)).not.toEqual(actor);
});

test('the browser that comes back shows the account’s library, no longer the guest’s', async () => {
  const claims = somebody();
  const first = new Jar();
  await signInWith(first, claims);
  const { library } = await newLibrary(server(), { userId: await userOf(first) });
  const guest = await newGuest(server());
  const jar = new Jar();
  jar.cookies.set('guest', guest.token).set('library', guest.library);
  await signInWith(jar, claims);
  expect(jar.cookies.get('library')).toBe(library);
  expect(jar.cookies.get('guest')).toBe(guest.token);
});

test('signing in again ends the session that the browser had', async () => {
  const claims = somebody();
  const jar = new Jar();
  await signInWith(jar, claims);
  const before = jar.cookies.get('session');
  await signInWith(jar, claims);
  expect(jar.cookies.get('session')).not.toBe(before);
  const sessions = await asServer(server(), async (tx) =>
    tx
      .select()
      .from(authSessions)
      .where(eq(authSessions.userId, await userOf(jar))),
  );
  expect(sessions).toHaveLength(2);
  expect(sessions.filter(({ revokedAt }) => revokedAt === null)).toHaveLength(1);
});

test('an account with the same address is not taken over', async () => {
  const user = await newUser(server());
  const jar = new Jar();
  expect(await signInWith(jar, somebody({ email: user.email }))).toBe('/sign-in?error=OAuthAccountNotLinked');
  expect(await whoIs(jar)).toEqual({ type: 'none' });
  expect(await linksOf(user.userId)).toEqual([]);
});

test.each([{ email_verified: false }, { email_verified: undefined }, { email_verified: 'perhaps' }])(
  'an address that is not verified is not the account’s: %o',
  async (more) => {
    const owner = await newUser(server());
    const jar = new Jar();
    await signInWith(jar, somebody({ email: owner.email, ...more }));
    const userId = await userOf(jar);
    expect(userId).not.toBe(owner.userId);
    const [user] = await asServer(server(), (tx) => tx.select().from(users).where(eq(users.id, userId)));
    expect(user).toMatchObject({ email: null, emailVerified: null });
  },
);

test('an address that only the issuer’s userinfo tells is found there', async () => {
  const claims = somebody({ email: undefined, email_verified: undefined });
  const email = `${claims.sub}@apart.example.org`;
  issuer.apart[claims.sub] = { email, email_verified: true };
  const jar = new Jar();
  await signInWith(jar, claims);
  expect(await knownWith(email)).toMatchObject([{ id: await userOf(jar) }]);
});

test('a provider is linked to the account that asked for it, and then signs in to it', async () => {
  const user = await newUser(server());
  const claims = somebody({ email: user.email });
  const jar = await browserOf(user);
  const session = jar.cookies.get('session');
  expect(await signInWith(jar, claims, { link: 'true', callbackUrl: '/settings' })).toBe('/settings');
  expect(jar.cookies.get('session')).toBe(session);
  expect(jar.cookies.has('link')).toBe(false);
  expect(await linksOf(user.userId)).toHaveLength(1);
  const elsewhere = new Jar();
  await signInWith(elsewhere, claims);
  expect(await userOf(elsewhere)).toBe(user.userId);
  await signInWith(jar, claims, { link: 'true' });
  expect(await linksOf(user.userId)).toHaveLength(1);
});

test('a link asks for the password, or for a sign-in of the last minutes where there is none', async () => {
  const owner = await newUser(server(), { password: 'four words in a row' });
  const jar = await browserOf(owner);
  for (const password of [undefined, 'not this one']) {
    const refused = await askToLink(jar, password);
    expect([refused.status, await refused.text()]).toEqual([
      401,
      expect.stringContaining('WRONG_CREDENTIALS'),
    ]);
    expect(jar.cookies.has('link')).toBe(false);
  }
  expect((await askToLink(jar, 'four words in a row')).status).toBe(200);
  expect(jar.cookies.has('link')).toBe(true);

  const idle = await browserOf(await newUser(server()));
  const later = { ...server(), now: () => new Date(Date.now() + 16 * 60_000) };
  globalThis.afterimageServer = Promise.resolve(later);
  try {
    expect((await askToLink(idle)).status).toBe(403);
    expect(idle.cookies.has('link')).toBe(false);
  } finally {
    globalThis.afterimageServer = Promise.resolve(server());
  }
});

test('without asking for a link, a signed-in browser changes to the account of the person who comes back', async () => {
  const user = await newUser(server());
  const jar = await browserOf(user);
  await leave(jar, { link: 'true' });
  await signInWith(jar, somebody());
  expect(await userOf(jar)).not.toBe(user.userId);
  expect(await linksOf(user.userId)).toEqual([]);
});

test('a link for one session is not made in another', async () => {
  const [user, other] = [await newUser(server()), await newUser(server())];
  const jar = await browserOf(user);
  const address = await leave(jar, { link: 'true', callbackUrl: '/settings' });
  jar.cookies.set(...(await signInAs(server(), other)));
  expect(await comeBack(jar, issuer.approve(address, somebody()))).toBe('/settings?error=SessionRequired');
  expect(await linksOf(user.userId)).toEqual([]);
  expect(await linksOf(other.userId)).toEqual([]);
});

test('a person of another account is not linked, nor a second one of the same provider', async () => {
  const taken = somebody();
  await signInWith(new Jar(), taken);
  const user = await newUser(server());
  const jar = await browserOf(user);
  const linking = { link: 'true', callbackUrl: '/settings' };
  expect(await signInWith(jar, taken, linking)).toBe('/settings?error=AlreadyLinked');
  expect(await signInWith(jar, somebody(), linking)).toBe('/settings');
  expect(await signInWith(jar, somebody(), linking)).toBe('/settings?error=AlreadyLinked');
  expect(await linksOf(user.userId)).toHaveLength(1);
});

test('one person who comes back twice at the same moment has one account', async () => {
  const claims = somebody({ email: undefined });
  const jars = [new Jar(), new Jar(), new Jar()];
  const addresses = await Promise.all(jars.map(async (jar) => issuer.approve(await leave(jar), claims)));
  await Promise.all(jars.map((jar, index) => comeBack(jar, addresses[index] ?? '')));
  expect(new Set(await Promise.all(jars.map(userOf))).size).toBe(1);
});

test('who comes back to a browser that did not go is not signed in', async () => {
  const address = issuer.approve(await leave(new Jar()), somebody());
  const victim = new Jar();
  expect(await comeBack(victim, address)).toMatch(/^\/sign-in\?error=\w+$/);
  expect(await whoIs(victim)).toEqual({ type: 'none' });
  const other = new Jar();
  await leave(other);
  expect(await comeBack(other, address)).toMatch(/^\/sign-in\?error=\w+$/);
  expect(await whoIs(other)).toEqual({ type: 'none' });
  expect(told.join()).not.toMatch(/person-|example/i);
});

test('an answer of the issuer holds once', async () => {
  const jar = new Jar();
  const address = issuer.approve(await leave(jar), somebody());
  const again = new Jar();
  for (const cookie of jar.cookies) again.cookies.set(...cookie);
  await comeBack(jar, address);
  expect(await comeBack(again, address)).toMatch(/^\/sign-in\?error=\w+$/);
  expect(await whoIs(again)).toEqual({ type: 'none' });
});

test.each([{ nonce: 'of another journey' }, { audience: 'another client' }, { signature: true }])(
  'a token that does not hold signs nobody in: %o',
  async (tamper) => {
    issuer.tamper = tamper;
    const jar = new Jar();
    expect(await signInWith(jar, somebody())).toBe('/sign-in?error=OAuthCallback');
    expect(await whoIs(jar)).toEqual({ type: 'none' });
    expect(told.join()).not.toMatch(/person-|example/i);
  },
);

test('a defect while somebody comes back is logged, and told on a page of this site', async () => {
  const error = vi.spyOn(log, 'error').mockReturnValue();
  const jar = new Jar();
  const address = issuer.approve(await leave(jar), somebody());
  const broken = { ...server(), now: () => new Date(Number.NaN) };
  globalThis.afterimageServer = Promise.resolve(broken);
  try {
    expect(await comeBack(jar, address)).toBe('/sign-in?error=Callback');
  } finally {
    globalThis.afterimageServer = Promise.resolve(server());
  }
  expect(error).toHaveBeenCalledTimes(1);
  expect(jar.cookies.has('session')).toBe(false);
});

test('who says no at the issuer is told so', async () => {
  const jar = new Jar();
  await leave(jar);
  expect(await comeBack(jar, 'http://a/api/auth/callback/oidc?error=access_denied&state=x')).toBe(
    '/sign-in?error=AccessDenied',
  );
});

test.each([
  ['GET', '/api/auth/session'],
  ['POST', '/api/auth/session'],
  ['GET', '/api/auth/providers'],
  ['POST', '/api/auth/signout'],
  ['POST', '/api/auth/_log'],
  ['GET', '/api/auth/signin/oidc'],
  ['POST', '/api/auth/callback/oidc'],
  ['GET', '/api/auth/callback/google'],
  ['GET', '/api/auth/callback/credentials'],
  ['GET', '/api/auth/callback/oidc/more'],
])('%s %s is not open', async (method, path) => {
  expect((await new Jar().fetch(path, { method })).status).toBe(404);
});

test.each([
  ['another site', { 'sec-fetch-site': 'cross-site' }, 403],
  ['another origin', { origin: 'https://evil.example' }, 403],
  ['another kind of body', { 'content-type': 'text/plain' }, 415],
])('a journey is not begun by %s', async (_, headers, status) => {
  const jar = new Jar();
  const response = await jar.fetch('/api/auth/signin/oidc', {
    body: 'csrfToken=x&link=true',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
  });
  expect(response.status).toBe(status);
  expect(jar.cookies.size).toBe(0);
});

test('a journey is not begun without the token of this browser', async () => {
  const other = Csrf.parse(await (await new Jar().fetch('/api/auth/csrf')).json());
  expect(await leave(new Jar(), { csrfToken: other.csrfToken })).toBe('/sign-in?error=Callback');
});

test('a provider that does not answer is told on a page of this site', async () => {
  const user = await newUser(server());
  issuer.tamper = { away: true };
  expect(await leave(new Jar())).toBe('/sign-in?error=OAuthSignin');
  const linking = { link: 'true', callbackUrl: '/settings' };
  expect(await leave(await browserOf(user), linking)).toBe('/settings?error=OAuthSignin');
});

test.each([
  ['/gallery?a=b#c', '/gallery?a=b#c'],
  ['http://localhost:3000/x', '/x'],
  ['https://evil.example/', '/'],
  ['//evil.example/', '/'],
  ['http://localhost:3000//evil.example/', '/'],
  ['/.//evil.example/', '/'],
  ['/x/..//evil.example/', '/'],
  ['/\\evil.example', '/'],
  ['javascript:alert(1)', '/'],
  [undefined, '/'],
])('a browser comes back to this site alone: %s', (wanted, place) => {
  expect(placeOf(wanted)).toBe(place);
});
