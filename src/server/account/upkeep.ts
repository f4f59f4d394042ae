import { lt, lte, or, sql } from 'drizzle-orm';
import { AUDIT_DAYS } from '#core/account.ts';
import type { Server } from '../context.ts';
import { asServer } from '../db/doors.ts';
import { auditEvents, authSessions, verificationTokens } from '../db/identity.ts';

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
  });
  const lastYear = new Date(now.getTime() - AUDIT_DAYS * 86_400_000);
  await server.db.transaction(async (tx) => {
    // The application's own roles cannot take back what happened: the owner of the tables lets go of what is old.
    await tx.execute(sql`set local role app_owner`);
    await tx.delete(auditEvents).where(lt(auditEvents.createdAt, lastYear));
  });
}
