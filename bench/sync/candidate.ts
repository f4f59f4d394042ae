/** What a candidate has to do, each in its own ordinary way. Runs in the page; see `page.ts`. */
import type { Media, MediaId } from '#core/media.ts';

export type Synced = {
  /** The newest 500 rows, as the page would now show them. */
  rows: readonly Media[];
  /** When they could be shown, and when they were committed: `performance.now()`. */
  viewAt: number;
  durableAt: number;
};

export type Candidate = {
  /** Fills an empty profile from the server. Resolves once all is committed. */
  seed: () => Promise<void>;
  /** Opens what the profile holds, without the network. Resolves with the newest 50 rows. */
  open: () => Promise<readonly Media[]>;
  /** The newest 500 rows, loaded and kept as a page would keep them. */
  window: () => Promise<readonly Media[]>;
  /** Brings the profile in step with the server. Null for a candidate that only reads. */
  sync: (() => Promise<Synced>) | null;
};

export type Delta = { version: number; rows: Media[]; gone: MediaId[] };
export type Everything = { version: number; rows: Media[] };

async function getJson<T>(path: string): Promise<T> {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response.json();
}

/** Changes after a version; the other candidates' counterpart of `sync.changes`, without a limit. */
export const fetchDelta = (since: number) => getJson<Delta>(`/api/delta?since=${since}`);
/** The whole library, newest first. */
export const fetchAll = () => getJson<Everything>('/api/all');

export type Pulled = { version: number; documents: (Media & { _deleted: boolean })[] };

/** The same for a puller that pages and that knows deleted rows as documents. */
export const fetchPull = (since: number, limit: number) =>
  getJson<Pulled>(`/api/pull?since=${since}&limit=${limit}`);
