/**
 * A guest's library becomes an account's, in one transaction: whole or not at all. Locks are taken in one order by
 * everybody: the account, the guest's session, then libraries by id. A write that was waiting for the guest's library
 * finds it re-pointed and goes on, or finds it merged and is told so.
 */
import { and, desc, eq, gt, inArray, isNotNull, isNull, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import {
  ClaimId,
  UNDO_CLAIM_DAYS,
  type ClaimInput,
  type ClaimResult,
  type ClaimWay,
  type PastClaim,
} from '#core/claim.ts';
import { AppError } from '#core/errors.ts';
import type { LibraryId, UserId } from '#core/owner.ts';
import type { GuestActor } from '../auth/guest.ts';
import type { Tx } from '../db/client.ts';
import { amongLibraries, asServer } from '../db/doors.ts';
import { claims, guestSessions } from '../db/identity.ts';
import { sqlStateOf, UNIQUE_VIOLATION } from '../db/sql-state.ts';
import { libraries } from '../db/schema.ts';
import { sendPoke } from '../sync/pokes.ts';
import {
  findOwnLibrary,
  lockAccount,
  noteEvent,
  requireBegunHere,
  type ClaimServer,
  type SignIn,
} from './account.ts';
import { countLibrary } from './counts.ts';
import { mergeRows } from './move.ts';

const DAY = 86_400_000;

/** How often a claim begins anew that met another writer of the same account. */
const ATTEMPTS = 3;

/** The account's first library was made meanwhile; deadlock_detected, serialization_failure. */
const PASSING = new Set([UNIQUE_VIOLATION, '40P01', '40001']);

type ClaimRow = typeof claims.$inferSelect;

const toResult = (row: ClaimRow): ClaimResult => ({
  id: row.id,
  way: row.way,
  from: row.fromLibrary,
  library: row.toLibrary,
  counts: row.counts,
  undoUntil: row.undoUntil.toISOString(),
});

const nothingToBring = () =>
  new AppError('NOT_FOUND', 'This browser holds no library that could come into the account.');

/**
 * @param guest Whose cookie this browser holds; null: nobody's.
 * @returns The claim; of one that was made before, by a request whose answer was lost, the same again.
 * @throws AppError NOT_FOUND when there is nothing to claim or somebody else has claimed it; FORBIDDEN when the sign-in
 *   did not begin in this browser. Nothing has changed then, and the guest's cookie is good.
 */
export async function claimLibrary(
  server: ClaimServer,
  signIn: SignIn,
  guest: Pick<GuestActor, 'sessionId' | 'library'> | null,
  { library }: ClaimInput,
): Promise<ClaimResult> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const claimed = await asServer(server, async (tx) => {
        await requireBegunHere(tx, signIn);
        await lockAccount(tx, signIn.userId);
        const isTaken = guest?.library === library && (await killToken(tx, server, signIn.userId, guest));
        return isTaken ? takeOver(tx, server, signIn, guest) : findClaim(tx, signIn.userId, library);
      });
      if (!claimed) throw nothingToBring();
      for (const id of new Set([claimed.fromLibrary, claimed.toLibrary])) await sendPoke(server.db, id);
      return toResult(claimed);
    } catch (error) {
      if (attempt === ATTEMPTS || !PASSING.has(sqlStateOf(error) ?? '')) throw error;
    }
  }
}

/** Only one claim ever gets the session; its cookie is nobody's from then on. */
async function killToken(
  tx: Tx,
  server: ClaimServer,
  claimedBy: UserId,
  { sessionId }: Pick<GuestActor, 'sessionId'>,
): Promise<boolean> {
  const now = server.now();
  const killed = await tx
    .update(guestSessions)
    .set({ claimedBy, claimedAt: now, tokenHash: null })
    .where(
      and(
        eq(guestSessions.id, sessionId),
        isNotNull(guestSessions.tokenHash),
        isNull(guestSessions.claimedBy),
        gt(guestSessions.expiresAt, now),
      ),
    )
    .returning({ id: guestSessions.id });
  return killed.length > 0;
}

/** An earlier claim of this account on that library, unless it was taken back. */
async function findClaim(tx: Tx, userId: UserId, library: LibraryId): Promise<ClaimRow | undefined> {
  const [row] = await tx
    .select()
    .from(claims)
    .where(and(eq(claims.userId, userId), eq(claims.fromLibrary, library), isNull(claims.undoneAt)))
    .orderBy(desc(claims.createdAt))
    .limit(1);
  return row;
}

