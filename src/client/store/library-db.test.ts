import 'fake-indexeddb/auto';
import { describe, expect, test, vi } from 'vitest';
import { applyWindow } from '#core/reconcile.ts';
import {
  collectionId,
  collectionRow,
  cursorAt,
  generationRow,
  mediaId,
  mediaRow,
  momentAt,
} from '#core/testing/rows.ts';
import { newUploadId } from '../ids.ts';
import { addUpload, enqueue } from '../sync/steps.ts';
import { uploadArrived } from '../sync/upload-steps.ts';
import { openIdbStore } from './idb-store.ts';
import { createLibraryDb } from './library-db.ts';
import type { LocalStore, Tx } from './local-store.ts';
import { createMemoryStore } from './memory-store.ts';
import { withBase, type Snapshot } from './snapshot.ts';

const open = (store: LocalStore) => createLibraryDb(store, async () => createMemoryStore());
const rows = (count: number) => Array.from({ length: count }, (_, n) => mediaRow(count - n, n + 1));
const fill = (count: number) => (now: Snapshot) => {
  const window = {
    rows: rows(count),
    generations: [generationRow(1, 1)],
    collections: [collectionRow(1, 1)],
    asOf: cursorAt(500),
    next: null,
  };
  const base = applyWindow(now.base, now.base.cursor, window);
  return base && withBase(now, base);
};
const star = (n: number) => (now: Snapshot) =>
  enqueue(now, [{ type: 'patch', id: mediaId(n), patch: { starred: true } }], momentAt(1));
const numbers = (snapshot: Snapshot) => snapshot.outbox.map(({ op }) => op.seq);

test('what one tab writes, another reads, with the same objects for what did not change', async () => {
  const store = createMemoryStore();
  const [here, there] = [open(store), open(store)];
  await here.change(fill(60));
  const first = await there.refresh();
  expect(first.base.rows.size).toBe(60);
  await here.change(star(60));
  const second = await there.refresh();
  expect(second.outbox).toHaveLength(1);
  expect(second.base.rows.get(mediaId(60))).toBe(first.base.rows.get(mediaId(60)));
  expect(await there.refresh()).toBe(second);
});

test('tabs that write at once give out every number once, each as a client of its own', async () => {
  const store = createMemoryStore();
  const tabs = [open(store), open(store), open(store)];
  const writes = Array.from({ length: 10 }, (_, n) => tabs.map((tab) => tab.change(star(n))));
  await Promise.all(writes.flat());
  const end = await open(store).refresh();
  expect(numbers(end)).toEqual(Array.from({ length: 30 }, (_, n) => n + 1));
  const clients = new Set(tabs.map(({ latest }) => latest.client.id));
  expect(clients.size).toBe(3);
  expect(new Set(end.outbox.map(({ clientId }) => clientId))).toEqual(clients);
});

test('the head is the 50 newest that are not in the trash, what is under way, and the operations', async () => {
  const store = createMemoryStore();
  const db = open(store);
  await db.change(fill(60));
  await db.change((now) => {
    const base = {
      ...now.base,
      rows: new Map(now.base.rows).set(mediaId(60), mediaRow(60, 501, { trashedAt: momentAt(1) })),
    };
    return { ...now, base };
  });
  await db.change(star(59));
  const other = open(store);
  const head = await other.readHead();
  expect([...head.base.rows.keys()]).toEqual(Array.from({ length: 50 }, (_, n) => mediaId(59 - n)));
  expect(head.base.generations.size).toBe(1);
  expect(head.outbox).toHaveLength(1);
  const whole = await other.refresh();
  expect(whole.base.rows.get(mediaId(59)), 'what was painted is not drawn anew').toBe(
    head.base.rows.get(mediaId(59)),
  );
});

test('a step that refuses changes nothing', async () => {
  const db = open(createMemoryStore());
  await db.change(fill(2));
  const before = db.latest;
  expect(await db.change(() => null)).toBeNull();
  expect(await db.refresh()).toBe(before);
});

test('a row that makes no sense is left out and removed, and the window is fetched again', async () => {
  const store = createMemoryStore();
  await open(store).change(fill(3));
  await store.run('write', async (tx) => {
    tx.put(['m', -Date.parse(momentAt(2)), mediaId(2)], { id: mediaId(2), urls: null });
    tx.put(['m', 1, 'junk'], 'junk');
  });
  const db = open(store);
  const read = await db.refresh();
  expect([...read.base.rows.keys()]).toEqual([mediaId(3), mediaId(1)]);
  expect(read.base.cursor).toBeNull();
  await db.change(fill(3));
  const again = await open(store).refresh();
  expect(again.base.cursor).toBe(cursorAt(500));
  expect(again.base.rows.size).toBe(3);
});

test('rows of another schema are forgotten, operations are kept', async () => {
  const store = createMemoryStore();
  const db = open(store);
  await db.change(fill(3));
  await db.change(star(1));
  await store.run('write', async (tx) => {
    const mark = await tx.get('cursor');
    tx.put('cursor', { ...(typeof mark === 'object' ? mark : null), schema: 0 });
  });
  const read = await open(store).refresh();
  expect(read.base).toMatchObject({ cursor: null, reach: null, rows: new Map() });
  expect(numbers(read)).toEqual([1]);
});

