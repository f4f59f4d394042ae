import { eq, sql, type SQL } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { Device } from '#core/account.ts';
import {
  auditOf,
  isSignedIn,
  PASSWORD,
  signInElsewhere,
  signUpSomebody,
  serveAccounts,
} from '../testing/account-server.ts';
import { revokeSessions } from '../auth/sessions.ts';
import { asServer } from '../db/doors.ts';
import { auditEvents, authSessions, users } from '../db/identity.ts';
import { Jar, mutate, query } from '../testing/api.ts';
import { newUser, signInAs } from '../testing/server.ts';
import { sweepAccounts } from './upkeep.ts';

const { server, serve } = serveAccounts();

const devicesOf = async (jar: Jar) =>
  z.object({ items: z.array(Device) }).parse((await query(jar, 'account.devices')).data).items;

test('devices are listed, this one first, and each can be signed out by its own account alone', async () => {
  const { email, jar } = await signUpSomebody();
  const other = new Jar();
  const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
  await mutate(other, 'account.signIn', { email, password: PASSWORD }, { 'user-agent': agent });
  const devices = await devicesOf(jar);
  expect(devices.map(({ name, isThis }) => [name, isThis])).toEqual([
    [null, true],
    ['Firefox on Linux', false],
  ]);
  const id = devices[1]?.id;
  const stranger = await signUpSomebody();
  expect(await mutate(stranger.jar, 'account.signOutDevice', { id })).toMatchObject({ status: 404 });
  expect(await isSignedIn(other)).toBe(true);
  expect(await mutate(jar, 'account.signOutDevice', { id })).toMatchObject({ status: 200 });
  expect([await isSignedIn(jar), await isSignedIn(other)]).toEqual([true, false]);
  expect(await mutate(jar, 'account.signOutDevice', { id })).toMatchObject({ status: 404 });
  expect(await devicesOf(jar)).toHaveLength(1);
  expect(await auditOf(jar)).toContain('device-signed-out');
});

test('signing out everywhere spares this browser, unless it is meant too', async () => {
  const { email, jar } = await signUpSomebody();
  const others = [await signInElsewhere(email), await signInElsewhere(email)];
  expect((await mutate(jar, 'account.signOutEverywhere')).data).toEqual({ ended: 2 });
  expect(await Promise.all([jar, ...others].map(isSignedIn))).toEqual([true, false, false]);
  const session = jar.cookies.get('session') ?? '';
  expect((await mutate(jar, 'account.signOutEverywhere', { thisToo: true })).data).toEqual({ ended: 1 });
  expect([...jar.cookies.keys()]).toEqual([]);
  jar.cookies.set('session', session);
  expect(await isSignedIn(jar)).toBe(false);
});

