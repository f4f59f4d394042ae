/**
 * Sessions of accounts. The cookie is next-auth's encrypted token and holds no more than the account and a session id of
 * 32 random bytes; the database holds the hash of that id and is asked at every request, so that signing a device out
 * takes effect at once. Every sign-in makes a new one.
 */
import { and, desc, eq, gt, isNull, ne } from 'drizzle-orm';
import { createHash, randomBytes } from 'node:crypto';
import { decode, encode } from 'next-auth/jwt';
import { uuidv7 } from 'uuidv7';
import { z } from 'zod';
import { env } from '#env';
import { DeviceId, UserId, type LibraryId } from '#core/owner.ts';
import type { Server } from '../context.ts';
import type { Tx } from '../db/client.ts';
import { asServer } from '../db/doors.ts';
import { authSessions } from '../db/identity.ts';
import { libraries } from '../db/schema.ts';

/** Signing in again is asked for after this, whatever was done meanwhile. */
export const SESSION_SECONDS = 30 * 86_400;
/** How exact a device's last visit is. */
const SEEN = 300_000;

const Token = z.object({ sub: UserId, sid: z.string().regex(/^[\w-]{43}$/) });
export type SessionToken = z.infer<typeof Token>;

const hashSid = (sid: string) => createHash('sha256').update(sid).digest();

/** Signs cookies: AUTH_SECRET, which the start made if nobody gave one. */
export function authSecret(): string {
  const secret = env().AUTH_SECRET;
  if (!secret) throw new Error('AUTH_SECRET is not set: start with npm start, which makes one');
  return secret;
}

export type NewSession = { userId: UserId; device: string | null; beganHere: boolean };

/** @returns What the cookie's token is to hold. */
export async function createSession(tx: Tx, now: Date, session: NewSession): Promise<SessionToken> {
  const sid = randomBytes(32).toString('base64url');
  await tx.insert(authSessions).values({
    ...session,
    sidHash: hashSid(sid),
    id: DeviceId.parse(uuidv7()),
    createdAt: now,
    lastSeenAt: now,
    absoluteExpiresAt: new Date(now.getTime() + SESSION_SECONDS * 1000),
  });
  return { sub: session.userId, sid };
}

export const sealToken = (token: SessionToken): Promise<string> =>
  encode({ token, secret: authSecret(), maxAge: SESSION_SECONDS });

/** null for what this server did not make, or has let run out. */
async function openToken(sealed: string): Promise<SessionToken | null> {
  try {
    return Token.parse(await decode({ token: sealed, secret: authSecret() }));
  } catch {
    return null;
  }
}

export type FoundSession = {
  userId: UserId;
  device: DeviceId;
  beganHere: boolean;
  /** null: the account has not written anything yet. */
  library: LibraryId | null;
};

export async function findSession(
  server: Pick<Server, 'db' | 'now'>,
  sealed: string,
): Promise<FoundSession | null> {
  const token = await openToken(sealed);
  if (token === null) return null;
  const now = server.now();
  return asServer(server, async (tx) => {
    const [found] = await tx
      .select({
        userId: authSessions.userId,
        device: authSessions.id,
        beganHere: authSessions.beganHere,
        lastSeenAt: authSessions.lastSeenAt,
        library: libraries.id,
      })
      .from(authSessions)
      .leftJoin(libraries, eq(libraries.userId, authSessions.userId))
      .where(
        and(eq(authSessions.sidHash, hashSid(token.sid)), eq(authSessions.userId, token.sub), isAlive(now)),
      );
    if (!found) return null;
    const { lastSeenAt, ...session } = found;
    if (now.getTime() - lastSeenAt.getTime() > SEEN) {
      await tx.update(authSessions).set({ lastSeenAt: now }).where(eq(authSessions.id, session.device));
    }
    return session;
  });
}

const isAlive = (now: Date) => and(isNull(authSessions.revokedAt), gt(authSessions.absoluteExpiresAt, now));

export const listSessions = (tx: Tx, now: Date, userId: UserId) =>
  tx
    .select()
    .from(authSessions)
    .where(and(eq(authSessions.userId, userId), isAlive(now)))
    .orderBy(desc(authSessions.lastSeenAt));

/** Whether the session goes on, asked again within a transaction that holds the account. */
export async function goesOn(tx: Tx, now: Date, userId: UserId, device: DeviceId): Promise<boolean> {
  const [found] = await tx
    .select({ id: authSessions.id })
    .from(authSessions)
    .where(and(eq(authSessions.id, device), eq(authSessions.userId, userId), isAlive(now)));
  return found !== undefined;
}

/** Whether the session was opened after this moment. */
export async function isFresh(tx: Tx, device: DeviceId, since: Date): Promise<boolean> {
  const [found] = await tx
    .select({ createdAt: authSessions.createdAt })
    .from(authSessions)
    .where(eq(authSessions.id, device));
  return found !== undefined && found.createdAt > since;
}

/** @returns Whether there was such a session to end. */
export async function revokeSession(tx: Tx, now: Date, userId: UserId, device: DeviceId): Promise<boolean> {
  const ended = await tx
    .update(authSessions)
    .set({ revokedAt: now })
    .where(and(eq(authSessions.userId, userId), eq(authSessions.id, device), isAlive(now)))
    .returning({ id: authSessions.id });
  return ended.length > 0;
}

/** @param except The session that goes on; null ends them all. @returns How many were ended. */
export async function revokeSessions(
  tx: Tx,
  now: Date,
  userId: UserId,
  except: DeviceId | null,
): Promise<number> {
  const others = except === null ? undefined : ne(authSessions.id, except);
  const ended = await tx
    .update(authSessions)
    .set({ revokedAt: now })
    .where(and(eq(authSessions.userId, userId), isAlive(now), others))
    .returning({ id: authSessions.id });
  return ended.length;
}

/** What a device list calls the browser that sent a request: its name and system, from what it says of itself. */
export function deviceOf(headers: Headers): string | null {
  const agent = headers.get('user-agent');
  if (agent === null) return null;
  const browser = ['Edg', 'OPR', 'Firefox', 'Chrome', 'Safari'].find((name) => agent.includes(`${name}/`));
  const system = /(Android|iPhone|iPad|Windows|Mac OS X|CrOS|Linux)/.exec(agent)?.[1];
  const names: Record<string, string> = { Edg: 'Edge', OPR: 'Opera', 'Mac OS X': 'macOS', CrOS: 'ChromeOS' };
  const known = [browser, system].flatMap((name) => (name ? [names[name] ?? name] : []));
  return known.length > 0 ? known.join(' on ') : agent.slice(0, 60);
}
