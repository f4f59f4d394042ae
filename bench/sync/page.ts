/** The page of every candidate: opens it, draws 50 plain rows, and answers the runner's questions. */
import type { Media } from '#core/media.ts';
import type { Candidate, Synced } from './candidate.ts';
import { fingerprint, VIEW } from './view.ts';

/** Milliseconds since the navigation began. */
export type Opened = {
  documentAt: number;
  scriptAt: number;
  readableAt: number;
  paintedAt: number;
  count: number;
};
export type SyncTimes = { view: number; durable: number; fingerprint: string };

export type Bench = {
  seed: () => Promise<void>;
  /** Loads the window that a page would keep. */
  load: () => Promise<{ count: number; fingerprint: string }>;
  sync: () => Promise<SyncTimes>;
  /** As `sync`, with the longest time for which the page could do nothing else, in milliseconds. */
  watchedSync: () => Promise<SyncTimes & { longest: number }>;
  roundTrip: () => Promise<number>;
};

declare global {
  var bench: Bench;
  var opened: Promise<Opened>;
  var documentAt: number;
}

const twoFrames = () =>
  new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())));

function draw(rows: readonly Media[]) {
  const list = document.createElement('ul');
  for (const { id, prompt, starred } of rows) {
    const item = document.createElement('li');
    item.id = id;
    item.textContent = `${starred ? 'starred: ' : ''}${prompt}`;
    list.append(item);
  }
  document.body.append(list);
}

/** Ticks as fast as messages go; the longest gap between two ticks is the longest task. */
function probe(): () => number {
  const { port1, port2 } = new MessageChannel();
  let [last, longest, isOn] = [performance.now(), 0, true];
  port1.addEventListener('message', () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (isOn) port2.postMessage(null);
    else port1.close();
  });
  port1.start();
  port2.postMessage(null);
  return () => {
    isOn = false;
    return longest;
  };
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export function run(candidate: Candidate): void {
  const scriptAt = performance.now();
  /** Rows that the page keeps, as a page does. */
  let kept: readonly Media[] = [];

  async function sync(): Promise<Omit<SyncTimes, 'fingerprint'>> {
    if (!candidate.sync) throw new Error('This candidate only reads.');
    const began = performance.now();
    const { rows, viewAt, durableAt }: Synced = await candidate.sync();
    kept = rows.slice(0, VIEW);
    return { view: viewAt - began, durable: durableAt - began };
  }

  globalThis.bench = {
    seed: candidate.seed,
    load: async () => {
      kept = await candidate.window();
      return { count: kept.length, fingerprint: fingerprint(kept) };
    },
    sync: async () => ({ ...(await sync()), fingerprint: fingerprint(kept) }),
    watchedSync: async () => {
      const stop = probe();
      const times = await sync();
      await wait(100);
      return { ...times, longest: stop(), fingerprint: fingerprint(kept) };
    },
    roundTrip: async () => {
      const times: number[] = [];
      for (let n = 0; n < 5; n++) {
        const began = performance.now();
        await (await fetch('/api/ping')).json();
        times.push(performance.now() - began);
      }
      return times.sort((a, b) => a - b)[2] ?? 0;
    },
  };

  async function open(): Promise<Opened> {
    const rows = await candidate.open();
    const readableAt = performance.now();
    draw(rows);
    await twoFrames();
    const paintedAt = performance.now();
    return { documentAt: globalThis.documentAt, scriptAt, readableAt, paintedAt, count: rows.length };
  }
  if (!location.search.includes('empty')) globalThis.opened = open();
}
