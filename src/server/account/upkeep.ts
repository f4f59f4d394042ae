import { lt, lte, or, sql } from 'drizzle-orm';
import { AUDIT_DAYS } from '#core/account.ts';
import type { Server } from '../context.ts';
import { asServer } from '../db/doors.ts';
import { authSessions, verificationTokens } from '../db/identity.ts';

/** Days that the row of an ended session is kept: what a device was is nobody's business for ever. */
const KEPT_DAYS = 30;

/** Drops sessions that ended long ago, links that hold no more, and what happened to an account before last year. */
export async function sweepAccounts(server: Pick<Server, 'db' | 'now'>): Promise<void> {
  const now = server.now();
  const before = new Date(now.getTime() - KEPT_DAYS * 86_400_000);
  await asServer(server, async (tx) => {
    await tx
      .delete(authSessions)
      .where(or(lt(authSessions.revokedAt, before), lt(authSessions.absoluteExpiresAt, before)));
    await tx.delete(verificationTokens).where(lte(verificationTokens.expiresAt, now));
    // No role of the application's can take back what happened, but this lets go of what is old.
    const lastYear = new Date(now.getTime() - AUDIT_DAYS * 86_400_000);
    await tx.execute(sql`select forget_audit_events(${lastYear.toISOString()}::timestamptz)`);
  });
}
