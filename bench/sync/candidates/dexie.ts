/** Dexie: a table with an index in the order of the gallery. Follows by delta, in one transaction with its version. */
import { Dexie, type Table } from 'dexie';
import type { Media } from '#core/media.ts';
import { fetchAll, fetchDelta } from '../candidate.ts';
import { run } from '../page.ts';

class Library extends Dexie {
  declare media: Table<Media, string>;
  declare meta: Table<{ key: string; version: number }, string>;

  constructor() {
    super('dexie');
    this.version(1).stores({ media: 'id, [createdAt+id]', meta: 'key' });
  }
}

const db = new Library();
const newest = (count: number) => db.media.orderBy('[createdAt+id]').reverse().limit(count).toArray();

run({
  seed: async () => {
    const { rows, version } = await fetchAll();
    await db.transaction('rw', db.media, db.meta, async () => {
      await db.media.bulkPut(rows);
      await db.meta.put({ key: 'version', version });
    });
  },
  open: () => newest(50),
  window: () => newest(500),
  sync: async () => {
    const since = (await db.meta.get('version'))?.version ?? 0;
    const delta = await fetchDelta(since);
    if (delta.version !== since) {
      await db.transaction('rw', db.media, db.meta, async () => {
        await db.media.bulkPut(delta.rows);
        await db.media.bulkDelete(delta.gone);
        await db.meta.put({ key: 'version', version: delta.version });
      });
    }
    const durableAt = performance.now();
    const rows = await newest(500);
    return { rows, viewAt: performance.now(), durableAt };
  },
});
