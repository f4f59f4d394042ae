import type { Collection } from '#core/collection.ts';
import type { Media } from '#core/media.ts';
import type { Op } from '#core/sync.ts';
import type { Remote } from '../remote-port.ts';

/**
 * A server with two libraries, `u` of an account and `g` of a guest, as a schedule sees it. Kept apart from the
 * schedules, so that the same ones run against a server in memory and against the real one.
 */
export type LibraryName = 'u' | 'g';

export type World = {
  connect: (library: LibraryName) => Pick<Remote, 'changes' | 'window' | 'push'>;
  /** Removes tombstones and raises the floor over them. */
  purgeTombstones: () => Promise<void>;
  /** Claims `g` into `u`. */
  merge: () => Promise<void>;
  backup: () => Promise<void>;
  /** Goes back to the last backup, if there is one, in a new epoch. */
  restoreBackup: () => Promise<void>;
  /** All rows that are not purged, newest first, and all collections that are not deleted. */
  content: (library: LibraryName) => Promise<{ rows: Media[]; collections: Collection[] }>;
  /** Whether the item was purged, or the collection deleted, at or before this cursor: a device there must not have it. */
  isPurgedAt: (library: LibraryName, id: string, cursor: string) => boolean;
  /**
   * Where the operation changed its item or its collection, in this library as it is now; null: it did not.
   */
  effectOf: (library: LibraryName, clientId: string, op: Op) => { epoch: string; version: number } | null;
  /** Throws what the server itself saw go wrong, such as an operation that took effect twice. */
  check: () => void;
};
