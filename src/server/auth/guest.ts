/**
 * The guest session: 32 random bytes in an HttpOnly cookie, their sha256 in the database. Beside it the companion
 * cookie `library`, which scripts may read: it names the local database to paint from, and opens nothing.
 */
import { and, eq, gt, isNotNull } from 'drizzle-orm';
import { createHash, randomBytes } from 'node:crypto';
import { uuidv7 } from 'uuidv7';
import { env } from '#env';
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

/** Until the session ends, or until it counts as idle, see `retention.ts`. */
function keptUntil({ expiresAt, lastSeenAt }: { expiresAt: Date; lastSeenAt: Date }): Date {
  const { GUEST_IDLE_DAYS: days } = env();
  const idle = lastSeenAt.getTime() + days * DAY;
  return days > 0 && idle < expiresAt.getTime() ? new Date(idle) : expiresAt;
}

/** The guest whose token this is, and whether the cookie is due for renewal (once a day). */
export async function findGuest(
  server: Pick<Server, 'db' | 'now'>,
  token: string,
): Promise<{ actor: GuestActor; renewed: boolean; keptApartFrom: UserId | null } | null> {
  const now = server.now();
  const tokenHash = hashToken(token);
  return asServer(server, async (tx) => {
    const [found] = await tx
      .select({
        session: guestSessions.id,
        library: libraries.id,
        expiresAt: guestSessions.expiresAt,
        lastSeenAt: guestSessions.lastSeenAt,
        keptApartFrom: guestSessions.keptApartFrom,
      })
      .from(guestSessions)
      .innerJoin(libraries, eq(libraries.sessionId, guestSessions.id))
      .where(and(eq(guestSessions.tokenHash, tokenHash), gt(guestSessions.expiresAt, now)));
    if (!found) return null;
    const renewed = now.getTime() - found.lastSeenAt.getTime() > DAY;
    const seen = renewed
      ? { lastSeenAt: now, expiresAt: new Date(now.getTime() + GUEST_DAYS * DAY) }
      : { lastSeenAt: found.lastSeenAt, expiresAt: found.expiresAt };
    if (renewed) await tx.update(guestSessions).set(seen).where(eq(guestSessions.id, found.session));
    const { session: sessionId, library, keptApartFrom } = found;
    return {
      actor: { type: 'guest', sessionId, library, keptUntil: keptUntil(seen) },
      renewed,
      keptApartFrom,
    };
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
  const lastSeenAt = server.now();
  const expiresAt = new Date(lastSeenAt.getTime() + GUEST_DAYS * DAY);
  await tx
    .insert(guestSessions)
    .values({ id: sessionId, tokenHash: hashToken(token), lastSeenAt, expiresAt, keptApartFrom });
  await tx.insert(libraries).values({ id: library, sessionId, version: head, floor: head });
  return {
    token,
    actor: { type: 'guest', sessionId, library, keptUntil: keptUntil({ expiresAt, lastSeenAt }) },
  };
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