test('a collection that makes no sense is left out and fetched again; the others stay', async () => {
  const store = createMemoryStore();
  await open(store).change(fill(3));
  await store.run('write', async (tx) => tx.put(['c', collectionId(2)], { name: 4 }));
  const db = open(store);
  const read = await db.refresh();
  expect(read.base.cursor).toBeNull();
  expect([...read.base.collections.values()]).toEqual([collectionRow(1, 1)]);
  await db.change(star(1));
  expect(await store.run('read', (tx) => tx.keys('c'))).toEqual([['c', collectionId(1)]]);
});

test('what a release before collections stored of a person’s own is kept', async () => {
  const store = createMemoryStore();
  const { collectionIds: _, ...draft } = mediaRow(1, 0);
  await open(store).change((now) => {
    const [first, second] = [mediaId(1), mediaId(2)];
    const waiting = addUpload(now, { draft: mediaRow(1, 0), input: { id: first, upload: newUploadId() } });
    return uploadArrived(
      addUpload(waiting, { draft: mediaRow(2, 0), input: { id: second, upload: newUploadId() } }),
      second,
      momentAt(1),
    );
  });
  await store.run('write', async (tx) => {
    for (const prefix of ['o', 'u']) {
      const [key] = await tx.keys(prefix);
      const [value] = await tx.list(prefix);
      if (key) tx.put(key, { ...(typeof value === 'object' ? value : null), draft });
    }
  });
  const read = await open(store).refresh();
  expect(read).toMatchObject({
    outbox: [{ draft: { collectionIds: [] } }],
    uploads: [{ draft: { collectionIds: [] } }],
  });
});

test('a database that was wiped under a tab is written again, and no number is given out twice', async () => {
  const store = createMemoryStore();
  const db = open(store);
  await db.change(fill(3));
  await db.change(star(1));
  await store.run('write', async (tx) => {
    for (const prefix of ['m', 'g', 'o']) tx.removeAll(prefix);
    for (const key of ['head', 'cursor', 'client']) tx.remove(key);
  });
  await db.change(star(2));
  const read = await open(store).refresh();
  expect(read.base.rows.size).toBe(3);
  expect(numbers(read)).toEqual([1, 2]);
});

/** A store whose writes fail by the given error while `fails` says so. */
const failing = (fails: (puts: number) => Error | null): LocalStore => {
  const store = createMemoryStore();
  return {
    ...store,
    kind: 'device',
    run: (mode, work) =>
      store.run(mode, async (tx) => {
        let puts = 0;
        const put: Tx['put'] = (key, value) => {
          puts++;
          tx.put(key, value);
        };
        const result = await work({ ...tx, put });
        const error = mode === 'read' ? null : fails(puts);
        if (error) throw error;
        return result;
      }),
  };
};
const quota = () => new DOMException('full', 'QuotaExceededError');

describe('when the device refuses', () => {
  test('for want of room, fewer rows are kept and no operation is lost', async () => {
    const db = open(failing((puts) => (puts > 60 ? quota() : null)));
    await db.change(fill(80));
    expect(db.isKept).toBe(true);
    expect(db.latest.base.rows.size).toBe(50);
    expect(db.latest.base.reach).toEqual({ createdAt: momentAt(31), id: mediaId(31) });
    await db.change(star(1), { durable: true });
    expect(numbers(await db.refresh())).toEqual([1]);
  });

  test('altogether, the page goes on in memory, and no number is given out twice', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    let isBroken = false;
    const db = open(failing(() => (isBroken ? quota() : null)));
    await db.change(fill(3));
    await db.change(star(1));
    isBroken = true;
    await db.change(star(2), { durable: true });
    expect(db.isKept).toBe(false);
    expect(numbers(db.latest)).toEqual([1, 2]);
    expect(db.latest.base.rows.size).toBe(3);
    expect(warn).toHaveBeenCalledOnce();
    warn.mockRestore();
  });

  test('a large file alone is its sender’s matter', async () => {
    const db = open(failing(quota));
    const files = new Map([[newUploadId(), new Blob(['x'])]]);
    await expect(db.change(star(1), { durable: true, files })).rejects.toThrow('full');
    expect(db.isKept).toBe(true);
  });

  test('to read, the person’s own changes are saved and the rest starts over', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const store = createMemoryStore();
    await open(store).change(fill(3));
    await open(store).change(star(1));
    const unreadable: LocalStore = {
      ...store,
      run: (mode, work) =>
        store.run(mode, (tx) =>
          work({
            ...tx,
            list: (prefix) => (prefix === 'm' ? Promise.reject(new Error('unreadable')) : tx.list(prefix)),
          }),
        ),
    };
    const db = open(unreadable);
    const read = await db.refresh();
    expect(read.base.cursor).toBeNull();
    expect(numbers(read)).toEqual([1]);
    warn.mockRestore();
  });
});

test('the bytes of a file are kept until its save is out of the outbox', async () => {
  const db = open(await openIdbStore('library-db-files'));
  const upload = newUploadId();
  const draft = mediaRow(1, 0);
  const files = new Map([[upload, new Blob(['bytes'])]]);
  await db.change((now) => addUpload(now, { draft, input: { id: draft.id, upload } }), { files });
  expect(await (await db.readFile(upload))?.text()).toBe('bytes');
  await db.change((now) => uploadArrived(now, draft.id, momentAt(1)));
  expect(await (await db.readFile(upload))?.text()).toBe('bytes');
  await db.change((now) => ({ ...now, outbox: [] }));
  expect(await db.readFile(upload)).toBeNull();
});
