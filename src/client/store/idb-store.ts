import { promisifyRequest, type UseStore } from 'idb-keyval';
import { openDatabase } from './early-open.ts';
import { StoreGoneError, type Key, type LocalStore, type Mode, type Tx } from './local-store.ts';
import { createMemoryStore } from './memory-store.ts';

const OBJECT_STORE = 'kv';

const isKey = (key: IDBValidKey): key is string | [string, ...(string | number)[]] =>
  typeof key === 'string' || (Array.isArray(key) && typeof key[0] === 'string');

// [prefix] <= [prefix, ...] < [prefix, []]: an array sorts after every number and string.
const under = (prefix: string) => IDBKeyRange.bound([prefix], [prefix, []]);
const toIdb = (key: Key): IDBValidKey => (typeof key === 'string' ? key : [...key]);

const txOver = (store: IDBObjectStore): Tx => ({
  get: (key) => promisifyRequest<unknown>(store.get(toIdb(key))),
  list: (prefix) => promisifyRequest<unknown[]>(store.getAll(under(prefix))),
  keys: async (prefix) => (await promisifyRequest(store.getAllKeys(under(prefix)))).filter(isKey),
  put: (key, value) => void store.put(value, toIdb(key)),
  remove: (key) => void store.delete(toIdb(key)),
  removeAll: (prefix) => void store.delete(under(prefix)),
});

/** Deletes what is stored under this name, whether or not it could be opened. Resolves once it is gone. */
export async function deleteLocalStore(name: string): Promise<void> {
  if (typeof indexedDB === 'undefined') return;
  // A tab that still has it open closes on `versionchange`; until then the request waits, it does not fail.
  await promisifyRequest(indexedDB.deleteDatabase(name));
}

const nameOf = (error: unknown) =>
  error instanceof Error || error instanceof DOMException ? error.name : '';

/** Rejects when the browser has no IndexedDB or will not open this database. */
export async function openIdbStore(name: string): Promise<LocalStore> {
  let connection: Promise<IDBDatabase> | null = null;
  let isGone = false;

  const connect = () => {
    if (isGone) return Promise.reject(new StoreGoneError(`${name} was deleted.`));
    connection ??= openDatabase(name).then(
      (db) => {
        db.addEventListener('versionchange', () => {
          isGone = true;
          db.close();
        });
        // The browser took the connection away (storage cleared, or its own trouble): open anew at the next use.
        db.addEventListener('close', () => {
          connection = null;
        });
        return db;
      },
      (error: unknown) => {
        connection = null;
        throw error;
      },
    );
    return connection;
  };

  const useStore =
    (durability: IDBTransactionDurability): UseStore =>
    async (txMode, callback) => {
      const db = await connect();
      return callback(db.transaction(OBJECT_STORE, txMode, { durability }).objectStore(OBJECT_STORE));
    };
  const stores: Record<Mode, [IDBTransactionMode, UseStore]> = {
    read: ['readonly', useStore('relaxed')],
    write: ['readwrite', useStore('relaxed')],
    durable: ['readwrite', useStore('strict')],
  };

  const transact = <T>(mode: Mode, work: (tx: Tx) => Promise<T>): Promise<T> => {
    const [txMode, use] = stores[mode];
    return use(txMode, async (store) => {
      const done = promisifyRequest(store.transaction);
      try {
        const result = await work(txOver(store));
        // What was read is whole already; that a reading transaction has ended too is worth no wait of a first paint.
        if (mode === 'read') done.catch(() => {});
        else await done;
        return result;
      } catch (error) {
        done.catch(() => {});
        try {
          store.transaction.abort();
        } catch {
          // It has ended already, which is what was wanted.
        }
        throw store.transaction.error ?? error;
      }
    });
  };

  await connect();
  return {
    kind: 'device',
    run: async (mode, work) => {
      try {
        return await transact(mode, work);
      } catch (error) {
        // The connection was closing; nothing was written, and a new one may well work.
        if (isGone || !['InvalidStateError', 'AbortError'].includes(nameOf(error))) throw error;
        connection = null;
        return transact(mode, work);
      }
    },
    close: () => {
      isGone = true;
      void connection?.then((db) => db.close());
    },
    destroy: async () => {
      isGone = true;
      const db = await connection?.catch(() => null);
      db?.close();
      await deleteLocalStore(name);
    },
  };
}

/**
 * The device's store, or one in memory where IndexedDB is missing, broken or silent: some browsers never answer
 * `open`, and a page must not wait for that.
 */
export async function openLocalStore(name: string, timeoutMs = 1500): Promise<LocalStore> {
  const opening = openIdbStore(name);
  const timeout = Promise.withResolvers<null>();
  const timer = setTimeout(() => timeout.resolve(null), timeoutMs);
  try {
    const store = await Promise.race([opening, timeout.promise]);
    if (store) return store;
    void opening.then((late) => late.close()).catch(() => {});
  } catch (error) {
    console.warn('IndexedDB is not available; this page keeps its data in memory.', error);
  } finally {
    clearTimeout(timer);
  }
  return createMemoryStore();
}
