import { asc, eq } from 'drizzle-orm';
import { FRESH_MINUTES, type Account } from '#core/account.ts';
import { AppError } from '#core/errors.ts';
import type { UserId } from '#core/owner.ts';
import { isFresh } from '../auth/sessions.ts';
import type { Server } from '../context.ts';
import { asServer } from '../db/doors.ts';
import { accounts, users } from '../db/identity.ts';
import type { SignedInActor } from './change.ts';

export async function readAccount(
  server: Pick<Server, 'db' | 'now'>,
  { userId, device }: SignedInActor,
): Promise<Account> {
  const since = new Date(server.now().getTime() - FRESH_MINUTES * 60_000);
  return asServer(server, async (tx) => {
    const [user] = await tx.select().from(users).where(eq(users.id, userId));
    if (!user) throw new AppError('SIGN_IN_REQUIRED', 'This account is gone.');
    const linked = await tx
      .select({ id: accounts.provider, linkedAt: accounts.createdAt })
      .from(accounts)
      .where(eq(accounts.userId, userId))
      .orderBy(asc(accounts.createdAt));
    return {
      name: user.name,
      email: user.email,
      verified: user.email !== null && user.emailVerified !== null,
      providers: linked.map(({ id, linkedAt }) => ({ id, linkedAt: linkedAt.toISOString() })),
      hasPassword: user.passwordHash !== null,
      isFresh: await isFresh(tx, device, since),
      deletionDueAt: user.deletionDueAt?.toISOString() ?? null,
    };
  });
}

/** What every page says of the account. */
export async function readTitle(
  server: Pick<Server, 'db'>,
  userId: UserId,
): Promise<{ name: string | null; isLeaving: boolean }> {
  const [user] = await asServer(server, (tx) =>
    tx
      .select({ name: users.name, email: users.email, due: users.deletionDueAt })
      .from(users)
      .where(eq(users.id, userId)),
  );
  return { name: user?.name ?? user?.email ?? null, isLeaving: Boolean(user?.due) };
}
