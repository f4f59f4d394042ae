import 'fake-indexeddb/auto';
import { afterEach, expect, test, vi } from 'vitest';
import { ClaimId, type ClaimResult } from '#core/claim.ts';
import { LibraryId, type Me } from '#core/owner.ts';
import type { ChangesInput } from '#core/sync.ts';
import { clientId, mediaId, uuid } from '#core/testing/rows.ts';
import { createSession, type Session } from './session.ts';
import { createMemoryWorld } from './sync/model/memory-world.ts';
import type { LibraryName } from './sync/model/world.ts';
import { RemoteError, type Remote } from './sync/remote-port.ts';
import { failing, list, save, star } from './sync/testing/engine.ts';

const ids = { u: LibraryId.parse(uuid(0xa01)), g: LibraryId.parse(uuid(0xa02)) } as const;
const nameOf = (library: LibraryId): LibraryName => (library === ids.u ? 'u' : 'g');
const counts = { images: 1, videos: 0, collections: 0, trashed: 0, unfinished: 0 };

const sessions: Session[] = [];
afterEach(async () => {
  for (const session of sessions.splice(0)) await session.resetOwner();
  for (const { name } of await indexedDB.databases()) indexedDB.deleteDatabase(name ?? '');
});

/** A server with items 1 and 2 of a guest and 3 of an account, and browsers that show the one or the other. */
async function serve() {
  const world = createMemoryWorld();
  const put = (name: LibraryName, n: number) =>
    world.connect(name).push({ clientId: clientId(n), ops: [save(n)] });
  for (const n of [1, 2]) await put('g', n);
  await put('u', 3);
  const asked: string[] = [];
  const sent: unknown[] = [];

  function connect(library: LibraryId): Remote {
    const remote = world.connect(nameOf(library));
    const answer = async (input: ChangesInput) => {
      const adopt = input.adopt && { ...input.adopt, library: nameOf(LibraryId.parse(input.adopt.library)) };
      const changes = await remote.changes({ ...input, adopt });
      return changes.type === 'moved' ? { ...changes, to: ids.u } : changes;
    };
    return {
      ...remote,
      window: (input) => {
        asked.push(`window ${nameOf(library)}`);
        return remote.window(input);
      },
      changes: async (input) => {
        const changes = await answer(input);
        asked.push(`${changes.type} ${nameOf(library)}`);
        if (changes.type === 'delta') sent.push(...changes.changes);
        return changes;
      },
      list: failing('UNAVAILABLE'),
      digest: failing('UNAVAILABLE'),
      sendFile: failing('UNAVAILABLE'),
    };
  }

  function browse(jar: { cookie: LibraryId | null; me: Me }) {
    const moved: [LibraryId, LibraryId][] = [];
    const session = createSession({
      readCompanion: () => jar.cookie,
      writeCompanion: (library) => {
        jar.cookie = library;
      },
      readSignedOut: () => null,
      writeSignedOut: () => {},
      me: async () => jar.me,
      ensureGuest: failing('UNAVAILABLE'),
      remoteFor: connect,
      onWork: () => {},
      forgetThumbs: async () => {},
      moveThumbs: async (from, to) => void moved.push([from, to]),
    });
    sessions.push(session);
    return { session, moved };
  }

  const result: ClaimResult = {
    id: ClaimId.parse(crypto.randomUUID()),
    way: 'merged',
    from: ids.g,
    library: ids.u,
    counts,
    undoUntil: new Date().toISOString(),
  };
  const accept = async () => {
    await world.merge();
    return result;
  };
  return { world, browse, accept, asked, sent };
}

const guest: Me = { type: 'guest', library: ids.g, keptUntil: null };
const user = (held: LibraryId | null): Me => ({ type: 'user', library: ids.u, keptUntil: null, guest: held });
const stored = async () => (await indexedDB.databases()).map(({ name }) => name);

async function shown(session: Session, library: LibraryId) {
  return vi.waitFor(() => {
    const { engine } = session.getState();
    if (engine?.library !== library || engine.getState().phase !== 'whole') throw new Error('not yet');
    return engine;
  });
}

