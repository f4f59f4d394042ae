import { describe, expect, test, vi } from 'vitest';
import { mediaId } from '#core/testing/rows.ts';
import type { LocalStore } from '../store/local-store.ts';
import { createMemoryStore } from '../store/memory-store.ts';
import type { Remote } from './remote-port.ts';
import { serve, open, list, star, never, failing } from './testing/engine.ts';

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
