import 'fake-indexeddb/auto';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { LibraryId, type Me } from '#core/owner.ts';
import { mediaId, uuid } from '#core/testing/rows.ts';
import { createSession, type Session, type SessionPort } from './session.ts';
import type { SignedOut } from './signed-out.ts';
import { shareLock } from './sync/cross-tab.ts';
import { useOf } from './sync/engine.ts';
import { createMemoryWorld } from './sync/model/memory-world.ts';
import { RemoteError, type Remote } from './sync/remote-port.ts';

const libraryOf = (n: number) => LibraryId.parse(uuid(0xa00 + n));
const [first, second, third] = [libraryOf(1), libraryOf(2), libraryOf(3)] as const;

const nobody: Me = { type: 'none', library: null, keptUntil: null };
const guest = (library: LibraryId): Me => ({ type: 'guest', library, keptUntil: null });

const sessions: Session[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const session of sessions.splice(0)) await session.resetOwner();
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
function browse(over: Partial<Jar> = {}, port: Partial<SessionPort> = {}) {
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
  sessions.push(session);
  return { session, jar, remote };
}

const names = async () => (await indexedDB.databases()).map(({ name }) => name);
const opened = (session: Session, library: LibraryId) =>
  vi.waitFor(() => {
    const { engine } = session.getState();
    expect(engine?.library).toBe(library);
    expect(engine?.getState().phase).toBe('whole');
    return engine;
  });
const star = { type: 'patch', id: mediaId(1), patch: { starred: true } } as const;

test('the cookie’s library is opened without asking the server', async () => {
  const { session } = browse({ cookie: first, me: guest(first) });
  await opened(session, first);
  expect(session.getState()).toMatchObject({ me: null, status: 'ready' });
  expect(await names()).toEqual([`afterimage:1:${first}`]);
});

test('without a cookie nothing is opened; nobody has an empty gallery', async () => {
  const { session } = browse({});
  expect(session.getState()).toEqual({
    engine: null,
    me: null,
    isUnheard: false,
    status: 'loading',
    signedOut: null,
  });
  await session.refresh();
  expect(session.getState()).toEqual({
    engine: null,
    me: nobody,
    isUnheard: false,
    status: 'ready',
    signedOut: null,
  });
  expect(await names()).toEqual([]);
});

test('a lost companion cookie is written again', async () => {
  const { session, jar } = browse({ me: guest(first) });
  await session.refresh();
  await opened(session, first);
  expect(jar.cookie).toBe(first);
});

test('a server that cannot be reached is a failure only where there is nothing to show', async () => {
  const me = new RemoteError('NETWORK', 'Out of reach.');
  const unknown = browse({ me }).session;
  await expect(unknown.refresh()).rejects.toBe(me);
  expect(unknown.getState().status).toBe('failed');
  const known = browse({ me, cookie: first }).session;
  await expect(known.refresh()).rejects.toBe(me);
  await opened(known, first);
  expect(known.getState().status).toBe('ready');
});

test('writers of one page that come together make one guest', async () => {
  const { session, jar } = browse();
  const engines = await Promise.all([
    session.ensureLibrary(),
    session.ensureLibrary(),
    session.ensureLibrary(),
  ]);
  expect(jar.guests).toEqual([first]);
  expect(new Set(engines).size).toBe(1);
});

test('two tabs that write at once, 25 times each, make one guest', async () => {
  const { jar } = browse();
  const ensureGuest = async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    jar.guests.push(first);
    jar.cookie = first;
    jar.me = guest(first);
    return { library: first };
  };
  const port = {
    readCompanion: () => jar.cookie,
    writeCompanion: (library: LibraryId | null) => {
      jar.cookie = library;
    },
    me: async () => (jar.cookie ? guest(first) : nobody),
    ensureGuest,
  };
  const tabs = [browse({}, port).session, browse({}, port).session];
  const engines = await Promise.all(
    tabs.flatMap((tab) => Array.from({ length: 25 }, () => tab.ensureLibrary())),
  );
  expect(jar.guests).toEqual([first]);
  expect(new Set(engines.map(({ library }) => library))).toEqual(new Set([first]));
  // Nobody again: what ends the one tab would have the other open it anew.
  jar.cookie = null;
});

