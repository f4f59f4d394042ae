/** Signing in with a provider, and linking one to an account. Who is there was proved to the provider. */
import { and, eq, sql } from 'drizzle-orm';
import type { ProviderId, SignedIn } from '#core/account.ts';
import { AppError } from '#core/errors.ts';
import type { UserId } from '#core/owner.ts';
import type { Tx } from '../db/client.ts';
import { nameProvider } from '../auth/methods.ts';
import { asServer } from '../db/doors.ts';
import { accounts } from '../db/identity.ts';
import { goesOn } from '../auth/sessions.ts';
import { noteEvent } from './audit.ts';
import { notify, type SignedInActor } from './change.ts';
import { providerLinkedMail } from './mails.ts';
import { signInBy } from './sessions.ts';
import { createUser, findUserByEmail, greetingName, lockUser } from './users.ts';
import { siteUrl, type Visit } from './visit.ts';

export type Vouched = {
  provider: ProviderId;
  /** What the provider calls this person, for ever. */
  providerAccountId: string;
  /** null: the provider knows none that was verified. */
  email: string | null;
  name: string | null;
};

/** One person of one provider is decided on by one transaction at a time. */
const lockPerson = (tx: Tx, { provider, providerAccountId }: Vouched) =>
  tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`${provider} ${providerAccountId}`}, 0))`);

async function findLinked(tx: Tx, { provider, providerAccountId }: Vouched): Promise<UserId | null> {
  const [linked] = await tx
    .select({ userId: accounts.userId })
    .from(accounts)
    .where(and(eq(accounts.provider, provider), eq(accounts.providerAccountId, providerAccountId)));
  return linked?.userId ?? null;
}

async function link(tx: Tx, visit: Visit, userId: UserId, person: Vouched): Promise<void> {
  const { provider, providerAccountId } = person;
  await tx.insert(accounts).values({ userId, type: 'oauth', provider, providerAccountId });
  await noteEvent(tx, visit, userId, 'provider-linked', { provider });
}

/**
 * Signs in to the account that this person is linked to, else to a new one. An account that has the same address is
 * never taken over: whoever made it may not be the one whom the provider knows.
 * @throws AppError CONFLICT when another account has the address.
 */
export function signInWithProvider(visit: Visit, person: Vouched): Promise<SignedIn> {
  return signInBy(visit, async (tx) => {
    await lockPerson(tx, person);
    const known = await findLinked(tx, person);
    const userId = known ?? (await createLinked(tx, visit, person));
    return { userId, way: person.provider, beganHere: true };
  });
}

async function createLinked(tx: Tx, visit: Visit, person: Vouched): Promise<UserId> {
  const { email, name } = person;
  const isTaken = email !== null && (await findUserByEmail(tx, email)) !== null;
  const emailVerified = email === null ? null : visit.server.now();
  const made = isTaken ? null : await createUser(tx, visit, { email, name, emailVerified });
  if (!made) {
    throw new AppError(
      'CONFLICT',
      'There is an account with this address already. Sign in to it, then link the provider in its settings.',
    );
  }
  await link(tx, visit, made.id, person);
  return made.id;
}

/**
 * Lets this person sign in to an account that is signed in to, and tells its owner. Again is no error.
 * @throws AppError CONFLICT when the person signs in to another account, or the account has another one's already;
 *   SIGN_IN_REQUIRED when the session was ended while the person was at the provider
 */
export async function linkProvider(
  visit: Visit,
  { userId, device }: SignedInActor,
  person: Vouched,
): Promise<void> {
  const linked = await asServer(visit.server, async (tx) => {
    const user = await lockUser(tx, userId);
    if (!(await goesOn(tx, visit.server.now(), userId, device))) {
      throw new AppError('SIGN_IN_REQUIRED', 'This session was ended meanwhile. Nothing was linked.');
    }
    await lockPerson(tx, person);
    const known = await findLinked(tx, person);
    if (known === userId) return null;
    const [other] = await tx
      .select({ provider: accounts.provider })
      .from(accounts)
      .where(and(eq(accounts.userId, userId), eq(accounts.provider, person.provider)));
    if (known !== null || other) {
      throw new AppError('CONFLICT', 'This sign-in belongs to another account, or this account has another.');
    }
    await link(tx, visit, userId, person);
    return user;
  });
  if (linked?.email) {
    const name = nameProvider(person.provider);
    await notify(visit, providerLinkedMail(linked.email, greetingName(linked), name, siteUrl()));
  }
}