test('devices that sign out while the password changes wait for no one, and none stays signed in', async () => {
  for (let round = 0; round < 5; round += 1) {
    const { email, jar } = await signUpSomebody();
    const others = await Promise.all(Array.from({ length: 4 }, () => signInElsewhere(email)));
    const answers = await Promise.all([
      mutate(jar, 'account.changePassword', { current: PASSWORD, next: 'eight red bricks' }),
      ...others.map(async (other) => {
        await new Promise((resolve) => setTimeout(resolve, 30 + Math.random() * 40));
        return mutate(other, 'account.signOut');
      }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(await Promise.all([jar, ...others].map(isSignedIn))).toEqual([true, false, false, false, false]);
  }
});

/** The same server so many days later. */
const days = (count: number) => ({ db: server().db, now: () => new Date(Date.now() + count * 86_400_000) });

test('a month after a session has ended nothing is kept of it; open ones are not touched', async () => {
  const user = await newUser(server());
  const rows = () =>
    asServer(server(), (tx) => tx.select().from(authSessions).where(eq(authSessions.userId, user.userId)));
  await signInAs(server(), user);
  await asServer(server(), (tx) => revokeSessions(tx, server().now(), user.userId, null));
  await signInAs(server(), user);
  await sweepAccounts(days(29));
  expect(await rows()).toHaveLength(2);
  await sweepAccounts(days(31));
  expect(await rows()).toMatchObject([{ revokedAt: null }]);
  await sweepAccounts(days(61));
  expect(await rows()).toEqual([]);
});

test('what happened to an account is kept for a year', async () => {
  const { email } = await signUpSomebody();
  const events = () =>
    asServer(server(), (tx) =>
      tx
        .select({ type: auditEvents.type })
        .from(auditEvents)
        .innerJoin(users, eq(users.id, auditEvents.userId))
        .where(eq(users.email, email)),
    );
  // As nobody but the owner of the tables can.
  const age = (days: number) =>
    server().db.execute(sql`update audit_events set created_at = now() - make_interval(days => ${days})
      where user_id = (select id from users where email = ${email})`);
  await age(364);
  await sweepAccounts(server());
  expect(await events()).toHaveLength(2);
  await age(366);
  await sweepAccounts(server());
  expect(await events()).toEqual([]);
});

const asItself = (query: SQL) => asServer(server(), (tx) => tx.execute(query));
const countEvents = async () => (await asItself(sql`select from audit_events`)).length;
const DENIED = { cause: { code: '42501' } };

test('the server’s role lets go of nothing that is younger, and changes nothing', async () => {
  await signUpSomebody();
  const before = await countEvents();
  await asItself(sql`select forget_audit_events(now() + interval '1 day')`);
  expect(await countEvents()).toBe(before);
  await expect(asItself(sql`delete from audit_events`)).rejects.toMatchObject(DENIED);
  await expect(asItself(sql`update audit_events set type = 'signed-in'`)).rejects.toMatchObject(DENIED);
});

/** Opens the stream of pokes as a browser does. @returns Whether it has ended, once it has or after `patience` ms. */
async function openStream(jar: Jar, library: string) {
  const input = encodeURIComponent(JSON.stringify({ library }));
  const response = await jar.fetch(`/api/trpc/sync.onPoke?input=${input}`);
  const reader = response.body?.getReader();
  if (!reader) throw new Error('the stream has no body');
  let text = '';
  let isOver = false;
  const first = Promise.withResolvers<void>();
  const ended = (async () => {
    for (;;) {
      const { done, value } = await reader.read();
      text += value ? Buffer.from(value).toString() : '';
      if (text.includes('cursor')) first.resolve();
      // What tRPC writes when a subscription has returned.
      if (done || text.includes('event: return')) break;
    }
    isOver = true;
  })();
  await first.promise;
  return { ended, isOver: () => isOver, stop: () => reader.cancel() };
}

test.each(['signOutEverywhere', 'changePassword', 'signOutDevice', 'signOut of its own'])(
  '%s ends the stream of the other device at once, not this one’s',
  async (way) => {
    serve();
    const { email, jar } = await signUpSomebody();
    const made = await mutate(jar, 'guest.ensure');
    const { library } = z.object({ library: z.string() }).parse(made.data);
    const other = await signInElsewhere(email);
    const [mine, theirs] = await Promise.all([openStream(jar, library), openStream(other, library)]);
    if (way === 'signOutEverywhere') await mutate(jar, 'account.signOutEverywhere');
    else if (way === 'changePassword') {
      await mutate(jar, 'account.changePassword', { current: PASSWORD, next: 'eight red bricks' });
    } else if (way === 'signOutDevice') {
      const id = (await devicesOf(jar)).find(({ isThis }) => !isThis)?.id;
      await mutate(jar, 'account.signOutDevice', { id });
    } else await mutate(other, 'account.signOut');
    // Without a poke it would be looked at after a minute.
    const halfAMinute = new Promise((_, reject) =>
      setTimeout(() => reject(new Error('nobody told the stream')), 30_000).unref(),
    );
    await Promise.race([theirs.ended, halfAMinute]);
    expect(mine.isOver()).toBe(false);
    await Promise.all([mine.stop(), theirs.stop()]);
  },
);
