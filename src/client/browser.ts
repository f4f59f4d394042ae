/**
 * The one session of this page, begun as soon as the script runs: the database opens while React is still starting.
 * On the server there is none, and every hook answers as for a page that is still loading.
 */
import { QueryClient } from '@tanstack/react-query';
import type { LibraryId } from '#core/owner.ts';
import { createApi } from './api.ts';
import { forgetThumbs } from './offline/kept-thumbs.ts';
import { COMPANION } from './offline/names.ts';
import { createRemote, toRemoteError } from './remote.ts';
import { createSession, type Session } from './session.ts';
import { readSignedOut, writeSignedOut } from './signed-out.ts';

/** The longest that browsers keep a cookie. */
const COOKIE_DAYS = 400;

/** The library that the last page or answer knew as this browser's. */
export function readCompanion(): string | null {
  for (const part of document.cookie.split('; ')) {
    if (part.startsWith(`${COMPANION}=`)) return part.slice(COMPANION.length + 1);
  }
  return null;
}

function writeCompanion(library: LibraryId | null) {
  const lasting = `Path=/; SameSite=Lax; Max-Age=${library ? COOKIE_DAYS * 86_400 : 0}`;
  // oxlint-disable-next-line unicorn/no-document-cookie -- the Cookie Store API is missing on plain http
  document.cookie = `${COMPANION}=${library ?? ''}; ${lasting}${location.protocol === 'https:' ? '; Secure' : ''}`;
}

/** Whether the browser takes any; its own word for it is true also where a site's are blocked. */
function keepsCookies(): boolean {
  const probe = 'afterimage-probe=1';
  // oxlint-disable-next-line unicorn/no-document-cookie -- as above
  document.cookie = `${probe}; Path=/; SameSite=Lax; Max-Age=60`;
  return document.cookie.includes(probe);
}

export const SYNC_KEY = 'sync';

export const queryClient = new QueryClient({
  defaultOptions: { queries: { staleTime: 30_000 }, mutations: { networkMode: 'always' } },
});

export const api = createApi(() => session?.getState().engine?.library ?? null, keepsCookies);

const orRemoteError = <T>(answer: Promise<T>) =>
  answer.catch((error: unknown): never => {
    throw toRemoteError(error);
  });

function begin(): Session {
  return createSession({
    readCompanion,
    writeCompanion,
    readSignedOut,
    writeSignedOut,
    me: () => orRemoteError(api.session.me.query(undefined, { context: { library: null } })),
    ensureGuest: () => orRemoteError(api.guest.ensure.mutate(undefined, { context: { library: null } })),
    remoteFor: (library) => createRemote(api, library),
    onWork: wake,
    forgetThumbs,
    moveThumbs: async (from, to) => (await import('./offline/move-thumbs.ts')).moveThumbs(from, to),
  });
}

/** Reconciles now, in place of whatever wait for a retry was left. */
export function wake() {
  const engine = session?.getState().engine;
  if (!engine) return;
  // Whoever began it hears of its failure.
  if (engine.isReconciling) engine.reconcile().catch(() => {});
  else void queryClient.refetchQueries({ queryKey: [SYNC_KEY, engine.library] }, { cancelRefetch: true });
}

export const session: Session | null = typeof document === 'undefined' ? null : begin();
