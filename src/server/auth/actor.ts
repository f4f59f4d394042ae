import { and, eq } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { AppError } from '#core/errors.ts';
import { LibraryId, NOBODYS_LIBRARY, type Actor, type UserId } from '#core/owner.ts';
import type { Server } from '../context.ts';
import { asServer } from '../db/doors.ts';
import { libraries } from '../db/schema.ts';
import { addressOf, networkOf } from '../http/address.ts';
import type { LimitName } from '../limits.ts';
import { parseCookies, sessionCookie, setCompanion } from './cookies.ts';
import { findGuest, guestCookies, makeGuest, readGuestToken } from './guest.ts';
import { deviceOf, findSession } from './sessions.ts';

/** Who asks, and the cookies that the answer must set. */
export type Identity = {
  actor: Actor;
  library: LibraryId;
  /** The token of the guest that this browser also is, or was before it signed in; it may be dead. */
  guestToken: string | null;
  /** Where the request came from, as limits count it; null when it came through no listener. */
  network: string | null;
  /** Nobody, with a credential that was good once. */
  isEnded: boolean;
  /** What the browser calls itself. */
  deviceName: string | null;
  setCookies: string[];
};

type Found = { actor: Actor; library: LibraryId; setCookies: string[] };

const NOBODY: Found = { actor: { type: 'none' }, library: NOBODYS_LIBRARY, setCookies: [] };

async function findUser(
  server: Pick<Server, 'db' | 'now'>,
  cookies: Map<string, string>,
): Promise<Found | null> {
  const sealed = cookies.get(sessionCookie());
  if (!sealed) return null;
  const session = await findSession(server, sealed);
  if (!session) return null;
  const { userId, device, beganHere } = session;
  const library = session.library ?? NOBODYS_LIBRARY;
  const companion = cookies.get('library') ?? null;
  const setCookies = companion === session.library ? [] : [setCompanion(session.library)];
  return { actor: { type: 'user', userId, library, device, beganHere }, library, setCookies };
}

async function findGuestActor(
  server: Pick<Server, 'db' | 'now'>,
  token: string | null,
): Promise<Found | null> {
  const guest = token === null ? null : await findGuest(server, token);
  if (token === null || guest === null) return null;
  const { library } = guest.actor;
  return { actor: guest.actor, library, setCookies: guest.renewed ? guestCookies(token, library) : [] };
}

/**
 * Who sent this request: the account that is signed in, else the guest. Makes nothing: a client without a credential is
 * nobody. The cookie of a session that has ended is left to lie: an answer that takes it back could come late, after a
 * new sign-in in the same browser, and take that one's away.
 * @throws AppError OWNER_CHANGED when the client names a library (header `x-library`) that is not its owner's, nor one
 *   that was merged into it.
 */
export async function getActor(server: Pick<Server, 'db' | 'now'>, headers: Headers): Promise<Identity> {
  const cookies = parseCookies(headers.get('cookie'));
  const guestToken = readGuestToken(cookies);
  const user = await findUser(server, cookies);
  const found = user ?? (await findGuestActor(server, guestToken)) ?? NOBODY;
  const address = addressOf(headers);
  const identity: Identity = {
    ...found,
    guestToken,
    network: address && networkOf(address),
    isEnded: found === NOBODY && (guestToken !== null || cookies.has(sessionCookie())),
    deviceName: deviceOf(headers),
  };
  const named = headers.get('x-library');
  if (named === null || named === identity.library) return identity;
  const merged = await findMerged(server, named, identity.library);
  if (merged) return { ...identity, library: merged };
  requireOwner(identity, named);
  return identity;
}

/**
 * A tab may still name the guest's library that a claim merged into its owner's. It is let in to that library, which
 * is empty, takes nothing, and tells it where to go on: so what the tab has not sent goes along.
 */
async function findMerged(
  server: Pick<Server, 'db'>,
  named: string,
  into: LibraryId,
): Promise<LibraryId | null> {
  const { data: id } = LibraryId.safeParse(named);
  if (!id || into === NOBODYS_LIBRARY) return null;
  const [found] = await asServer(server, (tx) =>
    tx
      .select({ id: libraries.id })
      .from(libraries)
      .where(and(eq(libraries.id, id), eq(libraries.mergedInto, into))),
  );
  return found?.id ?? null;
}

/** @throws AppError OWNER_CHANGED when a client means another library than the one that its credential owns. */
export function requireOwner(identity: Identity, library: string): void {
  if (library === identity.library) return;
  throw new AppError('OWNER_CHANGED', 'This browser now belongs to another library. Reload to see it.');
}

/** The account's library, made at the first write. Two that write at once find the same. */
async function ensureLibrary(server: Pick<Server, 'db'>, userId: UserId): Promise<LibraryId> {
  return asServer(server, async (tx) => {
    await tx
      .insert(libraries)
      .values({ id: LibraryId.parse(uuidv7()), userId })
      .onConflictDoNothing({ target: libraries.userId });
    const [own] = await tx.select({ id: libraries.id }).from(libraries).where(eq(libraries.userId, userId));
    if (!own) throw new Error('the library that was just made is not there');
    return own.id;
  });
}

/**
 * The same identity if it owns a library, else one with a library: an account's first, or a new guest's.
 * @throws AppError SIGN_IN_REQUIRED when its session has ended: what it brings would go where nobody looks for it.
 */
export async function ensureOwner(
  server: Pick<Server, 'db' | 'now' | 'limits'>,
  identity: Identity,
): Promise<Identity> {
  if (!identity.isEnded) return ensureAnyOwner(server, identity);
  const message =
    'This session has ended. Nothing was saved: sign in again, or send no cookie to begin as a new guest.';
  throw new AppError('SIGN_IN_REQUIRED', message);
}

/** As `ensureOwner`, also for somebody who was signed out and begins anew. */
export async function ensureAnyOwner(
  server: Pick<Server, 'db' | 'now' | 'limits'>,
  identity: Identity,
): Promise<Identity> {
  const { actor } = identity;
  if (identity.library !== NOBODYS_LIBRARY) return identity;
  if (actor.type === 'user') {
    const library = await ensureLibrary(server, actor.userId);
    return { ...identity, actor: { ...actor, library }, library, setCookies: [setCompanion(library)] };
  }
  await server.limits.take('guest', identity.network);
  const made = await makeGuest(server);
  const { library } = made.actor;
  return {
    ...identity,
    actor: made.actor,
    library,
    guestToken: made.token,
    isEnded: false,
    setCookies: guestCookies(made.token, library),
  };
}

/** What guests cost together, beside what each may. */
const OF_NETWORK: Partial<Record<LimitName, LimitName>> = { write: 'writeFrom', generate: 'generateFrom' };

/** Counts a call against its library; of those without one, against the account or the network. */
export async function countCall(
  { limits }: Pick<Server, 'limits'>,
  { actor, library, network }: Identity,
  name: LimitName,
): Promise<void> {
  const owner = actor.type === 'user' ? actor.userId : network;
  await limits.take(name, library === NOBODYS_LIBRARY ? owner : library);
  const together = OF_NETWORK[name];
  if (together && actor.type !== 'user') await limits.take(together, network);
}
