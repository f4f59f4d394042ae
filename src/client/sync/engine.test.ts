import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { LibraryId } from '#core/owner.ts';
import { digestRows } from '#core/protocol.ts';
import type { Op } from '#core/sync.ts';
import { clientId, cursorAt, generationRow, mediaId, uuid } from '#core/testing/rows.ts';
import { createLibraryDb } from '../store/library-db.ts';
import type { Key, LocalStore } from '../store/local-store.ts';
import { createMemoryStore } from '../store/memory-store.ts';
import { createEngine, type Engine, type EngineEvents } from './engine.ts';
import { createMemoryWorld } from './model/memory-world.ts';
import { RemoteError, type Remote } from './remote-port.ts';

const engines: Engine[] = [];
afterEach(() => {
  for (const engine of engines.splice(0)) engine.dispose();
});

let library = LibraryId.parse(uuid(0));
let libraries = 0;
beforeEach(() => {
  library = LibraryId.parse(uuid(0xf000 + ++libraries));
});

const save = (n: number): Op => ({
  seq: n,
  type: 'save',
  id: mediaId(n),
  input: { prompt: `item ${n}`, data: 'AAAA' },
});

/** A server with items 1 to `count`, and its connection, of which a test can replace calls. */
async function serve(count: number) {
  const world = createMemoryWorld();
  const server = world.connect('u');
  for (let n = 1; n <= count; n++) await server.push({ clientId: clientId(9), ops: [save(n)] });
  const remote: Remote = {
    ...server,
    list: async ({ limit, cursor = '9', starred, trash = false }) => {
      const older = (await world.rows('u'))
        .filter((row) => `${Date.parse(row.createdAt)}_${row.id}` < cursor)
        .filter((row) => (row.trashedAt !== null) === trash && (!starred || row.starred));
      const { asOf } = await server.window({ limit: 1 });
      return { items: older.slice(0, limit), nextCursor: older.length > limit ? 'more' : null, asOf };
    },
    digest: async () => {
      const { rows, collections, asOf } = await server.window({ limit: 500 });
      return { asOf, ...digestRows(rows), collections: digestRows(collections) };
    },
    sendFile: () => Promise.reject(new Error('No files here.')),
  };
  const change = (op: Op) => server.push({ clientId: clientId(8), ops: [op] });
  return { world, remote, change };
}

const nothing = () => {};

function open(remote: Remote, store: LocalStore = createMemoryStore(), events: Partial<EngineEvents> = {}) {
  // Of a store on a device, closing ends one connection, not the store.
  const db = createLibraryDb({ ...store, close: () => {} }, async () => createMemoryStore());
  const engine = createEngine(library, db, remote, {
    onWork: nothing,
    onMoved: nothing,
    onOwnerChange: nothing,
    onGone: async () => {},
    onDeleted: nothing,
    ...events,
  });
  engines.push(engine);
  return engine;
}

/** What a copied profile starts with: everything that is stored. */
async function copyOf(store: LocalStore): Promise<LocalStore> {
  const stored = await store.run('read', async (tx) => {
    const keys: Key[] = ['head', 'cursor', 'client'];
    for (const prefix of ['m', 'g', 'c', 'o', 'u']) keys.push(...(await tx.keys(prefix)));
    return Promise.all(keys.map(async (key) => [key, structuredClone(await tx.get(key))] as const));
  });
  const copy = createMemoryStore();
  await copy.run('write', async (tx) => {
    for (const [key, value] of stored) tx.put(key, value);
  });
  return copy;
}

async function settle() {
  for (let turn = 0; turn < 20; turn++) await nextTurn();
}
const list = (engine: Engine, filter = {}) =>
  engine.views.list(engine.getState(), filter).map(({ id }) => Number.parseInt(id.slice(-4), 16));
const star = (engine: Engine, n: number) =>
  engine.act([{ type: 'patch', id: mediaId(n), patch: { starred: true } }]);
const never = (_: unknown, signal?: AbortSignal) =>
  new Promise<never>((_, reject) =>
    signal?.addEventListener('abort', () => reject(new RemoteError('NETWORK', 'Left.'))),
  );
const failing = (code: RemoteError['code']) => () => Promise.reject(new RemoteError(code, 'No.'));

