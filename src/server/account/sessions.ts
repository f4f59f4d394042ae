/** A browser becomes signed in or out. This is the one place that makes sessions, whatever way people prove who they are. */
import { eq } from 'drizzle-orm';
import type { SignedIn } from '#core/account.ts';
import type { LibraryId, UserId } from '#core/owner.ts';
import { dropCookie, sessionCookie, setCompanion, setSessionCookie } from '../auth/cookies.ts';
import { findGuest } from '../auth/guest.ts';
import {
  createSession,
  revokeSession,
  sealToken,
  SESSION_SECONDS,
  type SessionToken,
} from '../auth/sessions.ts';
import type { Server } from '../context.ts';
import type { Tx } from '../db/client.ts';
import { asServer } from '../db/doors.ts';
import { libraries } from '../db/schema.ts';
import { sendPoke } from '../sync/pokes.ts';
import { noteEvent } from './audit.ts';
import type { Visit } from './visit.ts';

/** Who was proved to be there, and how. */
export type Proof = {
  userId: UserId;
  way: 'password' | 'sign-up' | 'link' | 'google' | 'github' | 'oidc';
  /** This very browser asked to be signed in. */
  beganHere: boolean;
};

export type OpenedSession = { token: SessionToken; library: LibraryId | null; beganHere: boolean };

/**
 * Makes a session; one that this browser had is ended, since nobody could reach it any more.
 * @param prove Runs in the same transaction: a password that is changed meanwhile opens nothing.
 */
export async function openSession(visit: Visit, prove: (tx: Tx) => Promise<Proof>): Promise<OpenedSession> {
  const { server, identity } = visit;
  const now = server.now();
  return asServer(server, async (tx) => {
    const { userId, way, beganHere } = await prove(tx);
    const { actor } = identity;
    if (actor.type === 'user') await revokeSession(tx, now, actor.userId, actor.device);
    const token = await createSession(tx, now, { userId, device: identity.deviceName, beganHere });
    await noteEvent(tx, visit, userId, 'signed-in', { way });
    return { token, library: await libraryOf(tx, userId), beganHere };
  });
}

/** As `openSession`, and the answer sets the cookies. */
export async function signInBy(visit: Visit, prove: (tx: Tx) => Promise<Proof>): Promise<SignedIn> {
  const { token, library, beganHere } = await openSession(visit, prove);
  visit.setCookies.push(setSessionCookie(await sealToken(token), SESSION_SECONDS), setCompanion(library));
  return { status: 'signed-in', library, beganHere };
}

/** The browser is its guest again, if there is one who was not claimed, or nobody. */
export async function signOut(visit: Visit): Promise<void> {
  const { server, identity, setCookies } = visit;
  const { actor, guestToken } = identity;
  if (actor.type === 'user') {
    await asServer(server, async (tx) => {
      await revokeSession(tx, server.now(), actor.userId, actor.device);
      await noteEvent(tx, visit, actor.userId, 'signed-out');
    });
    await tellStreams(server, actor.userId);
  }
  const guest = guestToken === null ? null : await findGuest(server, guestToken);
  setCookies.push(dropCookie(sessionCookie()), setCompanion(guest?.actor.library ?? null));
}

async function libraryOf(tx: Tx, userId: UserId): Promise<LibraryId | null> {
  const [own] = await tx.select({ id: libraries.id }).from(libraries).where(eq(libraries.userId, userId));
  return own?.id ?? null;
}

/** After sessions were ended: every open stream of this account looks at once whether it may go on. */
export async function tellStreams(server: Pick<Server, 'db'>, userId: UserId): Promise<void> {
  const library = await asServer(server, (tx) => libraryOf(tx, userId));
  if (library) await sendPoke(server.db, library);
}
