import { describe, expect, test, vi } from 'vitest';
import { clientId, cursorAt, generationRow, mediaId, uuid } from '#core/testing/rows.ts';
import { createMemoryStore } from '../store/memory-store.ts';
import type { Remote } from './remote-port.ts';
import { serve, open, openOver, copyOf, settle, list, star, never, failing } from './testing/engine.ts';

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

test('over a database that was written before, the first state is already whole', async () => {
  const { remote } = await serve(3);
  const first = open(remote);
  await first.reconcile();
  const next = openOver(first.db, { ...remote, changes: never, window: never });
  expect(list(next)).toEqual([3, 2, 1]);
  expect(next.getState().phase).toBe('whole');
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
  await first.reconcile().catch(() => {});
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