test('paints from the device while the network is silent', async () => {
  const { remote } = await serve(3);
  const store = createMemoryStore();
  await open(remote, store).reconcile();
  const engine = open({ ...remote, changes: never, window: never }, store);
  void engine.reconcile();
  await settle();
  expect(list(engine)).toEqual([3, 2, 1]);
  expect(engine.getState()).toMatchObject({ phase: 'whole', isChecked: false, isSyncing: true });
});

test('shows an operation before it is sent, and the same after it was', async () => {
  const { remote, world } = await serve(2);
  const engine = open(remote);
  await engine.reconcile();
  await star(engine, 2);
  expect(list(engine, { starred: true })).toEqual([2]);
  expect([...engine.views.pending(engine.getState().snapshot)]).toEqual([mediaId(2)]);
  await engine.reconcile();
  expect(list(engine, { starred: true })).toEqual([2]);
  expect(engine.views.pending(engine.getState().snapshot).size).toBe(0);
  expect(engine.getState().snapshot.outbox).toEqual([]);
  expect((await world.rows('u'))[0]?.starred).toBe(true);
});

test('operations survive a reload without a network, and are sent later', async () => {
  const { remote } = await serve(2);
  const store = createMemoryStore();
  const first = open({ ...remote, push: failing('NETWORK') }, store);
  await star(first, 1);
  await expect(first.reconcile()).rejects.toMatchObject({ code: 'NETWORK' });
  expect(first.getState().error?.isPassing).toBe(true);
  first.dispose();
  const second = open(remote, store);
  await second.reconcile();
  expect(list(second, { starred: true })).toEqual([1]);
  expect(second.getState()).toMatchObject({ error: null, isChecked: true });
  expect(second.getState().snapshot.outbox).toEqual([]);
});

test('a copy of a browser’s profile sends what it does itself, and what both have once', async () => {
  const { remote, world } = await serve(3);
  const original = createMemoryStore();
  const first = open({ ...remote, push: failing('NETWORK') }, original);
  await star(first, 1);
  await first.reconcile().catch(nothing);
  first.dispose();
  const copy = await copyOf(original);
  const [here, there] = [open(remote, original), open(remote, copy)];
  await star(here, 2);
  await here.reconcile();
  await world.connect('u').push({
    clientId: clientId(8),
    ops: [{ seq: 1, type: 'patch', id: mediaId(1), patch: { starred: false } }],
  });
  await star(there, 3);
  await there.reconcile();
  expect((await world.rows('u')).map(({ starred }) => starred)).toEqual([true, true, false]);
  world.check();
});

test('a wish that arrives while a reconcile runs is sent by it', async () => {
  const { remote, world } = await serve(1);
  const gate = Promise.withResolvers<void>();
  const engine = open({ ...remote, window: (input) => gate.promise.then(() => remote.window(input)) });
  const running = engine.reconcile();
  await settle();
  await star(engine, 1);
  gate.resolve();
  await running;
  expect((await world.rows('u'))[0]?.starred).toBe(true);
});

test('a poke that comes while an answer is on its way is not lost with it', async () => {
  const { remote, change } = await serve(1);
  const gate = Promise.withResolvers<void>();
  const changes: Remote['changes'] = async (input) => {
    const answer = await remote.changes(input);
    await gate.promise;
    return answer;
  };
  const engine = open({ ...remote, changes });
  await engine.reconcile();
  const running = engine.reconcile();
  await settle();
  await change({ seq: 1, type: 'trash', id: mediaId(1) });
  void engine.reconcile();
  gate.resolve();
  await running;
  expect(list(engine, { trash: true })).toEqual([1]);
});

test('another tab sees what this one does', async () => {
  const { remote } = await serve(2);
  const store = createMemoryStore();
  const [here, there] = [open(remote, store), open({ ...remote, changes: never, window: never }, store)];
  await here.reconcile();
  await vi.waitFor(() => expect(list(there)).toEqual([2, 1]));
  await star(here, 1);
  await vi.waitFor(() => expect(list(there, { starred: true })).toEqual([1]));
});

test('an empty library is known to be empty only when the server said so', async () => {
  const { remote } = await serve(0);
  const engine = open(remote);
  await settle();
  expect(engine.getState()).toMatchObject({ phase: 'whole', snapshot: { base: { cursor: null } } });
  await engine.reconcile();
  expect(engine.getState().snapshot.base.cursor).not.toBeNull();
});

test('a generation that was just made is there at once', async () => {
  const engine = open((await serve(0)).remote);
  await engine.know(generationRow(5, 3));
  const { generations } = engine.getState().snapshot.base;
  expect(engine.views.generations(generations).active).toHaveLength(1);
});

