/** The cookies of a browser: their names, and how they are read, set and taken back. */
import { GUEST_DAYS, type LibraryId } from '#core/owner.ts';

/**
 * Names are taken as they are: with a space of another kind around it, a name is not one that `__Host-` binds, and any
 * neighbour of this host may have set it.
 */
export function parseCookies(header: string | null): Map<string, string> {
  const cookies = new Map<string, string>();
  for (const part of (header ?? '').split(/; ?/)) {
    const equals = part.indexOf('=');
    if (equals > 0) cookies.set(part.slice(0, equals), part.slice(equals + 1));
  }
  return cookies;
}

/** Decided by what the operator said, never by a header that anybody can send. */
export const isSecure = () => process.env.NEXTAUTH_URL?.startsWith('https:') ?? false;

/** `__Host-` binds a cookie to this very host; browsers take it over https alone. */
const hostOnly = (name: string) => (isSecure() ? `__Host-${name}` : name);

export const guestCookie = () => hostOnly('guest');
export const sessionCookie = () => hostOnly('session');
/** Left by a browser that asked for a link, so that it is known again when the link is opened. */
export const askedCookie = () => hostOnly('sign-in');
/** Left by a browser that goes to a provider in order to link it to the account that is signed in. */
export const linkCookie = () => hostOnly('link');
/** Where a browser that goes to a provider wants to come back to. */
export const returnCookie = () => hostOnly('return');
/** What next-auth leaves for the length of a journey to a provider: its proof of who went. */
export const journeyCookie = (part: string) => hostOnly(`next-auth.${part}`);

const DAY = 86_400;
const attributes = (seconds: number) =>
  `Path=/; Max-Age=${seconds}; SameSite=Lax${isSecure() ? '; Secure' : ''}`;

/** A cookie that scripts cannot read. */
const secret = (name: string, value: string, seconds: number) =>
  `${name}=${value}; HttpOnly; ${attributes(seconds)}`;

export const setGuestCookie = (token: string) => secret(guestCookie(), token, GUEST_DAYS * DAY);
export const setSessionCookie = (token: string, seconds: number) => secret(sessionCookie(), token, seconds);
export const setAskedCookie = (value: string, seconds: number) => secret(askedCookie(), value, seconds);
export const setLinkCookie = (device: string, seconds: number) => secret(linkCookie(), device, seconds);

export const dropCookie = (name: string) => secret(name, '', 0);

/** The companion, for scripts: it names the local database to paint from, and opens nothing. null takes it back. */
export const setCompanion = (library: LibraryId | null) =>
  `library=${library ?? ''}; ${attributes(library === null ? 0 : GUEST_DAYS * DAY)}`;