test('another owner finds nothing of the one before', async () => {
  const { session, jar } = browse({ cookie: first, me: guest(first) });
  const engine = await opened(session, first);
  await engine?.act([star]);
  jar.me = guest(second);
  await session.refresh();
  const next = await opened(session, second);
  await vi.waitFor(async () => expect(await names()).toEqual([`afterimage:1:${second}`]));
  expect(next?.getState().snapshot.outbox).toEqual([]);
  expect(jar.cookie).toBe(second);
  await engine?.act([star]);
  expect(await names()).toEqual([`afterimage:1:${second}`]);
});

test('a sign-out in another tab empties this one', async () => {
  const { session, jar } = browse({ cookie: first, me: guest(first) });
  await opened(session, first);
  jar.cookie = null;
  jar.me = nobody;
  await session.followCompanion();
  expect(session.getState()).toMatchObject({ engine: null, me: nobody, status: 'ready' });
  await vi.waitFor(async () => expect(await names()).toEqual([]));
});

test('signing in paints nothing of the guest any more, and keeps what may come along', async () => {
  const { session, jar } = browse({ cookie: first, me: guest(first) });
  await session.refresh();
  jar.cookie = null;
  jar.me = { type: 'user', library: null, keptUntil: null, guest: first };
  await session.followCompanion();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(session.getState().engine).toBeNull();
  expect(await names()).toEqual([`afterimage:1:${first}`]);
  jar.cookie = second;
  jar.me = { type: 'user', library: second, keptUntil: null, guest: first };
  await session.followCompanion();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(new Set(await names())).toEqual(new Set([`afterimage:1:${first}`, `afterimage:1:${second}`]));
});

test('a credential that the server no longer knows is the end of its library here', async () => {
  const onOwner = new RemoteError('OWNER_CHANGED', 'Another owner.');
  const { session, jar, remote } = browse({ cookie: first, me: guest(first) });
  remote.window = () => Promise.reject(onOwner);
  const engine = await opened(session, first);
  jar.me = nobody;
  await engine?.reconcile();
  await vi.waitFor(() => expect(session.getState().engine).toBeNull());
  await vi.waitFor(async () => expect(await names()).toEqual([]));
  expect(jar.cookie).toBeNull();
});

/** A session that ends elsewhere with one change on its way. */
async function leaveUnsent() {
  const { session, jar } = browse({ cookie: first, me: guest(first) });
  const engine = await opened(session, first);
  await engine?.act([star]);
  jar.me = nobody;
  await session.refresh();
  await vi.waitFor(() => expect(session.getState().engine).toBeNull());
  await new Promise((resolve) => setTimeout(resolve, 50));
  return { session, jar };
}

describe('what was not sent when a session was ended from elsewhere', () => {
  test('waits here for the same owner, also through a new page', async () => {
    const { session, jar } = await leaveUnsent();
    expect(session.getState().signedOut).toEqual({ library: first, unsent: 1 });
    expect(jar.cookie).toBeNull();
    expect(await names()).toEqual([`afterimage:1:${first}`]);

    const { session: later } = browse(jar);
    await later.refresh();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(later.getState().signedOut).toEqual({ library: first, unsent: 1 });
    expect(await names()).toEqual([`afterimage:1:${first}`]);

    const { session: back } = browse({ signedOut: jar.signedOut, cookie: first, me: guest(first) });
    await back.refresh();
    const engine = await opened(back, first);
    expect(engine?.getState().snapshot.outbox).toMatchObject([{ op: star }]);
    expect(back.getState().signedOut).toBeNull();
  });

  test('goes when another owner comes', async () => {
    const { jar } = await leaveUnsent();
    const { session } = browse({ signedOut: jar.signedOut, cookie: second, me: guest(second) });
    await session.refresh();
    await opened(session, second);
    expect(session.getState().signedOut).toBeNull();
    await vi.waitFor(async () => expect(await names()).toEqual([`afterimage:1:${second}`]));
  });

  test('goes when the person lets go of it', async () => {
    const { session } = await leaveUnsent();
    session.dismissSignedOut();
    await session.refresh();
    await vi.waitFor(async () => expect(await names()).toEqual([]));
    expect(session.getState().signedOut).toBeNull();
  });
});

