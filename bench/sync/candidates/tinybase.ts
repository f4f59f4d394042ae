/** TinyBase with its IndexedDB persister: a store in memory, saved as one value a table. Follows by delta. */
import { createStore, type Row } from 'tinybase';
import { createIndexedDbPersister } from 'tinybase/persisters/persister-indexed-db';
import type { Media } from '#core/media.ts';
import { fetchAll, fetchDelta } from '../candidate.ts';
import { run } from '../page.ts';

const TABLE = 'media';
const store = createStore();
const persister = createIndexedDbPersister(store, 'tinybase');

/** Cells hold texts, numbers and booleans: what is nested goes into one cell as JSON, and null is no cell. */
function toCells({ tags, settings, metadata, urls, ...flat }: Media): Row {
  const cells: Row = { nested: JSON.stringify({ tags, settings, metadata, urls }) };
  for (const [name, value] of Object.entries(flat)) if (value !== null) cells[name] = value;
  return cells;
}

const EMPTY = {
  headline: null,
  model: null,
  provider: null,
  seed: null,
  durationMs: null,
  thumbhash: null,
  generationId: null,
  outputIndex: null,
  trashedAt: null,
};

function fromCells({ nested, ...flat }: Row): Media {
  return { ...EMPTY, ...flat, ...JSON.parse(typeof nested === 'string' ? nested : '{}') };
}

const newest = (count: number) =>
  store.getSortedRowIds(TABLE, 'createdAt', true, 0, count).map((id) => fromCells(store.getRow(TABLE, id)));

run({
  seed: async () => {
    const { rows, version } = await fetchAll();
    store.transaction(() => {
      for (const row of rows) store.setRow(TABLE, row.id, toCells(row));
      store.setValue('version', version);
    });
    await persister.save();
  },
  open: async () => {
    await persister.load();
    return newest(50);
  },
  window: async () => newest(500),
  sync: async () => {
    const since = Number(store.getValue('version') ?? 0);
    const delta = await fetchDelta(since);
    const hasChanges = delta.version !== since;
    if (hasChanges) {
      store.transaction(() => {
        for (const row of delta.rows) store.setRow(TABLE, row.id, toCells(row));
        for (const id of delta.gone) store.delRow(TABLE, id);
        store.setValue('version', delta.version);
      });
    }
    const rows = newest(500);
    const viewAt = performance.now();
    if (hasChanges) await persister.save();
    return { rows, viewAt, durableAt: performance.now() };
  },
});
