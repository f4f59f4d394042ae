const SITE = 'https://this.invalid';

/** Where to go afterwards: a path of this site, whatever an address says. */
export function nextPath(search: string): string {
  const next = new URLSearchParams(search).get('next') ?? '/';
  if (!next.startsWith('/') || !URL.canParse(next, SITE)) return '/';
  const { origin, pathname } = new URL(next, SITE);
  // What becomes // once it is resolved would name another host to whoever resolves it again.
  return origin === SITE && !pathname.startsWith('//') ? next : '/';
}

/** By way of the question whether the guest's library comes along; it answers itself when there is none. */
export const claimPath = (next: string) => `/claim?next=${encodeURIComponent(next)}`;

/** The same question, whatever was answered before. */
export const askAgainPath = (next: string) => `${claimPath(next)}&again`;
