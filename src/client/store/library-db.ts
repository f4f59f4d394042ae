/**
 * One library as this device keeps it. Every change is a pure step from one snapshot to the next, made in one
 * transaction that reads what is stored now, so that tabs cannot lose each other's writes and a base never parts
 * from its cursor. What was read last is kept in memory; its `rev` tells whether it is still what is stored.
 */
import type { UploadId } from '#core/media.ts';
import { shrink } from '#core/reconcile.ts';
import { StoreGoneError, type Key, type LocalStore, type Tx } from './local-store.ts';
import { createMemoryStore } from './memory-store.ts';
import {
  newSnapshot,
  readHead,
  readMark,
  readOwnChanges,
  readWhole,
  reuse,
  withBase,
  writeChanges,
  type Snapshot,
} from './snapshot.ts';
import type { Client } from './stored-shapes.ts';

/** The next snapshot, or null to leave everything as it is. */
export type Step = (now: Snapshot) => Snapshot | null;

export type ChangeOptions = {
  /** Answer only when the change would survive a loss of power. */
  durable?: boolean;
  /** Bytes of files, written in the same transaction. They go when no upload or save needs them any more. */
  files?: ReadonlyMap<UploadId, Blob>;
};

export type LibraryDb = {
  /** What this tab read or wrote last. */
  readonly latest: Snapshot;
  /** False when this page alone remembers. */
  readonly isKept: boolean;
  readHead: () => Promise<Snapshot>;
  /** Reads what other tabs have written. */
  refresh: () => Promise<Snapshot>;
  /** @returns The snapshot after the step, or null when the step refused. */
  change: (step: Step, options?: ChangeOptions) => Promise<Snapshot | null>;
  readFile: (id: UploadId) => Promise<Blob | null>;
  close: () => void;
  destroy: () => Promise<void>;
};

/** Rows that are kept when the device has no room for more. */
const ROWS_WITHOUT_ROOM = 50;

const isQuotaError = (error: unknown) => error instanceof Error && error.name === 'QuotaExceededError';

/** @param reopen Opens the same place again after it was destroyed for being unreadable. */
export function createLibraryDb(first: LocalStore, reopen: () => Promise<LocalStore>): LibraryDb {
  let store = first;
  // Each opening is a client of its own: a copy of a browser's profile must not give out the numbers of the original.
  let latest = newSnapshot();
  const asOwn = ({ last }: Client): Client => ({
    id: latest.client.id,
    last: Math.max(last, latest.client.last),
  });
  /** What the first paint showed: its rows stay the same objects when the rest is read. */
  let painted: Snapshot | null = null;

  /** What is stored now, and what it means: a store that was wiped under us is to be written again from memory. */
  async function read(tx: Tx): Promise<{ stored: Snapshot; now: Snapshot; spoilt: Key[] }> {
    const mark = await readMark(tx);
    if (mark !== null && mark.rev === latest.rev) return { stored: latest, now: latest, spoilt: [] };
    if (mark === null && latest.rev !== null) {
      return { stored: newSnapshot(), now: latest, spoilt: [] };
    }
    const { snapshot, spoilt } = await readWhole(tx);
    const stored = { ...reuse(painted ?? latest, snapshot), client: asOwn(snapshot.client) };
    return { stored, now: stored, spoilt };
  }

  async function write(step: Step, { durable = false, files }: ChangeOptions): Promise<Snapshot | null> {
    const written = await store.run(durable ? 'durable' : 'write', async (tx) => {
      const { stored, now, spoilt } = await read(tx);
      const next = step(now);
      if (next === null || (next === stored && spoilt.length === 0 && !files)) return next;
      for (const key of spoilt) tx.remove(key);
      for (const [id, file] of files ?? []) tx.put(['b', id], file);
      return writeChanges(tx, stored, next);
    });
    if (written) latest = written;
    return written;
  }

  /** Goes on in memory, with all that this tab knows, when the device refuses. */
  async function leaveDevice(reason: unknown): Promise<void> {
    console.warn('This device stores nothing more; this page keeps its data in memory.', reason);
    store.close();
    store = createMemoryStore();
    await store.run('write', async (tx) => {
      latest = writeChanges(tx, newSnapshot(), latest);
    });
  }

  /** Starts an unreadable database over, with what can still be read of the person's own changes. */
  async function salvage(reason: unknown): Promise<void> {
    console.warn('The stored library cannot be read; it is fetched again.', reason);
    const kept = await store.run('read', readOwnChanges).catch(() => null);
    await store.destroy();
    store = await reopen();
    latest = { ...newSnapshot(), client: kept ? asOwn(kept.client) : latest.client };
    if (kept) await write((now) => ({ ...now, ...kept, client: now.client }), { durable: true });
  }

  async function readAll(): Promise<Snapshot> {
    const { now, spoilt } = await store.run('read', read);
    painted = null;
    // Rows that make no sense are still stored: without a name, the next change reads again and removes them.
    latest = spoilt.length > 0 ? { ...now, rev: null } : now;
    return latest;
  }

  return {
    get latest() {
      return latest;
    },
    get isKept() {
      return store.kind === 'device';
    },
    readHead: async () => {
      painted = await store.run('read', readHead);
      return painted;
    },
    refresh: async () => {
      try {
        return await readAll();
      } catch (error) {
        if (error instanceof StoreGoneError) throw error;
        await salvage(error);
        return readAll();
      }
    },
    change: async (step, options = {}) => {
      try {
        return await write(step, options);
      } catch (error) {
        if (error instanceof StoreGoneError) throw error;
        // A large file alone is no reason to give up the device: its sender decides.
        if (isQuotaError(error) && options.files) throw error;
        if (isQuotaError(error)) {
          const smaller: Step = (now) => {
            const next = step(now);
            const room = { rows: ROWS_WITHOUT_ROOM, at: new Date().toISOString() };
            return next && { ...withBase(next, shrink(next.base, ROWS_WITHOUT_ROOM)), room };
          };
          const written = await write(smaller, options).catch(() => undefined);
          if (written !== undefined) return written;
        }
        await leaveDevice(error);
        return write(step, options);
      }
    },
    readFile: (id) =>
      store.run('read', async (tx) => {
        const file = await tx.get(['b', id]);
        return file instanceof Blob ? file : null;
      }),
    close: () => store.close(),
    destroy: () => store.destroy(),
  };
}