const deleteUnder = (library: LibraryId) =>
  new Promise((resolve) => {
    indexedDB.deleteDatabase(`afterimage:1:${library}`).addEventListener('success', resolve);
  });

test('a database that was deleted under its owner is written again, with what was not sent', async () => {
  const { session } = browse({ cookie: first, me: guest(first) });
  const engine = await opened(session, first);
  await engine?.act([star]);
  await deleteUnder(first);
  await engine?.reconcile();
  await vi.waitFor(() => expect(session.getState().engine).not.toBe(engine));
  const again = await opened(session, first);
  expect(again?.getState().snapshot.outbox).toMatchObject([{ op: star }]);
  expect(again?.getState().snapshot.client.id).not.toBe(engine?.getState().snapshot.client.id);
});

const headline = (text: string) => ({ type: 'patch', id: mediaId(1), patch: { headline: text } }) as const;

test('changes that find the database gone are made on the next one, in their order', async () => {
  const { session } = browse({ cookie: first, me: guest(first) });
  const engine = await opened(session, first);
  await engine?.act([star]);
  await deleteUnder(first);
  // The last two come to an engine whose place has been taken.
  const early = [engine?.act([headline('a')]) ?? null, engine?.act([headline('b')]) ?? null];
  await vi.waitFor(() => expect(session.getState().engine).not.toBe(engine));
  const late = engine?.act([headline('c')]);
  for (const act of [...early, late]) await act;
  const next = await opened(session, first);
  const stored = await next?.db.refresh();
  expect(stored?.outbox.map(({ op }) => op.type === 'patch' && op.patch)).toEqual([
    { starred: true },
    { headline: 'a' },
    { headline: 'b' },
    { headline: 'c' },
  ]);
  expect(next?.getState().snapshot.outbox).toEqual(stored?.outbox);
});

test('a change refused by a database that was deleted with a sign-out is not made anywhere', async () => {
  const { session, jar } = browse({ cookie: first, me: guest(first) });
  const engine = await opened(session, first);
  jar.cookie = second;
  jar.me = guest(second);
  await deleteUnder(first);
  await engine?.act([star]);
  const next = await opened(session, second);
  expect(next?.getState().snapshot.outbox).toEqual([]);
  await vi.waitFor(async () => expect(await names()).toEqual([`afterimage:1:${second}`]));
});

/** As on a device that is too busy to answer in time: the page goes on in memory. */
function failToOpen() {
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  return vi.spyOn(indexedDB, 'open').mockImplementation(() => {
    throw new DOMException('busy', 'UnknownError');
  });
}

test('signing out deletes what an earlier visit stored, though this one could not open it', async () => {
  await leaveBehind();
  const stuck = failToOpen();
  const { session } = browse({ cookie: first, me: guest(first) });
  expect((await opened(session, first))?.db.isKept).toBe(false);
  stuck.mockRestore();
  await session.resetOwner();
  expect(await names()).toEqual([]);
});

test('signing out before the library is open deletes it all the same', async () => {
  await leaveBehind();
  const { session, jar } = browse({ cookie: first, me: guest(first) });
  expect(session.getState().engine).toBeNull();
  await session.resetOwner();
  expect(await names()).toEqual([]);
  expect(jar.cookie).toBeNull();
});

test('signing out waits for a library that is on its way out already', async () => {
  const { session, jar } = browse({ cookie: first, me: guest(first) });
  await opened(session, first);
  jar.me = nobody;
  await session.refresh();
  expect(session.getState().engine).toBeNull();
  await session.resetOwner();
  expect(await names()).toEqual([]);
});

