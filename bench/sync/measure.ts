/** One measurement: one candidate with N rows held, of which K changed while it was closed. */
import { heapOf, open, visitCopy } from './browser.ts';
import { advance, makeLibrary, type State } from './library.ts';
import type { CandidateName } from './names.ts';
import type { Samples } from './samples.ts';
import type { BenchServer } from './server.ts';
import { fingerprint, VIEW } from './view.ts';

export type Subject = CandidateName | 'ours-all';

/** Changes of the one message that comes while the page is open. */
export const BURST = 1000;

const libraries = new Map<number, State>();

export function libraryOf(count: number): State {
  const library = libraries.get(count) ?? makeLibrary(count);
  libraries.set(count, library);
  return library;
}

const expected = ({ rows }: State) => fingerprint(rows.slice(0, VIEW));

function insist(isSame: boolean, what: string) {
  if (!isSame) throw new Error(`${what}: the view differs from the server's`);
}

type Bed = {
  server: BenchServer;
  executablePath: string;
  profileOf: (subject: Subject, count: number) => string;
};

export async function measure(
  bed: Bed,
  subject: Subject,
  n: number,
  k: number,
  samples: Samples,
): Promise<void> {
  const { server, executablePath } = bed;
  const what = `${subject}, N ${n}, K ${k}`;
  const add = (measure: string, value: number) => samples.add({ measure, subject, n, k }, value);
  const url = `${server.url}/page/${subject}`;
  const readsOnly = subject === 'bare' || subject === 'ours-all';

  server.setState(libraryOf(n));
  server.advance(k);
  await visitCopy(executablePath, bed.profileOf(subject, n), async ({ page }) => {
    const cold = await open(page, url);
    insist(cold.count === 50, what);
    samples.add({ measure: 'readable', subject, n, k: 0 }, cold.readableAt);
    samples.add({ measure: 'painted', subject, n, k: 0 }, cold.paintedAt);
    samples.add({ measure: 'fromScript', subject, n, k: 0 }, cold.readableAt - cold.scriptAt);
    if (k === 0) {
      await page.evaluate(() => bench.load());
      add('heap', await heapOf(page));
    }
    if (!readsOnly) {
      add('roundTrip', await page.evaluate(() => bench.roundTrip()));
      server.takeTraffic();
      const times = await page.evaluate(() => bench.sync());
      const traffic = server.takeTraffic();
      insist(times.fingerprint === expected(server.state), `${what}, synced`);
      add('view', times.view);
      add('durable', times.durable);
      add('requests', traffic.requests);
      add('received', traffic.received);
      add('sent', traffic.sent);
    }
    if (k === 0 && n > VIEW && !readsOnly) {
      server.advance(BURST);
      const burst = await page.evaluate(() => bench.watchedSync());
      insist(burst.fingerprint === expected(server.state), `${what}, burst`);
      add('burstView', burst.view);
      add('burstDurable', burst.durable);
      add('burstLongest', burst.longest);
    }
    // What a new page finds is what was committed.
    const warm = await open(page, url);
    if (k === 0) {
      add('warmReadable', warm.readableAt);
      add('warmPainted', warm.paintedAt);
    }
    if (readsOnly) return;
    const again = await page.evaluate(() => bench.load());
    insist(again.fingerprint === expected(server.state), `${what}, opened again`);
  });
}

/** Bytes of the changes themselves, for comparison with what was received. */
export const bytesOfChanges = (n: number, k: number) =>
  JSON.stringify(advance(libraryOf(n), k).changes.rows).length;
