import { expect, test, vi } from 'vitest';
import type { LibraryId } from '#core/owner.ts';
import { mediaId } from '#core/testing/rows.ts';
import { RemoteError } from './sync/remote-port.ts';
import { account, browse, first, guest, names, nobody, opened, second, star } from './testing/browse.ts';

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

/** One browser with two tabs: they share the cookies and the server. */
function twoTabs(over: Parameters<typeof browse>[0]) {
  const one = browse(over);
  const two = browse(over, {
    readCompanion: () => one.jar.cookie,
    me: async () => {
      if (one.jar.me instanceof RemoteError) throw one.jar.me;
      return one.jar.me;
    },
  });
  return { jar: one.jar, one: one.session, two: two.session };
}

test('an account’s first library, known to one tab, is shown by the other that has none', async () => {
  const { jar, one, two } = twoTabs({ me: account(null) });
  await Promise.all([one.refresh(), two.refresh()]);
  jar.me = account(first);
  await one.refresh();
  expect((await opened(two, first))?.library).toBe(first);
});

test('a page that begins as somebody else tells the other tabs', async () => {
  const { jar, two } = twoTabs({ cookie: first, me: account(first) });
  await two.refresh();
  await opened(two, first);
  jar.cookie = second;
  jar.me = account(second);
  const { session: later } = browse({ cookie: second, me: account(second) });
  await later.refresh();
  expect((await opened(two, second))?.library).toBe(second);
});

test('an account without a library whose session ended is told so', async () => {
  const { session, jar } = browse({ me: account(null) });
  await session.refresh();
  jar.me = nobody;
  await session.refresh();
  expect(session.getState().signedOut).toEqual({ library: null, was: 'user', unsent: 0 });
});

test('a guest whose cookie is gone is not said to have an account', async () => {
  const { session, jar } = browse({ cookie: first, me: guest(first) });
  await session.refresh();
  await opened(session, first);
  jar.me = nobody;
  await session.refresh();
  expect(session.getState().signedOut).toEqual({ library: first, was: 'guest', unsent: 0 });
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
