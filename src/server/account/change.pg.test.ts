import { eq, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { ProviderId } from '#core/account.ts';
import { UserId } from '#core/owner.ts';
import { getActor } from '../auth/actor.ts';
import { asServer } from '../db/doors.ts';
import { accounts, users } from '../db/identity.ts';
import {
  auditOf,
  isSignedIn,
  newEmail,
  PASSWORD,
  signInElsewhere,
  signUpSomebody,
  serveAccounts,
} from '../testing/account-server.ts';
import { Jar, mutate, query } from '../testing/api.ts';
import { newUser, signInAs } from '../testing/server.ts';

const { server, box, serve } = serveAccounts();
const NEXT = 'eight red bricks';

async function userIdOf(jar: Jar): Promise<UserId> {
  const cookie = [...jar.cookies].map((pair) => pair.join('=')).join('; ');
  const { actor } = await getActor(server(), new Headers({ cookie }));
  return UserId.parse(actor.type === 'user' ? actor.userId : null);
}

/** Signed in to an account that has no password, as one made by a provider or a link. */
async function withoutPassword(): Promise<{ email: string; jar: Jar; userId: UserId }> {
  const user = await newUser(server());
  const jar = new Jar();
  jar.cookies.set(...(await signInAs(server(), user)));
  return { ...user, jar };
}

const link = (userId: UserId, provider: ProviderId) =>
  asServer(server(), (tx) =>
    tx.insert(accounts).values({ userId, provider, type: 'oauth', providerAccountId: crypto.randomUUID() }),
  );

const isSomebodyWaiting = async () => {
  const waiting = await server().db.execute(sql`select from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`);
  return waiting.length > 0;
};

test('a name is kept, and taken away again', async () => {
  const { jar } = await signUpSomebody();
  expect((await mutate(jar, 'account.update', { name: '  Ada ' })).data).toMatchObject({ name: 'Ada' });
  expect((await mutate(jar, 'account.update', { name: ' ' })).data).toMatchObject({ name: null });
});

test('mails greet by name who has shown to own the address, and nobody else', async () => {
  const { email, jar } = await signUpSomebody();
  await mutate(jar, 'account.update', { name: 'Ada\nLovelace' });
  serve({ mail: 'sent' });
  await mutate(new Jar(), 'account.requestReset', { email });
  expect(box().to(email).at(-1)?.text).not.toContain('Ada');
  await mutate(jar, 'account.reset', { token: box().tokenFor(email), password: NEXT });
  await mutate(new Jar(), 'account.requestReset', { email });
  expect(box().to(email).at(-1)?.text).toMatch(/^Hello Ada Lovelace,/);
  const again = await signInElsewhere(email, NEXT);
  await mutate(again, 'account.changePassword', { current: NEXT, next: PASSWORD });
  expect(box().to(email).at(-1)?.text).toMatch(/^Hello Ada Lovelace,\s+The password/);
});

test('a name that a stranger gave to an address goes once its owner has come', async () => {
  const { email, jar } = await signUpSomebody();
  await mutate(jar, 'account.update', { name: 'Win a prize at evil.example' });
  serve({ mail: 'sent' });
  await mutate(new Jar(), 'account.requestReset', { email });
  await mutate(new Jar(), 'account.reset', { token: box().tokenFor(email), password: NEXT });
  const owner = await signInElsewhere(email, NEXT);
  expect((await query(owner, 'account.me')).data).toMatchObject({ name: null });
});

test('changing the password asks for the old one, ends the other sessions and keeps this one', async () => {
  const { email, jar } = await signUpSomebody();
  const other = await signInElsewhere(email);
  for (const current of [undefined, 'not this one']) {
    expect(await mutate(jar, 'account.changePassword', { current, next: NEXT })).toMatchObject({
      status: 401,
      code: 'WRONG_CREDENTIALS',
    });
  }
  expect(await mutate(jar, 'account.changePassword', { current: PASSWORD, next: 'password1' })).toMatchObject(
    {
      status: 400,
    },
  );
  expect(await isSignedIn(other)).toBe(true);
  expect(await mutate(jar, 'account.changePassword', { current: PASSWORD, next: NEXT })).toMatchObject({
    status: 200,
  });
  expect([await isSignedIn(jar), await isSignedIn(other)]).toEqual([true, false]);
  expect(await mutate(new Jar(), 'account.signIn', { email, password: PASSWORD })).toMatchObject({
    status: 401,
  });
  await signInElsewhere(email, NEXT);
  expect(await auditOf(jar)).toEqual(expect.arrayContaining(['password-changed', 'password-refused']));
});

test('of two devices that change the password at once, one is told to look again', async () => {
  const { email, jar } = await signUpSomebody();
  const other = await signInElsewhere(email);
  const answers = await Promise.all(
    [jar, other].map((browser, index) =>
      mutate(browser, 'account.changePassword', { current: PASSWORD, next: `${NEXT} ${index}` }),
    ),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
});

test('without a password, a first one is set in a session of the last minutes only', async () => {
  const { email, jar } = await withoutPassword();
  serve({ minutes: 16 });
  expect((await query(jar, 'account.me')).data).toMatchObject({ hasPassword: false, isFresh: false });
  expect(await mutate(jar, 'account.changePassword', { next: NEXT })).toMatchObject({ status: 403 });
  serve();
  expect(await mutate(jar, 'account.changePassword', { next: NEXT })).toMatchObject({ status: 200 });
  await signInElsewhere(email, NEXT);
});

test('a reset ends every session and every other link, and proves the address', async () => {
  const { email, jar } = await signUpSomebody();
  serve({ mail: 'sent' });
  await mutate(new Jar(), 'account.requestReset', { email });
  const older = box().tokenFor(email);
  await mutate(new Jar(), 'account.requestReset', { email });
  const token = box().tokenFor(email);
  expect(await mutate(new Jar(), 'account.reset', { token, password: 'iloveyou1' })).toMatchObject({
    status: 400,
    code: 'BAD_INPUT',
  });
  expect((await mutate(new Jar(), 'account.reset', { token, password: NEXT })).data).toEqual({
    email,
    providers: [],
  });
  expect(await isSignedIn(jar)).toBe(false);
  for (const used of [token, older]) {
    expect(await mutate(new Jar(), 'account.reset', { token: used, password: NEXT })).toMatchObject({
      status: 404,
    });
  }
  expect(await mutate(new Jar(), 'account.signIn', { email, password: PASSWORD })).toMatchObject({
    status: 401,
  });
  const again = await signInElsewhere(email, NEXT);
  expect((await query(again, 'account.me')).data).toMatchObject({ verified: true });
});

test('a reset also ends the sessions of an account whose address is known to be its own', async () => {
  const { email, userId } = await newUser(server(), { password: PASSWORD });
  const jar = await signInElsewhere(email);
  await link(userId, 'github');
  serve({ mail: 'sent' });
  await mutate(jar, 'account.requestReset', { email });
  const token = box().tokenFor(email);
  // What else opens it is said: whoever was in it may have put it there.
  expect(await mutate(jar, 'account.reset', { token, password: NEXT })).toMatchObject({
    status: 200,
    data: { email, providers: ['GitHub'] },
  });
  expect(await isSignedIn(jar)).toBe(false);
});

test('asking for a reset says nothing of who has an account', async () => {
  const { email } = await signUpSomebody();
  serve({ mail: 'sent' });
  const nobody = newEmail();
  const [known, unknown] = await Promise.all(
    [email, nobody].map(async (address) =>
      (await new Jar().fetch('/api/trpc/account.requestReset', { json: { email: address } })).text(),
    ),
  );
  expect(known).toBe(unknown);
  expect(box().to(nobody)).toMatchObject([{ link: null }]);
});

test('an address is changed once its mailbox has answered to the one who is signed in; the old one is told', async () => {
  const { email, jar } = await signUpSomebody();
  serve({ mail: 'sent' });
  const next = newEmail();
  expect(await mutate(jar, 'account.requestEmailChange', { email: next, password: 'x' })).toMatchObject({
    status: 401,
  });
  expect(await mutate(jar, 'account.requestEmailChange', { email: next, password: PASSWORD })).toMatchObject({
    status: 200,
  });
  expect((await query(jar, 'account.me')).data).toMatchObject({ email });
  const token = box().tokenFor(next);
  await mutate(new Jar(), 'account.requestReset', { email });
  const stranger = await withoutPassword();
  for (const [browser, status] of [
    [new Jar(), 401],
    [stranger.jar, 403],
  ] as const) {
    expect(await mutate(browser, 'account.confirmEmailChange', { token })).toMatchObject({ status });
  }
  expect((await mutate(jar, 'account.confirmEmailChange', { token })).data).toEqual({ email: next });
  expect((await query(jar, 'account.me')).data).toMatchObject({ email: next, verified: true });
  expect(box().to(email).at(-1)).toMatchObject({ subject: 'The address of your account was changed' });
  const reset = box().tokenFor(email);
  expect(await mutate(new Jar(), 'account.reset', { token: reset, password: NEXT })).toMatchObject({
    status: 404,
  });
  expect(await auditOf(jar)).toEqual(expect.arrayContaining(['email-change-asked', 'email-changed']));
});

test('asking for somebody else’s address answers alike and changes nothing, also when it is taken meanwhile', async () => {
  const [one, other] = [await signUpSomebody(), await signUpSomebody()];
  serve({ mail: 'sent' });
  const free = newEmail();
  const ask = (email: string) => mutate(one.jar, 'account.requestEmailChange', { email, password: PASSWORD });
  expect((await ask(other.email)).data).toEqual((await ask(free)).data);
  expect(box().to(other.email)).toMatchObject([{ link: null }]);
  const token = box().tokenFor(free);
  await mutate(new Jar(), 'account.requestLink', { email: free });
  await mutate(new Jar(), 'account.openLink', { token: box().tokenFor(free) });
  expect(await mutate(one.jar, 'account.confirmEmailChange', { token })).toMatchObject({ status: 409 });
  expect((await query(one.jar, 'account.me')).data).toMatchObject({ email: one.email });
});

test('a change of address that somebody asked for before the owner came is not made after it', async () => {
  const { email, jar } = await signUpSomebody();
  const theirs = newEmail();
  serve({ mail: 'sent' });
  await mutate(jar, 'account.requestEmailChange', { email: theirs, password: PASSWORD });
  const kept = box().tokenFor(theirs);
  const owner = new Jar();
  await mutate(owner, 'account.requestLink', { email });
  await mutate(owner, 'account.openLink', { token: box().tokenFor(email) });
  expect(await mutate(jar, 'account.confirmEmailChange', { token: kept })).toMatchObject({ status: 401 });
  expect(await mutate(owner, 'account.confirmEmailChange', { token: kept })).toMatchObject({ status: 404 });
  expect((await query(owner, 'account.me')).data).toMatchObject({ email });
});

test('an address with which somebody signs up at this moment is said to be taken', async () => {
  const { email, jar } = await signUpSomebody();
  serve({ mail: 'sent' });
  const next = newEmail();
  await mutate(jar, 'account.requestEmailChange', { email: next, password: PASSWORD });
  const token = box().tokenFor(next);
  const answer = await server().db.transaction(async (tx) => {
    await tx.insert(users).values({ id: UserId.parse(uuidv7()), email: next });
    const confirmed = mutate(jar, 'account.confirmEmailChange', { token });
    await expect.poll(isSomebodyWaiting).toBe(true);
    return { confirmed };
  });
  expect(await answer.confirmed).toMatchObject({ status: 409 });
  expect((await query(jar, 'account.me')).data).toMatchObject({ email });
});

test('the last way into an account is not taken away', async () => {
  const { jar, userId } = await withoutPassword();
  await link(userId, 'google');
  await link(userId, 'oidc');
  expect(await mutate(jar, 'account.unlinkProvider', { provider: 'github' })).toMatchObject({ status: 404 });
  expect(await mutate(jar, 'account.unlinkProvider', { provider: 'google' })).toMatchObject({ status: 200 });
  expect(await mutate(jar, 'account.unlinkProvider', { provider: 'oidc' })).toMatchObject({ status: 409 });
  serve({ mail: 'sent' });
  expect(await mutate(jar, 'account.unlinkProvider', { provider: 'oidc' })).toMatchObject({ status: 200 });
  expect((await query(jar, 'account.me')).data).toMatchObject({ providers: [] });
});

test('what happened comes in pages, newest first, and only to the account itself', async () => {
  const { jar } = await signUpSomebody();
  for (let round = 0; round < 3; round += 1) await mutate(jar, 'account.signOutEverywhere');
  const Page = z.object({ items: z.array(z.object({ id: z.string() })), before: z.string().nullable() });
  const first = Page.parse((await query(jar, 'account.audit', { limit: 3 })).data);
  const second = Page.parse((await query(jar, 'account.audit', { limit: 3, before: first.before })).data);
  expect([first.items.length, second.items.length, second.before]).toEqual([3, 2, null]);
  const ids = [...first.items, ...second.items].map(({ id }) => id);
  expect(ids.toSorted().toReversed()).toEqual(ids);
  const stranger = await signUpSomebody();
  expect(await auditOf(stranger.jar)).toEqual(['signed-in', 'signed-up']);
});

test('an account that is gone is signed in no more', async () => {
  const { jar } = await signUpSomebody();
  const userId = await userIdOf(jar);
  await asServer(server(), (tx) => tx.delete(users).where(eq(users.id, userId)));
  expect(await query(jar, 'account.me')).toMatchObject({ status: 401, code: 'SIGN_IN_REQUIRED' });
});
