/** Where to go afterwards: a path of this site, whatever an address says. */
export function nextPath(search: string): string {
  const next = new URLSearchParams(search).get('next') ?? '/';
  const isOwn =
    next.startsWith('/') && new URL(next, 'https://this.invalid').origin === 'https://this.invalid';
  return isOwn ? next : '/';
}

/** By way of the question whether the guest's library comes along; it answers itself when there is none. */
export const claimPath = (next: string) => `/claim?next=${encodeURIComponent(next)}`;