describe('what the server refuses', () => {
  const error = { code: 'BAD_INPUT', message: 'Too long.' };
  const refuse =
    (remote: Remote): Remote['push'] =>
    async (input) => {
      const { epoch } = await remote.push({ ...input, ops: [] });
      return { epoch, acks: input.ops.map(({ seq }) => ({ seq, version: 0, status: 'rejected', error })) };
    };

  test('is taken back, and waits to be retried under a new number or discarded', async () => {
    const { remote, world } = await serve(2);
    const store = createMemoryStore();
    const engine = open({ ...remote, push: refuse(remote) }, store);
    await star(engine, 1);
    await star(engine, 2);
    await engine.reconcile();
    expect(list(engine, { starred: true })).toEqual([]);
    expect(engine.getState().snapshot.outbox.map((pending) => pending.error)).toEqual([error, error]);
    engine.dispose();

    const later = open(remote, store);
    await later.reconcile();
    await later.retry(1);
    expect(later.getState().snapshot.outbox.map(({ op }) => op.seq)).toEqual([2, 3]);
    await later.discard(2);
    await later.reconcile();
    expect(later.getState().snapshot.outbox).toEqual([]);
    expect((await world.rows('u')).map(({ starred }) => starred)).toEqual([false, true]);
  });

  test('as a whole request is tried one by one, and the others go on', async () => {
    const { remote, world } = await serve(3);
    const push: Remote['push'] = (input) =>
      input.ops.some(({ id }) => id === mediaId(2)) ? failing('BAD_INPUT')() : remote.push(input);
    const engine = open({ ...remote, push });
    for (const n of [1, 2, 3]) await star(engine, n);
    await engine.reconcile();
    expect((await world.rows('u')).map(({ starred }) => starred)).toEqual([true, false, true]);
    expect(engine.getState().snapshot.outbox.map(({ op, error }) => [op.id, error?.code])).toEqual([
      [mediaId(2), 'BAD_INPUT'],
    ]);
  });

  test('because the owner changed is the session’s matter, and nothing is parked', async () => {
    const { remote } = await serve(1);
    const onOwnerChange = vi.fn<() => void>();
    const engine = open({ ...remote, push: failing('OWNER_CHANGED') }, createMemoryStore(), {
      onOwnerChange,
    });
    await star(engine, 1);
    await engine.reconcile();
    expect(onOwnerChange).toHaveBeenCalledOnce();
    expect(engine.getState().snapshot.outbox).toMatchObject([{ ack: null, error: null }]);
  });
});

/** A device that holds the three newest of `count`. */
async function openSmall(count: number) {
  const { remote, change } = await serve(count);
  const small: Remote = { ...remote, window: (input) => remote.window({ ...input, limit: 3 }) };
  const engine = open({
    ...small,
    window: (input, signal) => (input.before ? never(input, signal) : small.window(input)),
  });
  void engine.reconcile();
  await vi.waitFor(() => expect(list(engine)).toHaveLength(3));
  return { remote, engine, change };
}

test('a device without room is not filled again before a day has passed', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  try {
    const { remote } = await serve(120);
    const asked = vi.fn<Remote['window']>(remote.window);
    const store = createMemoryStore();
    let room = 60;
    const full: LocalStore = {
      ...store,
      run: (mode, work) =>
        store.run(mode, async (tx) => {
          const result = await work(tx);
          if ((await tx.keys('m')).length > room) throw new DOMException('full', 'QuotaExceededError');
          return result;
        }),
    };
    const engine = open({ ...remote, window: asked }, full);
    const held = () => engine.db.latest.base.rows.size;
    for (let visit = 0; visit < 3; visit++) await engine.reconcile();
    expect([held(), asked.mock.calls.length]).toEqual([50, 1]);

    vi.setSystemTime(Date.now() + 25 * 3_600_000);
    for (let visit = 0; visit < 3; visit++) await engine.reconcile();
    expect([held(), asked.mock.calls.length]).toEqual([50, 2]);
    engine.dispose();

    room = 1000;
    const later = open({ ...remote, window: asked }, full);
    await later.reconcile();
    expect(asked).toHaveBeenCalledTimes(2);
    vi.setSystemTime(Date.now() + 25 * 3_600_000);
    await later.reconcile();
    expect([later.db.latest.base.rows.size, asked.mock.calls.length]).toEqual([120, 3]);
  } finally {
    vi.useRealTimers();
  }
});

