import { lt, lte, or } from 'drizzle-orm';
import type { Server } from '../context.ts';
import { asServer } from '../db/doors.ts';
import { authSessions, verificationTokens } from '../db/identity.ts';

/** Days that the row of an ended session is kept: what a device was is nobody's business for ever. */
const KEPT_DAYS = 30;

/** Drops sessions that ended long ago, and links that hold no more. */
export async function sweepAccounts(server: Pick<Server, 'db' | 'now'>): Promise<void> {
  const now = server.now();
  const before = new Date(now.getTime() - KEPT_DAYS * 86_400_000);
  await asServer(server, async (tx) => {
    await tx
      .delete(authSessions)
      .where(or(lt(authSessions.revokedAt, before), lt(authSessions.absoluteExpiresAt, before)));
    await tx.delete(verificationTokens).where(lte(verificationTokens.expiresAt, now));
  });
}
