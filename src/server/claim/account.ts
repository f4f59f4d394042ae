/** What a claim and its undo need of the account. */
import { and, eq, isNull, sql } from 'drizzle-orm';
import type { AuditType } from '#core/account.ts';
import { AppError } from '#core/errors.ts';
import type { JsonObject } from '#core/json.ts';
import type { DeviceId, UserId } from '#core/owner.ts';
import { insertEvent } from '../account/audit.ts';
import type { Server } from '../context.ts';
import type { Tx } from '../db/client.ts';
import { authSessions } from '../db/identity.ts';
import { libraries } from '../db/schema.ts';

export type ClaimServer = Pick<Server, 'db' | 'now'>;

/** Who is signed in, and where, as the audit shows it. */
export type SignIn = {
  userId: UserId;
  device: DeviceId;
  deviceName: string | null;
  address: string | null;
};

/** Any constant will do; it keeps these locks apart from others. */
const CLAIM_LOCK = 6_013;

/** Claims and undos of one account come one after another. Before the lock of any session or library. */
export const lockAccount = (tx: Tx, user: UserId) =>
  tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${user}, ${CLAIM_LOCK}))`);

/**
 * A foreign page can sign a browser in to an account of its own; a claim would then carry the guest's library off.
 * @throws AppError FORBIDDEN
 */
export async function requireBegunHere(tx: Tx, { userId, device }: SignIn): Promise<void> {
  const [session] = await tx
    .select({ beganHere: authSessions.beganHere })
    .from(authSessions)
    .where(and(eq(authSessions.id, device), eq(authSessions.userId, userId), isNull(authSessions.revokedAt)));
  if (session?.beganHere) return;
  throw new AppError(
    'FORBIDDEN',
    'This sign-in did not begin in this browser, so nothing was moved. Sign in again here, then bring it along.',
  );
}

/** The account's library, if it has one. */
export async function findOwnLibrary(tx: Tx, user: UserId) {
  const [own] = await tx
    .select({ id: libraries.id, version: libraries.version })
    .from(libraries)
    .where(eq(libraries.userId, user));
  return own ?? null;
}

export const noteEvent = (
  tx: Tx,
  server: ClaimServer,
  { userId, deviceName, address }: SignIn,
  type: AuditType,
  details: JsonObject,
) => insertEvent(tx, server.now(), { userId, type, details, device: deviceName, address });
