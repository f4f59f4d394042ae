import { eq } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { AppError } from '#core/errors.ts';
import { UserId } from '#core/owner.ts';
import { revokeSessions } from '../auth/sessions.ts';
import { dropTokens } from '../auth/tokens.ts';
import type { Tx } from '../db/client.ts';
import { sqlStateOf, UNIQUE_VIOLATION } from '../db/sql-state.ts';
import { accounts, users } from '../db/identity.ts';
import { noteEvent } from './audit.ts';
import type { Visit } from './visit.ts';

export type User = typeof users.$inferSelect;

type NewUser = Pick<User, 'email'> & Partial<Pick<User, 'name' | 'image' | 'emailVerified' | 'passwordHash'>>;

export async function findUserByEmail(tx: Tx, email: string): Promise<User | null> {
  const [found] = await tx.select().from(users).where(eq(users.email, email));
  return found ?? null;
}

/**
 * Locks the row: whatever depends on the password or the address is decided by one transaction at a time. The weaker
 * lock, because a session or an event of the account takes one on its key: with the other, two could wait in a ring.
 */
export async function lockUser(tx: Tx, userId: UserId): Promise<User> {
  const [found] = await tx.select().from(users).where(eq(users.id, userId)).for('no key update');
  if (!found) throw new AppError('SIGN_IN_REQUIRED', 'This account is gone.');
  return found;
}

/** @returns null when the address belongs to another account, also one made at this moment. */
export async function createUser(tx: Tx, visit: Visit, user: NewUser): Promise<User | null> {
  const [made] = await tx
    .insert(users)
    .values({ id: UserId.parse(uuidv7()), ...user })
    .onConflictDoNothing({ target: users.email })
    .returning();
  if (made) await noteEvent(tx, visit, made.id, 'signed-up');
  return made ?? null;
}

/**
 * The name to greet somebody by in a mail. null until they have shown to own the address: before, it may be what a
 * stranger wants this server to write to them.
 */
export const greetingName = ({ name, emailVerified }: Pick<User, 'name' | 'emailVerified'>): string | null =>
  (emailVerified && name?.replaceAll(/\s+/g, ' ')) || null;

/**
 * Whoever is there has just shown to own the account's address. If nobody ever had, the account may have been made by
 * somebody else with this address, in wait for its owner: what that one set is dropped, unless it is the same browser
 * that is signed in to it.
 * @returns Whether it was the first time.
 */
export async function proveAddress(tx: Tx, visit: Visit, userId: UserId): Promise<boolean> {
  const { server, identity } = visit;
  const user = await lockUser(tx, userId);
  if (user.emailVerified !== null) return false;
  const now = server.now();
  const isOwn = identity.actor.type === 'user' && identity.actor.userId === userId;
  await tx
    .update(users)
    .set({ emailVerified: now, ...(!isOwn && { passwordHash: null, name: null }) })
    .where(eq(users.id, userId));
  if (isOwn) return true;
  await tx.delete(accounts).where(eq(accounts.userId, userId));
  await dropTokens(tx, userId);
  await revokeSessions(tx, now, userId, null);
  return true;
}

/** @returns false when the address belongs to another account, also to one made at this moment. */
export async function moveAddress(tx: Tx, userId: UserId, email: string, now: Date): Promise<boolean> {
  try {
    await tx.transaction((nested) =>
      nested.update(users).set({ email, emailVerified: now }).where(eq(users.id, userId)),
    );
    return true;
  } catch (error) {
    if (sqlStateOf(error) === UNIQUE_VIOLATION) return false;
    throw error;
  }
}

export async function setPassword(tx: Tx, userId: UserId, passwordHash: string): Promise<void> {
  await tx.update(users).set({ passwordHash }).where(eq(users.id, userId));
}
