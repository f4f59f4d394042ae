import { AppError } from '#core/errors.ts';
import { NOBODYS_LIBRARY, type Actor, type LibraryId } from '#core/owner.ts';
import type { Server } from '../context.ts';
import { addressOf, networkOf } from '../http/address.ts';
import { findGuest, guestCookies, makeGuest, readGuestToken } from './guest.ts';

/** Who asks, and the cookies that the answer must set. */
export type Identity = {
  actor: Actor;
  library: LibraryId;
  /** Where the request came from, as limits count it; null when it came through no listener. */
  network: string | null;
  setCookies: string[];
  secure: boolean;
};

function parseCookies(header: string | null): Map<string, string> {
  const cookies = new Map<string, string>();
  for (const part of (header ?? '').split(';')) {
    const equals = part.indexOf('=');
    if (equals > 0) cookies.set(part.slice(0, equals).trim(), part.slice(equals + 1).trim());
  }
  return cookies;
}

/** Decided by what the operator said, never by a header that anybody can send. */
const isSecure = () => process.env.NEXTAUTH_URL?.startsWith('https:') ?? false;

/**
 * Who sent this request. Makes nothing: a client without a credential is nobody.
 * @throws AppError OWNER_CHANGED when the client names a library (header `x-library`) that is not its owner's.
 */
export async function getActor(server: Pick<Server, 'db' | 'now'>, headers: Headers): Promise<Identity> {
  const secure = isSecure();
  const token = readGuestToken(parseCookies(headers.get('cookie')), secure);
  const guest = token === null ? null : await findGuest(server, token);
  const address = addressOf(headers);
  const network = address && networkOf(address);
  const identity: Identity =
    token === null || guest === null
      ? { actor: { type: 'none' }, library: NOBODYS_LIBRARY, network, setCookies: [], secure }
      : {
          actor: guest.actor,
          library: guest.actor.library,
          network,
          setCookies: guest.renewed ? guestCookies(token, guest.actor.library, secure) : [],
          secure,
        };
  const named = headers.get('x-library');
  if (named !== null) requireOwner(identity, named);
  return identity;
}

/** @throws AppError OWNER_CHANGED when a client means another library than the one that its credential owns. */
export function requireOwner(identity: Identity, library: string): void {
  if (library === identity.library) return;
  throw new AppError('OWNER_CHANGED', 'This browser now belongs to another library. Reload to see it.');
}

/** The same identity if it owns a library, else a new guest's. */
export async function ensureOwner(
  server: Pick<Server, 'db' | 'now' | 'limits'>,
  identity: Identity,
): Promise<Identity> {
  if (identity.actor.type !== 'none') return identity;
  await server.limits.take('guest', identity.network);
  const { token, actor } = await makeGuest(server);
  return {
    ...identity,
    actor,
    library: actor.library,
    setCookies: guestCookies(token, actor.library, identity.secure),
  };
}