async function takeOver(
  tx: Tx,
  server: ClaimServer,
  signIn: SignIn,
  { sessionId, library: from }: Pick<GuestActor, 'sessionId' | 'library'>,
): Promise<ClaimRow> {
  const { userId } = signIn;
  const own = await findOwnLibrary(tx, userId);
  const locked = await tx
    .select({ id: libraries.id, version: libraries.version })
    .from(libraries)
    .where(inArray(libraries.id, own ? [from, own.id] : [from]))
    .orderBy(libraries.id)
    .for('update');
  const versionOf = (id: LibraryId) => locked.find((row) => row.id === id)?.version;
  const theirs = versionOf(from);
  if (theirs === undefined) throw nothingToBring();
  const id = ClaimId.parse(uuidv7());
  const counts = await amongLibraries(tx, [from], () => countLibrary(tx, from));

  const ours = own && versionOf(own.id);
  const [way, to, version]: [ClaimWay, LibraryId, number] =
    own && ours
      ? ['merged', own.id, await merge(tx, id, from, own.id, Math.max(ours, theirs) + 1)]
      : ['repointed', await repoint(tx, userId, from, own?.id ?? null), theirs];

  const now = server.now();
  const undoUntil = new Date(now.getTime() + UNDO_CLAIM_DAYS * DAY);
  const [row] = await tx
    .insert(claims)
    .values({
      id,
      userId,
      sessionId,
      way,
      fromLibrary: from,
      toLibrary: to,
      version,
      counts,
      createdAt: now,
      undoUntil,
    })
    .returning();
  if (!row) throw new Error('insert returned no row');
  await noteEvent(tx, server, signIn, 'library-claimed', { claim: id, ...counts });
  return row;
}

/**
 * The guest's library becomes the account's as it is: no device fetches anything.
 * @param empty The account's own library in which nothing was ever written. Devices that have it open move on.
 */
async function repoint(tx: Tx, userId: UserId, library: LibraryId, empty: LibraryId | null) {
  if (empty !== null) {
    await tx.update(libraries).set({ userId: null, mergedInto: library }).where(eq(libraries.id, empty));
  }
  await tx.update(libraries).set({ userId, sessionId: null }).where(eq(libraries.id, library));
  return library;
}

async function merge(tx: Tx, claim: ClaimId, from: LibraryId, to: LibraryId, version: number) {
  await tx.update(libraries).set({ version }).where(eq(libraries.id, to));
  await amongLibraries(tx, [from, to], () => mergeRows(tx, { claim, from, to, version }));
  await tx.update(libraries).set({ sessionId: null, mergedInto: to }).where(eq(libraries.id, from));
  return version;
}

/**
 * Remembers that this account does not want the guest's library. It stays where it is until it expires.
 * @throws AppError NOT_FOUND
 */
export async function keepApart(
  server: ClaimServer,
  signIn: SignIn,
  guest: Pick<GuestActor, 'sessionId' | 'library'> | null,
  { library }: ClaimInput,
): Promise<void> {
  const { userId } = signIn;
  if (guest?.library !== library) throw nothingToBring();
  await asServer(server, async (tx) => {
    const changed = await tx
      .update(guestSessions)
      .set({ keptApartFrom: userId })
      .where(
        and(
          eq(guestSessions.id, guest.sessionId),
          isNull(guestSessions.claimedBy),
          sql`${guestSessions.keptApartFrom} is distinct from ${userId}`,
        ),
      )
      .returning({ id: guestSessions.id });
    if (changed.length > 0) await noteEvent(tx, server, signIn, 'library-kept-apart', {});
  });
}

/** The account's claims, newest first: those that can be taken back, and the recent ones that were. */
export async function listClaims(server: ClaimServer, userId: UserId): Promise<PastClaim[]> {
  const rows = await asServer(server, (tx) =>
    tx
      .select()
      .from(claims)
      .where(and(eq(claims.userId, userId), gt(claims.undoUntil, server.now())))
      .orderBy(desc(claims.createdAt), desc(claims.id))
      .limit(50),
  );
  return rows.map((row) => ({
    ...toResult(row),
    createdAt: row.createdAt.toISOString(),
    undoneAt: row.undoneAt?.toISOString() ?? null,
  }));
}
