/**
 * The guest session: 32 random bytes in an HttpOnly cookie, their sha256 in the database. Beside it the companion
 * cookie `library`, which scripts may read: it names the local database to paint from, and opens nothing.
 */
import { and, eq, gt, isNotNull } from 'drizzle-orm';
import { createHash, randomBytes } from 'node:crypto';
import { uuidv7 } from 'uuidv7';
import { GUEST_DAYS, LibraryId, SessionId, type Actor, type UserId } from '#core/owner.ts';
import type { Server } from '../context.ts';
import type { Tx } from '../db/client.ts';
import { asServer } from '../db/doors.ts';
import { guestSessions } from '../db/identity.ts';
import { libraries } from '../db/schema.ts';
import { guestCookie, setCompanion, setGuestCookie } from './cookies.ts';

const DAY = 86_400_000;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

export const hashToken = (token: string) => createHash('sha256').update(token).digest();

export type GuestActor = Extract<Actor, { type: 'guest' }>;

export function readGuestToken(cookies: Map<string, string>): string | null {
  const token = cookies.get(guestCookie());
  return token !== undefined && TOKEN.test(token) ? token : null;
}

export const guestCookies = (token: string, library: LibraryId) => [
  setGuestCookie(token),
  setCompanion(library),
];

/** The guest whose token this is, and whether the cookie is due for renewal (once a day). */
export async function findGuest(
  server: Pick<Server, 'db' | 'now'>,
  token: string,
): Promise<{ actor: GuestActor; renewed: boolean } | null> {
  const now = server.now();
  const tokenHash = hashToken(token);
  return asServer(server, async (tx) => {
    const [found] = await tx
      .select({
        session: guestSessions.id,
        library: libraries.id,
        expiresAt: guestSessions.expiresAt,
        lastSeenAt: guestSessions.lastSeenAt,
      })
      .from(guestSessions)
      .innerJoin(libraries, eq(libraries.sessionId, guestSessions.id))
      .where(and(eq(guestSessions.tokenHash, tokenHash), gt(guestSessions.expiresAt, now)));
    if (!found) return null;
    const renewed = now.getTime() - found.lastSeenAt.getTime() > DAY;
    const expiresAt = renewed ? new Date(now.getTime() + GUEST_DAYS * DAY) : found.expiresAt;
    if (renewed) {
      await tx
        .update(guestSessions)
        .set({ lastSeenAt: now, expiresAt })
        .where(eq(guestSessions.id, found.session));
    }
    return { actor: { type: 'guest', sessionId: found.session, library: found.library, expiresAt }, renewed };
  });
}

export type NewGuest = { token: string; actor: GuestActor };

/** Makes a guest with an empty library. Called only on the way to a first write. */
export const makeGuest = (server: Pick<Server, 'db' | 'now'>): Promise<NewGuest> =>
  asServer(server, (tx) => insertGuest(tx, server));

/**
 * @param head Where the library begins; rows of another that move into it carry this version.
 * @param keptApartFrom The account that is not to ask for it.
 */
export async function insertGuest(
  tx: Tx,
  server: Pick<Server, 'now'>,
  { head = 0, keptApartFrom }: { head?: number; keptApartFrom?: UserId } = {},
): Promise<NewGuest> {
  const token = randomBytes(32).toString('base64url');
  const sessionId = SessionId.parse(uuidv7());
  const library = LibraryId.parse(uuidv7());
  const expiresAt = new Date(server.now().getTime() + GUEST_DAYS * DAY);
  await tx
    .insert(guestSessions)
    .values({ id: sessionId, tokenHash: hashToken(token), expiresAt, keptApartFrom });
  await tx.insert(libraries).values({ id: library, sessionId, version: head, floor: head });
  return { token, actor: { type: 'guest', sessionId, library, expiresAt } };
}

/** A new token for a guest whose first one may never have arrived; the old one is nobody's. Null: it is dead. */
export async function renewGuest(
  tx: Tx,
  server: Pick<Server, 'now'>,
  sessionId: SessionId,
): Promise<{ token: string; library: LibraryId } | null> {
  const token = randomBytes(32).toString('base64url');
  const [renewed] = await tx
    .update(guestSessions)
    .set({ tokenHash: hashToken(token), lastSeenAt: server.now() })
    .from(libraries)
    .where(
      and(
        eq(guestSessions.id, sessionId),
        eq(libraries.sessionId, guestSessions.id),
        isNotNull(guestSessions.tokenHash),
      ),
    )
    .returning({ library: libraries.id });
  return renewed ? { token, library: renewed.library } : null;
}
