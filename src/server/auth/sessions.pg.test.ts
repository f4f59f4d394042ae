import { eq } from 'drizzle-orm';
import { encode } from 'next-auth/jwt';
import { expect, test } from 'vitest';
import { NOBODYS_LIBRARY } from '#core/owner.ts';
import { asServer } from '../db/doors.ts';
import { authSessions } from '../db/identity.ts';
import { newGuest, newLibrary, newUser, signInAs, useTestServer, type TestUser } from '../testing/server.ts';
import { ensureOwner, getActor } from './actor.ts';
import {
  authSecret,
  createSession,
  deviceOf,
  revokeSession,
  revokeSessions,
  SESSION_SECONDS,
} from './sessions.ts';

const server = useTestServer();

const asking = (...cookies: [string, string][]) =>
  getActor(server(), new Headers({ cookie: cookies.map((pair) => pair.join('=')).join('; ') }));
const later = (seconds: number) => ({
  db: server().db,
  now: () => new Date(Date.now() + seconds * 1000),
});
const sessionsOf = ({ userId }: TestUser) =>
  asServer(server(), (tx) => tx.select().from(authSessions).where(eq(authSessions.userId, userId)));

test('a session opens its account, before any guest of the same browser', async () => {
  const [user, guest] = [await newUser(server()), await newGuest(server())];
  const { library } = await newLibrary(server(), user);
  const cookie = await signInAs(server(), user);
  const identity = await asking(cookie, ['guest', guest.token]);
  expect(identity).toMatchObject({
    actor: { type: 'user', userId: user.userId, library, beganHere: true },
    library,
    guestToken: guest.token,
    setCookies: [`library=${library}; Path=/; Max-Age=34560000; SameSite=Lax`],
  });
  expect((await asking(cookie, ['library', library])).setCookies).toEqual([]);
});

test('an account has no library until it writes; two first writes make one', async () => {
  const user = await newUser(server());
  const cookie = await signInAs(server(), user);
  const before = await asking(cookie, ['library', 'an old one']);
  expect(before.library).toBe(NOBODYS_LIBRARY);
  expect(before.setCookies).toEqual([expect.stringMatching(/^library=; .*Max-Age=0/)]);
  const [one, other] = await Promise.all([ensureOwner(server(), before), ensureOwner(server(), before)]);
  expect(one.library).not.toBe(NOBODYS_LIBRARY);
  expect(other.library).toBe(one.library);
  expect((await asking(cookie)).library).toBe(one.library);
});

test('the database holds no token, and the cookie holds nothing of the person', async () => {
  const user = await newUser(server());
  const [, sealed] = await signInAs(server(), user);
  expect(sealed).not.toContain(user.userId);
  expect(Buffer.from(sealed, 'base64').toString('latin1')).not.toContain(user.userId);
  const [row] = await sessionsOf(user);
  expect(row?.sidHash.byteLength).toBe(32);
});

test('a session that was ended, by itself or with the others, is nobody at once', async () => {
  const user = await newUser(server());
  const cookies = [
    await signInAs(server(), user),
    await signInAs(server(), user),
    await signInAs(server(), user),
  ];
  const devices = await Promise.all(
    cookies.map(async (cookie) => {
      const { actor } = await asking(cookie);
      return actor.type === 'user' ? actor.device : null;
    }),
  );
  const [first, second, third] = cookies;
  const [device, , kept] = devices;
  if (!first || !second || !third || !device || !kept) throw new Error('three sessions were made');
  expect(new Set(devices).size).toBe(3);

  const other = await newUser(server());
  const now = new Date();
  expect(await asServer(server(), (tx) => revokeSession(tx, now, other.userId, device))).toBe(false);
  expect(await asServer(server(), (tx) => revokeSession(tx, now, user.userId, device))).toBe(true);
  expect(await asking(first)).toMatchObject({ actor: { type: 'none' }, setCookies: [] });

  expect(await asServer(server(), (tx) => revokeSessions(tx, now, user.userId, kept))).toBe(1);
  expect((await asking(second)).actor).toEqual({ type: 'none' });
  expect((await asking(third)).actor).toMatchObject({ type: 'user' });
  expect(await asServer(server(), (tx) => revokeSessions(tx, now, user.userId, null))).toBe(1);
  expect((await asking(third)).actor).toEqual({ type: 'none' });
});

test('a session ends by itself, and use does not prolong it', async () => {
  const user = await newUser(server());
  const [name, value] = await signInAs(server(), user);
  const headers = new Headers({ cookie: `${name}=${value}` });
  expect((await getActor(later(SESSION_SECONDS - 3600), headers)).actor.type).toBe('user');
  expect((await getActor(later(SESSION_SECONDS + 1), headers)).actor.type).toBe('none');
});

test.each([
  ['nothing', async () => ''],
  ['noise', async () => 'eyJhbGciOiJkaXIi.x.y.z.w'],
  ['an unsigned token', async () => `${btoa('{"alg":"none"}')}.${btoa('{"sub":"x"}')}.`],
  ['another secret', async () => encode({ token: await forged(), secret: 'another secret entirely' })],
  ['a session id that does not exist', async () => encode({ token: await forged(), secret: authSecret() })],
  ['no session id', async () => encode({ token: { sub: (await forged()).sub }, secret: authSecret() })],
])('a cookie of %s is nobody', async (_, make) => {
  expect((await asking(['session', await make()])).actor).toEqual({ type: 'none' });
});

async function forged() {
  const user = await newUser(server());
  return { sub: user.userId, sid: 'A'.repeat(43) };
}

test('a session id of one account does not open another', async () => {
  const [mine, theirs] = [await newUser(server()), await newUser(server())];

  const { sid } = await asServer(server(), (tx) =>
    createSession(tx, new Date(), { userId: mine.userId, device: null, beganHere: true }),
  );
  const sealed = await encode({ token: { sub: theirs.userId, sid }, secret: authSecret() });
  expect((await asking(['session', sealed])).actor).toEqual({ type: 'none' });
});

test.each([
  ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/153.0 Safari/537.36', 'Chrome on Linux'],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 15_0) Version/19 Safari/605.1', 'Safari on macOS'],
  ['Mozilla/5.0 (Windows NT 10.0) Chrome/153.0 Safari/537.36 Edg/153.0', 'Edge on Windows'],
  ['curl/8.5.0', 'curl/8.5.0'],
])('%s is called %s', (agent, name) => {
  expect(deviceOf(new Headers({ 'user-agent': agent }))).toBe(name);
});
