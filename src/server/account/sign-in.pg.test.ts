import { eq } from 'drizzle-orm';
import { expect, test, vi } from 'vitest';
import { asServer } from '../db/doors.ts';
import { authSessions, users, verificationTokens } from '../db/identity.ts';
import { ADDRESS_HEADER } from '../http/address.ts';
import { createMail } from '../mail.ts';
import { Jar, mutate, query } from '../testing/api.ts';
import {
  auditOf,
  isSignedIn,
  newEmail,
  PASSWORD,
  signUpSomebody,
  serveAccounts,
} from '../testing/account-server.ts';
import { newGuest } from '../testing/server.ts';

const { server, box, serve } = serveAccounts();

const verify = (email: string) =>
  asServer(server(), (tx) =>
    tx.update(users).set({ emailVerified: new Date() }).where(eq(users.email, email)),
  );

test('without mail, signing up signs in; a taken address is refused, in any case of its letters', async () => {
  const { email, jar } = await signUpSomebody();
  expect((await query(jar, 'account.me')).data).toMatchObject({
    email,
    verified: false,
    hasPassword: true,
    isFresh: true,
    providers: [],
  });
  const again = await mutate(new Jar(), 'account.signUp', { email: email.toUpperCase(), password: PASSWORD });
  expect(again).toMatchObject({ status: 409, code: 'CONFLICT' });
  expect(await auditOf(jar)).toEqual(['signed-in', 'signed-up']);
});

test.each(['short', 'x'.repeat(129), 'Password123!'])('the password "%s" is refused', async (password) => {
  const answer = await mutate(new Jar(), 'account.signUp', { email: newEmail(), password });
  expect(answer).toMatchObject({ status: 400, code: 'BAD_INPUT' });
});

/** How long a refused sign-in takes, in milliseconds. */
async function timeRefusal(email: string): Promise<number> {
  const began = performance.now();
  await mutate(new Jar(), 'account.signIn', { email, password: 'x' });
  return performance.now() - began;
}

test('a wrong password and an unknown address are told alike, after the same work', async () => {
  const { email, jar } = await signUpSomebody();
  const wrong = await new Jar().fetch('/api/trpc/account.signIn', { json: { email, password: 'x' } });
  const unknown = await new Jar().fetch('/api/trpc/account.signIn', {
    json: { email: newEmail(), password: 'x' },
  });
  expect(wrong.status).toBe(401);
  expect(unknown.status).toBe(401);
  expect(await unknown.text()).toBe(await wrong.text());
  await expect.poll(() => auditOf(jar)).toEqual(['sign-in-failed', 'signed-in', 'signed-up']);

  const fastest = { known: Infinity, unknown: Infinity };
  for (let round = 0; round < 3; round += 1) {
    fastest.known = Math.min(fastest.known, await timeRefusal(email));
    fastest.unknown = Math.min(fastest.unknown, await timeRefusal(newEmail()));
  }
  expect(fastest.unknown).toBeGreaterThan(fastest.known / 3);
});

