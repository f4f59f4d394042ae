import 'fake-indexeddb/auto';
import { promisifyRequest } from 'idb-keyval';
import { describe, expect, test, vi } from 'vitest';
import { openIdbStore, openLocalStore } from './idb-store.ts';
import { StoreGoneError, type LocalStore } from './local-store.ts';
import { createMemoryStore } from './memory-store.ts';

let count = 0;
const newName = () => `test:${++count}`;

const adapters: [string, () => Promise<LocalStore>][] = [
  ['IndexedDB', () => openIdbStore(newName())],
  ['memory', async () => createMemoryStore()],
];

describe.each(adapters)('local store contract: %s', (_, open) => {
  test('what was put can be read, listed by prefix in key order, and removed', async () => {
    const store = await open();
    await store.run('write', async (tx) => {
      tx.put('head', { a: 1 });
      for (const at of [-2, -30, 5]) for (const id of ['b', 'a']) tx.put(['m', at, id], `${at}${id}`);
      tx.put(['m2', 1], 'other');
      tx.put(['l', 1], 'other');
    });
    await store.run('read', async (tx) => {
      expect(await tx.get('head')).toEqual({ a: 1 });
      expect(await tx.get(['m', 5, 'a'])).toBe('5a');
      expect(await tx.get('none')).toBeUndefined();
      expect(await tx.list('m')).toEqual(['-30a', '-30b', '-2a', '-2b', '5a', '5b']);
      expect((await tx.keys('m')).slice(0, 2)).toEqual([
        ['m', -30, 'a'],
        ['m', -30, 'b'],
      ]);
    });
    await store.run('write', async (tx) => tx.remove(['m', 5, 'a']));
    expect(await store.run('read', (tx) => tx.list('m'))).toHaveLength(5);
    await store.run('write', async (tx) => tx.removeAll('m'));
    expect(await store.run('read', (tx) => tx.list('m'))).toEqual([]);
    expect(await store.run('read', (tx) => tx.list('m2'))).toEqual(['other']);
  });

  test('a transaction sees its own writes', async () => {
    const store = await open();
    const seen = await store.run('durable', async (tx) => {
      tx.put(['m', 1], 'a');
      tx.put(['m', 2], 'b');
      tx.remove(['m', 1]);
      return { list: await tx.list('m'), gone: await tx.get(['m', 1]), there: await tx.get(['m', 2]) };
    });
    expect(seen).toEqual({ list: ['b'], gone: undefined, there: 'b' });
  });

  test('work that throws writes nothing', async () => {
    const store = await open();
    const failing = store.run('write', async (tx) => {
      tx.put('a', 1);
      await tx.get('a');
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await store.run('read', (tx) => tx.get('a'))).toBeUndefined();
  });

  test('read-modify-write transactions do not lose updates to one another', async () => {
    const store = await open();
    const increment = () =>
      store.run('write', async (tx) => {
        const n = Number((await tx.get('n')) ?? 0);
        await tx.get('other');
        tx.put('n', n + 1);
      });
    await Promise.all(Array.from({ length: 50 }, increment));
    expect(await store.run('read', (tx) => tx.get('n'))).toBe(50);
  });

  test('a reader never sees half of a write', async () => {
    const store = await open();
    const write = (n: number) =>
      store.run('write', async (tx) => {
        tx.put('a', n);
        await tx.get('a');
        tx.put('b', n);
      });
    const read = () => store.run('read', async (tx) => [await tx.get('a'), await tx.get('b')]);
    const [, one, , two] = await Promise.all([write(1), read(), write(2), read(), write(3)]);
    expect([one, two]).toEqual([
      [1, 1],
      [2, 2],
    ]);
  });

  test('a transaction that reads cannot write', async () => {
    const store = await open();
    await expect(store.run('read', async (tx) => tx.put('a', 1))).rejects.toThrow(/read/i);
    expect(await store.run('read', (tx) => tx.get('a'))).toBeUndefined();
  });

  test('blobs are kept', async () => {
    const store = await open();
    await store.run('write', async (tx) => tx.put(['b', 'x'], new Blob(['hello'])));
    const blob = await store.run('read', (tx) => tx.get(['b', 'x']));
    expect(blob instanceof Blob && (await blob.text())).toBe('hello');
  });

  test('after it was destroyed it refuses everything', async () => {
    const store = await open();
    await store.run('write', async (tx) => tx.put('a', 1));
    await store.destroy();
    await expect(store.run('read', (tx) => tx.get('a'))).rejects.toThrow(StoreGoneError);
  });
});

describe('IndexedDB', () => {
  test('what was written is there when it is opened again, unless it was destroyed', async () => {
    const name = newName();
    const first = await openIdbStore(name);
    await first.run('durable', async (tx) => tx.put('a', 1));
    first.close();
    const second = await openIdbStore(name);
    expect(await second.run('read', (tx) => tx.get('a'))).toBe(1);
    await second.destroy();
    const third = await openIdbStore(name);
    expect(await third.run('read', (tx) => tx.get('a'))).toBeUndefined();
  });

  test('a deletion by another tab is not held up, and is noticed', async () => {
    const name = newName();
    const [here, there] = [await openIdbStore(name), await openIdbStore(name)];
    await there.destroy();
    await expect(here.run('write', async (tx) => tx.put('a', 1))).rejects.toThrow(StoreGoneError);
  });

  test('a connection that closed under it is opened again', async () => {
    const name = newName();
    const store = await openIdbStore(name);
    const spy = vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementationOnce(function (
      this: IDBDatabase,
    ) {
      throw new DOMException('closing', 'InvalidStateError');
    });
    await store.run('write', async (tx) => tx.put('a', 1));
    expect(spy).toHaveBeenCalledTimes(2);
    spy.mockRestore();
    expect(await store.run('read', (tx) => tx.get('a'))).toBe(1);
  });

  test('an open that never answers ends in memory', async () => {
    // A tab that does not let go holds up the deletion, and the deletion holds up every later open.
    const name = newName();
    await promisifyRequest(indexedDB.open(name));
    indexedDB.deleteDatabase(name);
    const store = await openLocalStore(name, 10);
    expect(store.kind).toBe('memory');
    await store.run('write', async (tx) => tx.put('a', 1));
    expect(await store.run('read', (tx) => tx.get('a'))).toBe(1);
  });

  test('a browser without it ends in memory', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const spy = vi.spyOn(indexedDB, 'open').mockImplementation(() => {
      throw new DOMException('private browsing', 'SecurityError');
    });
    expect((await openLocalStore(newName())).kind).toBe('memory');
    expect(warn).toHaveBeenCalledOnce();
    spy.mockRestore();
    warn.mockRestore();
    expect((await openLocalStore(newName())).kind).toBe('device');
  });
});