describe('beyond the window', () => {
  test('pages follow on without gap or repeat, to the end', async () => {
    const { engine } = await openSmall(250);
    await engine.loadMore({});
    expect(list(engine)).toEqual(Array.from({ length: 103 }, (_, n) => 250 - n));
    await Promise.all([engine.loadMore({}), engine.loadMore({})]);
    await engine.loadMore({});
    await engine.loadMore({});
    expect(list(engine)).toEqual(Array.from({ length: 250 }, (_, n) => 250 - n));
  });

  test('an item of the tail can be changed like any other', async () => {
    const { engine } = await openSmall(8);
    await engine.loadMore({});
    await engine.act([{ type: 'trash', id: mediaId(2) }]);
    expect(list(engine)).toEqual([8, 7, 6, 5, 4, 3, 1]);
    expect(list(engine, { trash: true })).toEqual([]);
    await engine.loadMore({ trash: true });
    expect(list(engine, { trash: true })).toEqual([2]);
  });

  test('a page that cannot be had says so', async () => {
    const { remote } = await serve(8);
    const engine = open({
      ...remote,
      window: (input, signal) =>
        input.before ? never(input, signal) : remote.window({ ...input, limit: 3 }),
      list: failing('NETWORK'),
    });
    void engine.reconcile();
    await vi.waitFor(() => expect(list(engine)).toHaveLength(3));
    await engine.loadMore({});
    expect(engine.getState()).toMatchObject({ loadError: 'No.', loadingMore: new Set() });
  });
});

describe('after its end', () => {
  test('late answers are not shown', async () => {
    const { remote } = await serve(3);
    const store = createMemoryStore();
    const gate = Promise.withResolvers<void>();
    const engine = open(
      { ...remote, window: (input) => gate.promise.then(() => remote.window(input)) },
      store,
    );
    const onChange = vi.fn<() => void>();
    const running = engine.reconcile();
    await settle();
    engine.subscribe(onChange);
    engine.dispose();
    gate.resolve();
    await running;
    expect(onChange).not.toHaveBeenCalled();
    expect(list(engine)).toEqual([]);
  });

  test('a library that moved is handed over', async () => {
    const { remote } = await serve(1);
    const onMoved = vi.fn<(to: string) => void>();
    const engine = open({ ...remote, changes: async () => ({ type: 'moved', to: uuid(5) }) }, undefined, {
      onMoved,
    });
    await engine.reconcile();
    await engine.reconcile();
    expect(onMoved).toHaveBeenCalledExactlyOnceWith(uuid(5));
  });
});

test('a base that differs from the server for no known reason is found out and fetched again', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const { remote } = await serve(3);
  const store = createMemoryStore();
  const first = open(remote, store);
  await first.reconcile();
  await settle();
  await first.db.change((now) => {
    const rows = new Map(now.base.rows);
    rows.delete(mediaId(2));
    return { ...now, base: { ...now.base, rows } };
  });
  first.dispose();
  const onWork = vi.fn<() => void>();
  const second = open(remote, store, { onWork });
  await second.reconcile();
  expect(list(second)).toEqual([3, 1]);
  await vi.waitFor(() => expect(onWork).toHaveBeenCalledOnce());
  await second.reconcile();
  expect(list(second)).toEqual([3, 2, 1]);
  await second.reconcile();
  expect(warn).toHaveBeenCalledOnce();
  warn.mockRestore();
});

test('a poke at the cursor that is held asks for nothing', async () => {
  const { remote } = await serve(1);
  const onWork = vi.fn<() => void>();
  const engine = open(remote, undefined, { onWork });
  await engine.reconcile();
  engine.poke(cursorAt(1));
  expect(onWork).not.toHaveBeenCalled();
  engine.poke(cursorAt(2));
  expect(onWork).toHaveBeenCalledOnce();
});

test('the cursor that is asked with is the one that is stored', async () => {
  const { remote, change } = await serve(1);
  const changes = vi.fn<Remote['changes']>(remote.changes);
  const engine = open({ ...remote, changes });
  await engine.reconcile();
  expect(changes).not.toHaveBeenCalled();
  await change({ seq: 1, type: 'trash', id: mediaId(1) });
  await engine.reconcile();
  expect(changes.mock.calls.map(([{ cursor }]) => cursor)).toEqual([cursorAt(1)]);
  expect(list(engine, { trash: true })).toEqual([1]);
});