/** A browser that has seen the guest's library, starred item 1 without a network, and has then signed in. */
async function signIn(server: Awaited<ReturnType<typeof serve>>) {
  const jar: { cookie: LibraryId | null; me: Me } = { cookie: ids.g, me: guest };
  const before = server.browse(jar).session;
  const engine = await shown(before, ids.g);
  await engine.reconcile();
  await star(engine, 1);
  engine.dispose();
  jar.cookie = ids.u;
  jar.me = user(ids.g);
  return { jar, ...server.browse(jar) };
}

for (const isFirst of [true, false]) {
  const when = isFirst ? 'before the account was ever listed here' : 'into what is shown already';
  test(`a claim ${when} fetches nothing that this device holds, and takes along what was not sent`, async () => {
    const server = await serve();
    const { session, moved } = await signIn(server);
    const engine = await shown(session, ids.u);
    if (!isFirst) await engine.reconcile();
    server.asked.length = 0;
    await session.claim(ids.g, server.accept);
    expect(list(engine)).toEqual([3, 2, 1]);
    expect(list(engine, { starred: true })).toEqual([1]);
    expect(server.asked).toEqual(isFirst ? ['window u', 'delta u'] : ['delta u']);
    // Item 1 comes whole: it is starred by now.
    expect(server.sent).toMatchObject([{ type: 'media-stub', id: mediaId(2) }, { type: 'media' }]);
    expect(moved).toEqual([[ids.g, ids.u]]);
    expect(await stored()).toEqual([`afterimage:1:${ids.u}`]);
    await engine.reconcile();
    expect((await server.world.rows('u')).filter(({ starred }) => starred)).toHaveLength(1);
    server.world.check();
  });
}

test('a claim that is refused leaves both libraries as they are', async () => {
  const server = await serve();
  const { session } = await signIn(server);
  const engine = await shown(session, ids.u);
  await engine.reconcile();
  const refusal = new RemoteError('FORBIDDEN', 'Not begun here.');
  await expect(session.claim(ids.g, () => Promise.reject(refusal))).rejects.toBe(refusal);
  expect(list(engine)).toEqual([3]);
  expect(new Set(await stored())).toEqual(new Set([`afterimage:1:${ids.u}`, `afterimage:1:${ids.g}`]));
});

test('a claim stands though this device cannot follow it at once', async () => {
  const server = await serve();
  const { session } = await signIn(server);
  const engine = await shown(session, ids.u);
  await engine.reconcile();
  const accept = async () => {
    const claimed = await server.accept();
    await new Promise((resolve) => {
      indexedDB.deleteDatabase(`afterimage:1:${ids.g}`).addEventListener('success', resolve);
    });
    return claimed;
  };
  expect(await session.claim(ids.g, accept)).toMatchObject({ library: ids.u });
  expect(list(engine)).toEqual([3, 2, 1]);
});

test('a tab with changes to send learns from its refused push where the library went', async () => {
  const server = await serve();
  const jar: { cookie: LibraryId | null; me: Me } = { cookie: ids.g, me: guest };
  const { session, moved } = server.browse(jar);
  const engine = await shown(session, ids.g);
  await engine.reconcile();
  await star(engine, 1);
  await server.accept();
  jar.me = user(null);
  server.asked.length = 0;
  await engine.reconcile();
  const next = await shown(session, ids.u);
  await next.reconcile();
  expect(list(next, { starred: true })).toEqual([1]);
  expect(server.asked[0]).toBe('moved g');
  expect(moved).toEqual([[ids.g, ids.u]]);
  expect(await stored()).toEqual([`afterimage:1:${ids.u}`]);
});

test('a change that finds its database gone with a merge is made in the library it went to', async () => {
  const server = await serve();
  const jar: { cookie: LibraryId | null; me: Me } = { cookie: ids.g, me: guest };
  const { session } = server.browse(jar);
  const engine = await shown(session, ids.g);
  await engine.reconcile();
  await star(engine, 1);
  // Another tab has claimed it, and taken away the database.
  await server.accept();
  jar.cookie = ids.u;
  jar.me = user(null);
  await new Promise((resolve) => {
    indexedDB.deleteDatabase(`afterimage:1:${ids.g}`).addEventListener('success', resolve);
  });
  await star(engine, 2);
  const next = await shown(session, ids.u);
  await next.reconcile();
  expect(list(next, { starred: true })).toEqual([2, 1]);
  expect((await server.world.rows('u')).filter(({ starred }) => starred)).toHaveLength(2);
  server.world.check();
});
