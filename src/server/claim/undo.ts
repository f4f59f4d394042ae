/**
 * What a claim brought goes back to a guest's session, within seven days. The rows leave for a library of their own
 * under a new version; devices of the account learn of it by a raised floor, since no delta can say that a row is
 * somewhere else: they start over from a list.
 */
import { and, eq } from 'drizzle-orm';
import type { ClaimId } from '#core/claim.ts';
import { AppError, notFound } from '#core/errors.ts';
import type { LibraryId } from '#core/owner.ts';
import { insertGuest, renewGuest, type GuestActor } from '../auth/guest.ts';
import type { Tx } from '../db/client.ts';
import { amongLibraries, asServer } from '../db/doors.ts';
import { claims } from '../db/identity.ts';
import { libraries } from '../db/schema.ts';
import { sendPoke } from '../sync/pokes.ts';
import { lockAccount, noteEvent, type ClaimServer, type SignIn } from './account.ts';
import { countLibrary, isEmpty } from './counts.ts';
import { giveBackRows } from './move.ts';

/** @property token The guest's credential, for the cookie of the browser that asked. */
export type Undone = { token: string; library: LibraryId };

/**
 * Repeated, it answers with the same library under a new token: the first answer may have been lost with the only
 * credential there was.
 * @param guest Whose cookie the browser holds by now; null: nobody's.
 * @throws AppError NOT_FOUND for a claim that is not this account's; CONFLICT when its seven days are over, when the
 *   library was claimed again, or when the browser holds another guest's library, which would be lost with its cookie.
 */
export async function undoClaim(
  server: ClaimServer,
  signIn: SignIn,
  guest: Pick<GuestActor, 'library' | 'sessionId'> | null,
  claimId: ClaimId,
): Promise<Undone> {
  const { userId } = signIn;
  const { undone, pokes } = await asServer(server, async (tx) => {
    await lockAccount(tx, userId);
    const [claim] = await tx
      .select()
      .from(claims)
      .where(and(eq(claims.id, claimId), eq(claims.userId, userId)));
    if (!claim) throw notFound('claim');
    if (claim.undoUntil <= server.now()) {
      throw new AppError('CONFLICT', 'The seven days for this are over. Everything stays in your account.');
    }
    if (guest && guest.sessionId !== claim.sessionId) await requireNothingHeld(tx, guest);
    if (claim.undoneAt) {
      const again = await renewGuest(tx, server, claim.sessionId);
      if (!again) throw new AppError('CONFLICT', 'This was taken back before, and has been claimed since.');
      return { undone: again, pokes: [] };
    }
    return giveBack(tx, server, signIn, claim);
  });
  for (const library of pokes) await sendPoke(server.db, library);
  return undone;
}

/** The guest's cookie is about to be replaced, and with it the only way to what it opens. */
async function requireNothingHeld(tx: Tx, { library }: Pick<GuestActor, 'library'>): Promise<void> {
  const counts = await amongLibraries(tx, [library], () => countLibrary(tx, library));
  if (isEmpty(counts)) return;
  throw new AppError(
    'CONFLICT',
    'This browser still holds another library of a guest. Bring it into your account first, or undo in another browser.',
  );
}

async function giveBack(tx: Tx, server: ClaimServer, signIn: SignIn, claim: typeof claims.$inferSelect) {
  const { id, userId, toLibrary: from, way } = claim;
  const [held] = await tx
    .select({ version: libraries.version })
    .from(libraries)
    .where(and(eq(libraries.id, from), eq(libraries.userId, userId)))
    .for('update');
  if (!held) throw notFound('claim');
  const version = held.version + 1;
  await tx.update(libraries).set({ version, floor: version }).where(eq(libraries.id, from));
  // The account is not to ask for it again as soon as it is back.
  const { token, actor } = await insertGuest(tx, server, { head: version, keptApartFrom: userId });
  const to = actor.library;
  const counts = await amongLibraries(tx, [from, to], async () => {
    await giveBackRows(tx, { claim: id, from, to, version }, { way, version: claim.version });
    return countLibrary(tx, to);
  });
  await tx
    .update(claims)
    .set({ undoneAt: server.now(), sessionId: actor.sessionId })
    .where(eq(claims.id, id));
  await noteEvent(tx, server, signIn, 'claim-undone', { claim: id, ...counts });
  return {
    undone: { token, library: to },
    pokes: [from, to],
  };
}
