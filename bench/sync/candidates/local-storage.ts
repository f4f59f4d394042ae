/** The whole library as one text in localStorage, as far as its 5 MB go. Follows by delta; each change writes it anew. */
import { fetchAll, fetchDelta, type Everything } from '../candidate.ts';
import { mergeDelta } from '../merge-delta.ts';
import { run } from '../page.ts';

const KEY = 'library';
/** Chromium writes to disk up to five seconds later, and a browser that is closed before may lose it. */
const WRITTEN_MS = 6000;
let held: Everything = { version: 0, rows: [] };

function read(): Everything {
  const text = localStorage.getItem(KEY);
  return text === null ? held : JSON.parse(text);
}

run({
  seed: async () => {
    localStorage.setItem(KEY, JSON.stringify(await fetchAll()));
    await new Promise((resolve) => setTimeout(resolve, WRITTEN_MS));
  },
  open: async () => {
    held = read();
    return held.rows.slice(0, 50);
  },
  window: async () => held.rows.slice(0, 500),
  sync: async () => {
    const delta = await fetchDelta(held.version);
    if (delta.version !== held.version) held = mergeDelta(held, delta);
    const rows = held.rows.slice(0, 500);
    const viewAt = performance.now();
    if (delta.rows.length + delta.gone.length > 0) localStorage.setItem(KEY, JSON.stringify(held));
    return { rows, viewAt, durableAt: performance.now() };
  },
});
