/**
 * Asking for everything to be deleted. An account has seven days to think again, since whoever holds it may come back
 * to it from any device. A guest has none: the one key to a guest's library is in this browser and is forgotten with it,
 * so that after the question there would be nobody left who could take it back; and the trash is there for second thoughts.
 */
import { and, desc, eq, isNull } from 'drizzle-orm';
import { GRACE_DAYS, type Erasure } from '#core/account.ts';
import { AppError, notFound } from '#core/errors.ts';
import type { LibraryId } from '#core/owner.ts';
import { noteEvent } from '../account/audit.ts';
import { confirmOwner, lockConfirmed, notify, type SignedInActor } from '../account/change.ts';
import { erasureMail } from '../account/mails.ts';
import { tellStreams } from '../account/sessions.ts';
import { greetingName, lockUser } from '../account/users.ts';
import { siteUrl, type Visit } from '../account/visit.ts';
import { dropCookie, guestCookie, setCompanion } from '../auth/cookies.ts';
import { revokeSessions } from '../auth/sessions.ts';
import { dropTokens } from '../auth/tokens.ts';
import type { Server } from '../context.ts';
import type { Tx } from '../db/client.ts';
import { asServer } from '../db/doors.ts';
import { erasures, users } from '../db/identity.ts';
import { log } from '../log.ts';
import { eraseRows, finishErasures, forgetLibrary, lockGuest, openErasure } from './erase.ts';

const DAY = 86_400_000;
const DAY_NAME = new Intl.DateTimeFormat('en', { dateStyle: 'long', timeZone: 'UTC' });

type Row = typeof erasures.$inferSelect;

function toErasure({ id, requestedAt, dueAt, takenBackAt, erasedAt, finishedAt, counts }: Row): Erasure {
  const state = takenBackAt ? 'taken-back' : finishedAt ? 'finished' : erasedAt ? 'erasing' : 'waiting';
  return {
    id,
    state,
    requestedAt: requestedAt.toISOString(),
    dueAt: dueAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
    counts,
  };
}

async function findErasure(tx: Tx, id: string): Promise<Row> {
  const [found] = await tx.select().from(erasures).where(eq(erasures.id, id));
  if (!found) throw new AppError('NOT_FOUND', 'There is no receipt of this number.');
  return found;
}

const isOpen = (actor: SignedInActor) => and(eq(erasures.userId, actor.userId), isNull(erasures.takenBackAt));

/**
 * Asks for the account to be deleted once the days of grace are over; the other sessions end now. Asking again changes nothing.
 * @throws AppError WRONG_CREDENTIALS; FORBIDDEN when the account has no password and the session is not fresh
 */
export async function requestDeletion(
  visit: Visit,
  actor: SignedInActor,
  { password }: { password?: string | undefined },
): Promise<Erasure> {
  const { server } = visit;
  const before = await confirmOwner(visit, actor, password, 'password');
  const now = server.now();
  const dueAt = new Date(now.getTime() + GRACE_DAYS * DAY);
  const { erasure, isNew } = await asServer(server, async (tx) => {
    const user = await lockConfirmed(tx, before);
    const [open] = await tx.select().from(erasures).where(isOpen(actor));
    if (open) return { erasure: open, isNew: false };
    const id = await openErasure(tx, { userId: user.id, requestedAt: now, dueAt });
    await tx.update(users).set({ deletionDueAt: dueAt }).where(eq(users.id, user.id));
    await dropTokens(tx, user.id);
    await revokeSessions(tx, now, user.id, actor.device);
    await noteEvent(tx, visit, user.id, 'deletion-asked', { receipt: id });
    return { erasure: await findErasure(tx, id), isNew: true };
  });
  await tellStreams(server, actor.userId);
  if (isNew && before.email) {
    await notify(
      visit,
      erasureMail(before.email, greetingName(before), siteUrl(), DAY_NAME.format(dueAt), erasure.id),
    );
  }
  return toErasure(erasure);
}

/** @throws AppError NOT_FOUND when nothing was asked for */
export async function takeBackDeletion(visit: Visit, actor: SignedInActor): Promise<Erasure> {
  return asServer(visit.server, async (tx) => {
    await lockUser(tx, actor.userId);
    const [row] = await tx
      .update(erasures)
      .set({ takenBackAt: visit.server.now() })
      .where(isOpen(actor))
      .returning();
    if (!row) throw new AppError('NOT_FOUND', 'The deletion of this account was not asked for.');
    await tx.update(users).set({ deletionDueAt: null }).where(eq(users.id, actor.userId));
    await noteEvent(tx, visit, actor.userId, 'deletion-taken-back', { receipt: row.id });
    return toErasure(row);
  });
}

/** The deletion that this account waits for. */
export async function readDeletion(
  server: Pick<Server, 'db'>,
  actor: SignedInActor,
): Promise<Erasure | null> {
  const [open] = await asServer(server, (tx) =>
    tx.select().from(erasures).where(isOpen(actor)).orderBy(desc(erasures.requestedAt)),
  );
  return open ? toErasure(open) : null;
}

/**
 * Deletes a guest's library at once, and forgets the guest.
 * @param named The library that is meant: nobody loses another one because two tabs disagree about who is here.
 * @throws AppError NOT_FOUND; FORBIDDEN for an account, which is deleted as a whole
 */
export async function eraseGuest(visit: Visit, named: LibraryId): Promise<Erasure> {
  const { server, identity, setCookies } = visit;
  const { actor } = identity;
  if (actor.type === 'none' || named !== actor.library) throw notFound('library');
  if (actor.type === 'user') {
    throw new AppError('FORBIDDEN', 'This library belongs to an account: delete the account instead.');
  }
  const now = server.now();
  const { erasure, gone } = await asServer(server, async (tx) => {
    // Claimed, or erased from another tab, since this request began.
    if (!(await lockGuest(tx, actor.sessionId))) throw notFound('library');
    const receipt = await openErasure(tx, { userId: null, requestedAt: now, dueAt: now });
    const gone = await eraseRows(tx, now, receipt, { sessionId: actor.sessionId });
    return { erasure: toErasure(await findErasure(tx, receipt)), gone };
  });
  setCookies.push(dropCookie(guestCookie()), setCompanion(null));
  try {
    for (const library of gone) await forgetLibrary(server, library);
    await server.queue.sendSweep();
    await finishErasures(server);
    return await readErasure(server, erasure.id);
  } catch (error) {
    log.error(`what is left of erasure ${erasure.id} is done by the next sweep`, error);
    return erasure;
  }
}

/** A receipt, for whoever has its number. */
export const readErasure = (server: Pick<Server, 'db'>, id: string): Promise<Erasure> =>
  asServer(server, async (tx) => toErasure(await findErasure(tx, id)));
