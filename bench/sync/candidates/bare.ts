/** The limit: one record with 50 rows, read with nothing around it. */
import type { Media } from '#core/media.ts';
import { fetchAll } from '../candidate.ts';
import { run } from '../page.ts';

const answer = <T>(request: IDBRequest<T>) =>
  new Promise<T>((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error));
  });

function connect(): Promise<IDBDatabase> {
  const request = indexedDB.open('bare', 1);
  request.addEventListener('upgradeneeded', () => request.result.createObjectStore('kv'));
  return answer(request);
}

async function read(key: string): Promise<Media[]> {
  const store = (await connect()).transaction('kv', 'readonly').objectStore('kv');
  return answer<Media[]>(store.get(key));
}

run({
  seed: async () => {
    const { rows } = await fetchAll();
    const tx = (await connect()).transaction('kv', 'readwrite');
    const done = new Promise((resolve) => tx.addEventListener('complete', resolve));
    tx.objectStore('kv').put(rows.slice(0, 50), 'head');
    tx.objectStore('kv').put(rows.slice(0, 500), 'window');
    await done;
  },
  open: () => read('head'),
  window: () => read('window'),
  sync: null,
});
