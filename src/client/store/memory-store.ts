import { StoreGoneError, type Key, type LocalStore, type Tx } from './local-store.ts';

type Entry = { key: Key; value: unknown };

/** Numbers before strings and shorter keys first, as in IndexedDB. */
function compareKeys(a: readonly (string | number)[], b: readonly (string | number)[]): number {
  for (const [index, left] of a.entries()) {
    const right = b[index];
    if (right === undefined) return 1;
    if (left === right) continue;
    if (typeof left !== typeof right) return typeof left === 'number' ? -1 : 1;
    return left < right ? -1 : 1;
  }
  return a.length - b.length;
}

const partsOf = (key: Key) => (typeof key === 'string' ? [key] : key);
const isUnder = ({ key }: Entry, prefix: string) => typeof key !== 'string' && key[0] === prefix;

/** For browsers that keep nothing: the same store, forgotten with the page. Values are shared, not copied. */
export function createMemoryStore(): LocalStore {
  const entries = new Map<string, Entry>();
  let last: Promise<unknown> = Promise.resolve();
  let isOpen = true;

  async function transact<T>(work: (tx: Tx) => Promise<T>, isReadOnly: boolean): Promise<T> {
    if (!isOpen) throw new StoreGoneError('The store is closed.');
    const staged = new Map<string, Entry | null>();
    const stage = (key: Key, entry: Entry | null) => {
      if (isReadOnly) throw new TypeError('This transaction only reads.');
      staged.set(JSON.stringify(key), entry);
    };
    const list = (prefix: string) =>
      [...new Map<string, Entry | null>([...entries, ...staged]).values()]
        .filter((entry) => entry !== null && isUnder(entry, prefix))
        .flatMap((entry) => entry ?? [])
        .sort((a, b) => compareKeys(partsOf(a.key), partsOf(b.key)));
    const result = await work({
      get: async (key) => {
        const name = JSON.stringify(key);
        return (staged.has(name) ? staged.get(name) : entries.get(name))?.value;
      },
      list: async (prefix) => list(prefix).map(({ value }) => value),
      keys: async (prefix) => list(prefix).map(({ key }) => key),
      put: (key, value) => stage(key, { key, value }),
      remove: (key) => stage(key, null),
      removeAll: (prefix) => {
        for (const { key } of list(prefix)) stage(key, null);
      },
    });
    for (const [name, entry] of staged) {
      if (entry) entries.set(name, entry);
      else entries.delete(name);
    }
    return result;
  }

  return {
    kind: 'memory',
    run: (mode, work) => {
      const result = last.then(() => transact(work, mode === 'read'));
      last = result.catch(() => {});
      return result;
    },
    close: () => {
      isOpen = false;
    },
    destroy: async () => {
      isOpen = false;
      entries.clear();
    },
  };
}
