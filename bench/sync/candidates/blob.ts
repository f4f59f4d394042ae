/** The whole library in one value of idb-keyval. Follows by delta; every change writes the value anew. */
import { get, set } from 'idb-keyval';
import { fetchAll, fetchDelta, type Everything } from '../candidate.ts';
import { mergeDelta } from '../merge-delta.ts';
import { run } from '../page.ts';

const KEY = 'library';
let held: Everything = { version: 0, rows: [] };

run({
  seed: async () => set(KEY, await fetchAll()),
  open: async () => {
    held = (await get<Everything>(KEY)) ?? held;
    return held.rows.slice(0, 50);
  },
  window: async () => held.rows.slice(0, 500),
  sync: async () => {
    const delta = await fetchDelta(held.version);
    if (delta.version !== held.version) held = mergeDelta(held, delta);
    const rows = held.rows.slice(0, 500);
    const viewAt = performance.now();
    if (delta.rows.length + delta.gone.length > 0) await set(KEY, held);
    return { rows, viewAt, durableAt: performance.now() };
  },
});
