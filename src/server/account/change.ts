import { and, eq } from 'drizzle-orm';
import { FRESH_MINUTES, LINK_PAGES, type LinkSent, type ProviderId } from '#core/account.ts';
import { AppError, notFound } from '#core/errors.ts';
import type { Actor, UserId } from '#core/owner.ts';
import { checkPassword, hashPassword, refuseCommon } from '../auth/passwords.ts';
import { isFresh, revokeSessions } from '../auth/sessions.ts';
import { dropTokens, issueToken, takeToken } from '../auth/tokens.ts';
import type { Tx } from '../db/client.ts';
import { asServer } from '../db/doors.ts';
import { accounts, users } from '../db/identity.ts';
import { log } from '../log.ts';
import { noMail, type Message } from '../mail.ts';
import { noteEvent } from './audit.ts';
import { emailChangedMail, emailChangeMail, emailTakenMail, passwordChangedMail } from './mails.ts';
import { tellStreams } from './sessions.ts';
import { linkTo, sendLink, takeMail } from './sign-in.ts';
import { findUserByEmail, greetingName, lockUser, moveAddress, setPassword, type User } from './users.ts';
import { siteUrl, type Visit } from './visit.ts';

export type SignedInActor = Extract<Actor, { type: 'user' }>;

export async function renameAccount({ server }: Visit, userId: UserId, name: string | null): Promise<void> {
  await asServer(server, (tx) =>
    tx
      .update(users)
      .set({ name: name || null })
      .where(eq(users.id, userId)),
  );
}

/**
 * An open browser is not yet its owner: what would lock the owner out asks for the password again or, where there is
 * none, for a sign-in of the last minutes.
 * @returns The account as it was when this was shown.
 */
export async function confirmOwner(
  visit: Visit,
  { userId, device }: SignedInActor,
  password: string | undefined,
  field: string,
): Promise<User> {
  const { server } = visit;
  const now = server.now();
  const { user, fresh } = await asServer(server, async (tx) => ({
    user: await lockUser(tx, userId),
    fresh: await isFresh(tx, device, new Date(now.getTime() - FRESH_MINUTES * 60_000)),
  }));
  if (user.passwordHash === null) {
    if (fresh) return user;
    throw new AppError('FORBIDDEN', 'Sign out and in again first, then repeat this: nothing was changed.');
  }
  await server.limits.take('password', userId);
  if (!(await checkPassword(user.passwordHash, password ?? ''))) {
    await asServer(server, (tx) => noteEvent(tx, visit, userId, 'password-refused'));
    throw new AppError('WRONG_CREDENTIALS', 'This is not your password. Nothing was changed.', { field });
  }
  await server.limits.forgive('password', userId);
  return user;
}

/** The account, locked, if it still is as it was when its owner was confirmed. */
export async function lockConfirmed(tx: Tx, before: User): Promise<User> {
  const user = await lockUser(tx, before.id);
  if (user.passwordHash === before.passwordHash) return user;
  throw new AppError('CONFLICT', 'The password was changed at this moment by another device.');
}

export async function changePassword(
  visit: Visit,
  actor: SignedInActor,
  { current, next }: { current?: string | undefined; next: string },
): Promise<void> {
  const { server } = visit;
  const before = await confirmOwner(visit, actor, current, 'current');
  refuseCommon(next, before.email, 'next');
  const passwordHash = await hashPassword(next);
  await asServer(server, async (tx) => {
    const user = await lockConfirmed(tx, before);
    await setPassword(tx, user.id, passwordHash);
    await dropTokens(tx, user.id);
    await revokeSessions(tx, server.now(), user.id, actor.device);
    await noteEvent(tx, visit, user.id, 'password-changed');
  });
  await tellStreams(server, actor.userId);
  if (before.email) await notify(visit, passwordChangedMail(before.email, greetingName(before), siteUrl()));
}

export async function requestEmailChange(
  visit: Visit,
  actor: SignedInActor,
  { email, password }: { email: string; password?: string | undefined },
): Promise<LinkSent> {
  const { server } = visit;
  if (server.mail.mode === 'none') throw noMail();
  const before = await confirmOwner(visit, actor, password, 'password');
  if (before.email === email) {
    throw new AppError('BAD_INPUT', 'This is the address already.', { field: 'email' });
  }
  await takeMail(visit, email);
  const token = await asServer(server, async (tx) => {
    await lockConfirmed(tx, before);
    await noteEvent(tx, visit, actor.userId, 'email-change-asked', { email });
    if (await findUserByEmail(tx, email)) return null;
    return issueToken(tx, server.now(), { for: 'email', userId: actor.userId, email });
  });
  if (token !== null)
    return sendLink(server, linkTo(LINK_PAGES.email, token), (link) => emailChangeMail(email, link));
  await server.mail.send(emailTakenMail(email));
  return { status: 'check-mail', shownLink: null };
}

/**
 * Whoever has the link has the new mailbox, and whoever is signed in has the account: only together are they one person.
 * By the link alone, somebody could set up an account with the address of a stranger who presses it.
 * @throws AppError NOT_FOUND; FORBIDDEN for another account's link, which still holds then; CONFLICT
 */
export async function confirmEmailChange(
  visit: Visit,
  { userId }: SignedInActor,
  { token }: { token: string },
): Promise<{ email: string }> {
  const { server, identity } = visit;
  await server.limits.take('tokenFrom', identity.network);
  const now = server.now();
  const { before, email } = await asServer(server, async (tx) => {
    const errand = await takeToken(tx, now, token, ['email']);
    if (errand.userId !== userId) {
      throw new AppError(
        'FORBIDDEN',
        'This link is for another account than the one that is signed in here.',
      );
    }
    const user = await lockUser(tx, userId);
    if (!(await moveAddress(tx, userId, errand.email, now))) {
      throw new AppError('CONFLICT', 'Another account has this address by now. Yours keeps its own.');
    }
    await dropTokens(tx, user.id);
    await noteEvent(tx, visit, user.id, 'email-changed', { from: user.email, to: errand.email });
    return { before: user, email: errand.email };
  });
  if (before.email) await notify(visit, emailChangedMail(before.email, greetingName(before), siteUrl()));
  return { email };
}

export async function unlinkProvider(visit: Visit, userId: UserId, provider: ProviderId): Promise<void> {
  const { server } = visit;
  await asServer(server, async (tx) => {
    const user = await lockUser(tx, userId);
    const linked = await tx.select().from(accounts).where(eq(accounts.userId, userId));
    if (!linked.some((account) => account.provider === provider)) throw notFound('provider');
    const canMail = server.mail.mode !== 'none' && user.emailVerified !== null;
    if (linked.length === 1 && user.passwordHash === null && !canMail) {
      throw new AppError('CONFLICT', 'Choose a password first: nothing else would open this account.');
    }
    await tx.delete(accounts).where(and(eq(accounts.userId, userId), eq(accounts.provider, provider)));
    await noteEvent(tx, visit, userId, 'provider-unlinked', { provider });
  });
}

/** A notice of what has happened already: it is not undone because its mail does not go out. */
export async function notify({ server }: Visit, message: Message): Promise<void> {
  if (server.mail.mode === 'none') return;
  try {
    await server.mail.send(message);
  } catch (error) {
    log.error(`the notice "${message.subject}" was not sent`, error);
  }
}