test('the sixth wrong password within minutes is told when to come back; a right one clears the count', async () => {
  const { email } = await signUpSomebody();
  const attempt = (password: string) =>
    mutate(new Jar(), 'account.signIn', { email, password }, { [ADDRESS_HEADER]: '192.0.2.7' });
  for (let round = 0; round < 4; round += 1) expect((await attempt('wrong one')).status).toBe(401);
  expect((await attempt(PASSWORD)).status).toBe(200);
  for (let round = 0; round < 5; round += 1) expect((await attempt('wrong one')).status).toBe(401);
  const sixth = await attempt(PASSWORD);
  expect(sixth).toMatchObject({ status: 429, code: 'RATE_LIMITED' });
  expect(Number(sixth.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(sixth.message).toBe('Too many attempts at signing in. Try again in 15 minutes.');
  const elsewhere = { [ADDRESS_HEADER]: '198.51.100.9' };
  expect(await mutate(new Jar(), 'account.signIn', { email, password: PASSWORD }, elsewhere)).toMatchObject({
    status: 200,
  });
});

test('each sign-in is a session of its own, and ends the one that this browser had', async () => {
  const { email, jar } = await signUpSomebody();
  const first = jar.cookies.get('session') ?? '';
  expect((await mutate(jar, 'account.signIn', { email, password: PASSWORD })).data).toEqual({
    status: 'signed-in',
    library: null,
    beganHere: true,
  });
  expect(jar.cookies.get('session')).not.toBe(first);
  const thief = new Jar();
  thief.cookies.set('session', first);
  expect(await isSignedIn(thief)).toBe(false);
  expect(await isSignedIn(jar)).toBe(true);
});

test('an answer that comes late for the session before does not take the new one away', async () => {
  const { email, jar } = await signUpSomebody();
  const slow = new Jar();
  slow.cookies.set('session', jar.cookies.get('session') ?? '');
  await mutate(jar, 'account.signIn', { email, password: PASSWORD });
  const late = await slow.fetch('/api/trpc/session.me');
  expect(late.headers.getSetCookie().filter((cookie) => cookie.startsWith('session='))).toEqual([]);
});

test('a foreign page can sign nobody in', async () => {
  const { email } = await signUpSomebody();
  const jar = new Jar();
  const answer = await mutate(
    jar,
    'account.signIn',
    { email, password: PASSWORD },
    { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
  );
  expect(answer).toMatchObject({ status: 403, code: 'FORBIDDEN' });
  expect(jar.cookies.size).toBe(0);
});

test('with mail, signing up tells nobody whether there is an account, and waits for the link', async () => {
  const taken = await signUpSomebody();
  await verify(taken.email);
  serve({ mail: 'sent' });
  const email = newEmail();
  const [fresh, known] = [new Jar(), new Jar()];
  const first = await fresh.fetch('/api/trpc/account.signUp', { json: { email, password: PASSWORD } });
  const second = await known.fetch('/api/trpc/account.signUp', {
    json: { email: taken.email, password: 'another passphrase here' },
  });
  expect(await first.text()).toBe(await second.text());
  expect([...fresh.cookies.keys()]).toEqual([...known.cookies.keys()]);
  expect(box().to(taken.email)).toMatchObject([{ subject: 'You already have an account', link: null }]);
  expect(await mutate(new Jar(), 'account.signIn', { email, password: PASSWORD })).toMatchObject({
    status: 401,
  });

  const token = box().tokenFor(email);
  expect((await mutate(fresh, 'account.openLink', { token })).data).toMatchObject({
    beganHere: true,
    leftPassword: false,
  });
  expect((await query(fresh, 'account.me')).data).toMatchObject({ email, verified: true, hasPassword: true });
  expect(await mutate(new Jar(), 'account.signIn', { email, password: PASSWORD })).toMatchObject({
    status: 200,
  });
  expect(await mutate(new Jar(), 'account.openLink', { token })).toMatchObject({ status: 404 });
});

test('of two who sign up with one address, the password counts that came with the opened link', async () => {
  serve({ mail: 'sent' });
  const [email, jar] = [newEmail(), new Jar()];
  await mutate(jar, 'account.signUp', { email, password: PASSWORD });
  const token = box().tokenFor(email);
  const other = { email, password: 'what another one typed' };
  await mutate(new Jar(), 'account.signUp', other);
  expect(await mutate(jar, 'account.openLink', { token })).toMatchObject({ status: 200 });
  expect(await mutate(new Jar(), 'account.signIn', other)).toMatchObject({ status: 401 });
  const own = { email, password: PASSWORD };
  expect(await mutate(new Jar(), 'account.signIn', own)).toMatchObject({ status: 200 });
});

test('the password of somebody who signed up with another one’s address does not open the account', async () => {
  serve({ mail: 'sent' });
  const email = newEmail();
  await mutate(new Jar(), 'account.signUp', { email, password: PASSWORD, name: 'Mallory' });
  const owner = new Jar();
  const opened = await mutate(owner, 'account.openLink', { token: box().tokenFor(email) });
  expect(opened.data).toMatchObject({ status: 'signed-in', beganHere: false, leftPassword: true });
  expect((await query(owner, 'account.me')).data).toMatchObject({ email, name: null, hasPassword: false });
  const guess = await mutate(new Jar(), 'account.signIn', { email, password: PASSWORD });
  expect(guess).toMatchObject({ status: 401 });
});

test('a link signs in once, makes the account when there is none, and knows the browser that asked', async () => {
  serve({ mail: 'sent' });
  const email = newEmail();
  const [asking, other] = [new Jar(), new Jar()];
  expect((await mutate(asking, 'account.requestLink', { email })).data).toEqual({
    status: 'check-mail',
    shownLink: null,
  });
  const opened = await mutate(asking, 'account.openLink', { token: box().tokenFor(email) });
  expect(opened.data).toEqual({ status: 'signed-in', library: null, beganHere: true, leftPassword: false });
  expect((await query(asking, 'account.me')).data).toMatchObject({
    email,
    verified: true,
    hasPassword: false,
  });

  await mutate(asking, 'account.requestLink', { email });
  const token = box().tokenFor(email);
  expect((await mutate(other, 'account.openLink', { token })).data).toMatchObject({ beganHere: false });
  expect(await isSignedIn(other)).toBe(true);
  expect(await mutate(new Jar(), 'account.openLink', { token })).toMatchObject({
    status: 404,
    code: 'NOT_FOUND',
  });
});

test('a link holds for ten minutes, for what it was sent for, and its token is nowhere in the database', async () => {
  const { jar } = await signUpSomebody();
  serve({ mail: 'sent' });
  const email = newEmail();
  await mutate(new Jar(), 'account.requestLink', { email });
  const token = box().tokenFor(email);
  const rows = await asServer(server(), (tx) => tx.select().from(verificationTokens));
  expect(
    JSON.stringify(rows.map((row) => [row.identifier, Buffer.from(row.tokenHash).toString()])),
  ).not.toContain(token);
  const wrong = [
    await mutate(new Jar(), 'account.reset', { token, password: PASSWORD }),
    await mutate(jar, 'account.confirmEmailChange', { token }),
  ];
  expect(wrong).toMatchObject([{ status: 404 }, { status: 404 }]);
  serve({ minutes: 11 });
  expect(await mutate(new Jar(), 'account.openLink', { token })).toMatchObject({ status: 404 });
  serve({ minutes: 9 });
  expect(await mutate(new Jar(), 'account.openLink', { token })).toMatchObject({ status: 200 });
});

test('who has mails sent to somebody else’s address keeps nobody from their own', async () => {
  serve({ mail: 'sent' });
  const email = newEmail();
  const ask = (address: string, what = 'account.requestReset') =>
    mutate(new Jar(), what, { email }, { [ADDRESS_HEADER]: address });
  for (let mail = 0; mail < 5; mail += 1) expect(await ask('192.0.2.30')).toMatchObject({ status: 200 });
  expect(await ask('192.0.2.30')).toMatchObject({ status: 429 });
  expect(await ask('198.51.100.31')).toMatchObject({ status: 200 });
  expect(await ask('198.51.100.31', 'account.requestLink')).toMatchObject({ status: 200 });
});

test('two who open a link at the same moment get one session', async () => {
  serve({ mail: 'sent' });
  const email = newEmail();
  await mutate(new Jar(), 'account.requestLink', { email });
  const token = box().tokenFor(email);
  const answers = await Promise.all(
    Array.from({ length: 6 }, () => mutate(new Jar(), 'account.openLink', { token })),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 404)).toHaveLength(5);
});

test('who waited in an account with somebody else’s address is out when its owner comes', async () => {
  const { email, jar: squatter } = await signUpSomebody();
  serve({ mail: 'sent' });
  const owner = new Jar();
  await mutate(owner, 'account.requestLink', { email });
  expect(await mutate(owner, 'account.openLink', { token: box().tokenFor(email) })).toMatchObject({
    status: 200,
  });
  expect(await isSignedIn(squatter)).toBe(false);
  expect(await mutate(squatter, 'account.signIn', { email, password: PASSWORD })).toMatchObject({
    status: 401,
  });
  expect((await query(owner, 'account.me')).data).toMatchObject({ verified: true, hasPassword: false });
});

test('who proves the own address in the browser that is signed in keeps the password', async () => {
  const { email, jar } = await signUpSomebody();
  serve({ mail: 'sent' });
  await mutate(jar, 'account.requestLink', { email });
  await mutate(jar, 'account.openLink', { token: box().tokenFor(email) });
  expect((await query(jar, 'account.me')).data).toMatchObject({ verified: true, hasPassword: true });
});

test('without mail no link is on offer; in development it is printed and shown', async () => {
  expect((await query(new Jar(), 'account.methods')).data).toEqual({
    mail: false,
    link: false,
    providers: [],
  });
  expect(await mutate(new Jar(), 'account.requestLink', { email: newEmail() })).toMatchObject({
    status: 403,
  });
  serve({ mail: 'shown' });
  const printed = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const jar = new Jar();
  const { data } = await mutate(jar, 'account.requestLink', { email: newEmail() });
  const link = /http[^"]+/.exec(JSON.stringify(data))?.[0] ?? '';
  expect(link).toMatch(/^http:\/\/localhost:3000\/sign-in\/link#[\w-]{43}$/);
  expect(printed.mock.calls.flat().join('')).toContain(link);
  printed.mockRestore();
  expect(await mutate(jar, 'account.openLink', { token: link.split('#')[1] })).toMatchObject({ status: 200 });
});

test('a mail server that is away is said, and nothing is left of the request but its count', async () => {
  const printed = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const mail = createMail({ SMTP_URL: 'smtp://127.0.0.1:1' }, false);
  globalThis.afterimageServer = Promise.resolve({ ...server(), mail });
  expect(await mutate(new Jar(), 'account.requestLink', { email: newEmail() })).toMatchObject({
    status: 503,
    code: 'UNAVAILABLE',
  });
  printed.mockRestore();
});

test('signing out ends the session at once, and the browser is its guest again', async () => {
  const { email, jar } = await signUpSomebody();
  const guest = await newGuest(server());
  jar.cookies.set('guest', guest.token);
  await mutate(jar, 'account.signIn', { email, password: PASSWORD });
  expect(jar.cookies.has('library')).toBe(false);
  const session = jar.cookies.get('session') ?? '';
  expect(await mutate(jar, 'account.signOut')).toMatchObject({ status: 200 });
  expect(jar.cookies.has('session')).toBe(false);
  expect(jar.cookies.get('library')).toBe(guest.library);
  expect((await query(jar, 'session.me')).data).toMatchObject({ type: 'guest', library: guest.library });
  const thief = new Jar();
  thief.cookies.set('session', session);
  expect(await isSignedIn(thief)).toBe(false);
  expect(await mutate(thief, 'account.signOut')).toMatchObject({ status: 200 });
  expect([...thief.cookies.keys()]).toEqual([]);
  const rows = await asServer(server(), (tx) =>
    tx
      .select({ revokedAt: authSessions.revokedAt })
      .from(authSessions)
      .innerJoin(users, eq(users.id, authSessions.userId))
      .where(eq(users.email, email)),
  );
  expect(rows.filter(({ revokedAt }) => revokedAt === null)).toEqual([]);
});
