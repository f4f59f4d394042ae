import { eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { getActor } from '../auth/actor.ts';
import { revokeSessions } from '../auth/sessions.ts';
import { asServer } from '../db/doors.ts';
import { accounts, users } from '../db/identity.ts';
import type { RunningServer } from '../server.ts';
import { newUser, signInAs, useTestServer } from '../testing/server.ts';
import { openMailBox } from '../testing/smtp.ts';
import { linkProvider, type Vouched } from './providers.ts';

const server = useTestServer();

const person = (): Vouched => ({
  provider: 'github',
  providerAccountId: crypto.randomUUID(),
  email: null,
  name: null,
});

/** Somebody who is signed in, on the way back from a provider. */
async function comeBack(own: RunningServer = server()) {
  const user = await newUser(own);
  const headers = new Headers({ cookie: (await signInAs(own, user)).join('=') });
  const identity = await getActor(own, headers);
  const { actor } = identity;
  if (actor.type !== 'user') throw new Error('the session that was just made is not there');
  return { user, actor, visit: { server: own, identity, headers, setCookies: [] } };
}

const linksOf = ({ userId }: { userId: string }) =>
  server().db.execute(sql`select from ${accounts} where user_id = ${userId}`);

const isSomebodyWaiting = async () => {
  const waiting = await server().db.execute(sql`select from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`);
  return waiting.length > 0;
};

test('a session that was ended while its owner was at the provider links nobody', async () => {
  const { user, actor, visit } = await comeBack();
  const { refused } = await asServer(server(), async (tx) => {
    await tx.select().from(users).where(eq(users.id, user.userId)).for('update');
    const linking = linkProvider(visit, actor, person()).catch((error: unknown) => error);
    await expect.poll(isSomebodyWaiting, { timeout: 10_000 }).toBe(true);
    await revokeSessions(tx, new Date(), user.userId, null);
    return { refused: linking };
  });
  expect(await refused).toMatchObject({ code: 'SIGN_IN_REQUIRED' });
  expect(await linksOf(user)).toHaveLength(0);
});

test('the owner of an account is told by mail what opens it from now on, once', async () => {
  const box = await openMailBox();
  try {
    const { user, actor, visit } = await comeBack({ ...server(), mail: box.mail });
    const known = person();
    await linkProvider(visit, actor, known);
    await linkProvider(visit, actor, known);
    expect(box.to(user.email)).toMatchObject([{ subject: 'GitHub can sign in to your account now' }]);
  } finally {
    await box.close();
  }
});
