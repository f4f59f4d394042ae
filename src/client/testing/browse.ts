/** A session beside a jar of cookies and a server that answers as the jar says; all is forgotten after each test. */
import 'fake-indexeddb/auto';
import { afterEach, expect, vi } from 'vitest';
import { LibraryId, type Me } from '#core/owner.ts';
import { mediaId, uuid } from '#core/testing/rows.ts';
import { createSession, type Session, type SessionPort } from '../session.ts';
import type { SignedOut } from '../signed-out.ts';
import { createMemoryWorld } from '../sync/model/memory-world.ts';
import { RemoteError, type Remote } from '../sync/remote-port.ts';

const libraryOf = (n: number) => LibraryId.parse(uuid(0xa00 + n));
export const [first, second, third] = [libraryOf(1), libraryOf(2), libraryOf(3)] as const;

export const nobody: Me = { type: 'none', library: null, keptUntil: null };
export const guest = (library: LibraryId): Me => ({ type: 'guest', library, keptUntil: null });

export const account = (library: LibraryId | null): Me => ({ type: 'user', library, keptUntil: null });

const OVER = new RemoteError('NETWORK', 'The test is over.');
const browsers: { session: Session; jar: Jar }[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  // All of them hear what later ones post: without a server from here on, they open and forget nothing.
  for (const { jar } of browsers) Object.assign(jar, { cookie: null, me: OVER });
  for (const { session } of browsers.splice(0)) await session.resetOwner();
  for (const { name } of await indexedDB.databases()) indexedDB.deleteDatabase(name ?? '');
});

type Jar = {
  cookie: string | null;
  me: Me | RemoteError;
  guests: LibraryId[];
  signedOut: SignedOut | null;
  /** Where libraries were merged into, or how the server fails to say. */
  moved: Map<LibraryId, LibraryId | RemoteError>;
};

/** A browser with a cookie jar, and a server that answers as the jar says. */
export function browse(over: Partial<Jar> = {}, port: Partial<SessionPort> = {}) {
  const jar: Jar = { cookie: null, me: nobody, guests: [], signedOut: null, moved: new Map(), ...over };
  const remote: Remote = {
    ...createMemoryWorld().connect('u'),
    list: () => Promise.reject(new Error('No lists here.')),
    digest: () => Promise.reject(new RemoteError('UNAVAILABLE', 'No digests here.')),
    sendFile: () => Promise.reject(new Error('No files here.')),
  };
  const session = createSession({
    readCompanion: () => jar.cookie,
    writeCompanion: (library) => {
      jar.cookie = library;
    },
    readSignedOut: () => jar.signedOut,
    writeSignedOut: (signedOut) => {
      jar.signedOut = signedOut?.unsent ? signedOut : null;
    },
    me: async () => {
      if (jar.me instanceof RemoteError) throw jar.me;
      return jar.me;
    },
    ensureGuest: async () => {
      jar.guests.push(first);
      jar.cookie = first;
      jar.me = guest(first);
      return { library: first };
    },
    remoteFor: (library) => ({
      ...remote,
      // Read at each call: tests replace them.
      push: (input) => remote.push(input),
      window: (input) => remote.window(input),
      changes: async (input) => {
        const moved = jar.moved.get(library);
        if (moved instanceof RemoteError) throw moved;
        if (moved) return { type: 'moved', to: moved };
        const isOwn = jar.me instanceof RemoteError || jar.me.library === library;
        if (!isOwn) throw new RemoteError('OWNER_CHANGED', 'Another owner.');
        return remote.changes(input);
      },
    }),
    onWork: () => {},
    forgetThumbs: async () => {},
    moveThumbs: async () => {},
    ...port,
  });
  browsers.push({ session, jar });
  return { session, jar, remote };
}

export const names = async () => (await indexedDB.databases()).map(({ name }) => name);
export const opened = (session: Session, library: LibraryId) =>
  vi.waitFor(() => {
    const { engine } = session.getState();
    expect(engine?.library).toBe(library);
    expect(engine?.getState().phase).toBe('whole');
    return engine;
  });
export const star = { type: 'patch', id: mediaId(1), patch: { starred: true } } as const;