async function leaveBehind() {
  const { session } = browse({ cookie: first, me: guest(first) });
  const engine = await opened(session, first);
  await engine?.act([star]);
  engine?.dispose();
  const client = engine?.getState().snapshot.client.id;
  return { client, stored: `afterimage:1:${first}`, own: `afterimage:1:${second}` };
}

describe('a library that was left behind by an earlier visit', () => {
  test('is deleted once the server has said that another is the owner', async () => {
    const { stored, own } = await leaveBehind();
    const { session } = browse({ cookie: second, me: guest(second) });
    const engine = await opened(session, second);
    expect(await names()).toEqual([stored, own]);
    await session.refresh();
    await vi.waitFor(async () => expect(await names()).toEqual([own]));
    expect(engine?.db.latest.outbox).toEqual([]);
  });

  test('and merged meanwhile hands over what it had not sent', async () => {
    const { client, own } = await leaveBehind();
    const { session } = browse({ cookie: second, me: guest(second), moved: new Map([[first, second]]) });
    const engine = await opened(session, second);
    await session.refresh();
    await vi.waitFor(async () => expect(await names()).toEqual([own]));
    expect((await engine?.db.refresh())?.outbox).toMatchObject([{ op: star, clientId: client }]);
  });

  test('is deleted though it does not open', async () => {
    const { own } = await leaveBehind();
    const { session } = browse({ cookie: second, me: guest(second) });
    await opened(session, second);
    const stuck = failToOpen();
    await session.refresh();
    await vi.waitFor(async () => expect(await names()).toEqual([own]));
    stuck.mockRestore();
  });

  test('and merged meanwhile stays while it does not open, and then hands over', async () => {
    const { client, stored, own } = await leaveBehind();
    const forgetThumbs = vi.fn<SessionPort['forgetThumbs']>(async () => {});
    const jar = { cookie: second, me: guest(second), moved: new Map([[first, second]]) };
    const { session } = browse(jar, { forgetThumbs });
    const engine = await opened(session, second);
    const stuck = failToOpen();
    await session.refresh();
    await vi.waitFor(() => expect(stuck).toHaveBeenCalled());
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await names()).toEqual([stored, own]);
    expect(forgetThumbs).not.toHaveBeenCalled();
    stuck.mockRestore();
    await session.refresh();
    await vi.waitFor(async () => expect(await names()).toEqual([own]));
    expect((await engine?.db.refresh())?.outbox).toMatchObject([{ op: star, clientId: client }]);
  });

  test('stays while the server cannot say', async () => {
    const { stored, own } = await leaveBehind();
    const unknown = new RemoteError('NETWORK', 'Out of reach.');
    const { session } = browse({ cookie: second, me: guest(second), moved: new Map([[first, unknown]]) });
    await opened(session, second);
    await session.refresh();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await names()).toEqual([stored, own]);
  });

  test('stays while another tab shows it', async () => {
    const { stored, own } = await leaveBehind();
    const closing = new AbortController();
    shareLock(useOf(first), closing.signal);
    const { session } = browse({ cookie: second, me: guest(second) });
    await opened(session, second);
    await session.refresh();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await names()).toEqual([stored, own]);
    closing.abort();
    await vi.waitFor(async () => {
      await session.refresh();
      expect(await names()).toEqual([own]);
    });
  });
});

test('a library that was merged into another takes what was not sent along, under its old name', async () => {
  const { session, jar, remote } = browse({ cookie: first, me: guest(first) });
  const engine = await opened(session, first);
  await engine?.reconcile();
  await engine?.act([star]);
  jar.cookie = third;
  jar.me = guest(third);
  remote.push = async () => ({ epoch: 'other', acks: [] });
  jar.moved.set(first, third);
  await engine?.reconcile();
  const next = await opened(session, third);
  expect(next?.getState().snapshot.outbox).toMatchObject([
    { op: { ...star, seq: 1 }, clientId: engine?.getState().snapshot.client.id },
  ]);
  expect(await names()).toEqual([`afterimage:1:${third}`]);
});
