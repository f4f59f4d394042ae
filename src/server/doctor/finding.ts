import { isKept, type FileRole, type MediaId } from '#core/media.ts';
import type { LibraryId } from '#core/owner.ts';
import type { StorageKey } from '../storage/keys.ts';
import type { Backend, StorageFailure } from '../storage/port.ts';

/** The file of an item that an object holds the bytes of. */
export type NamedFile = { media: MediaId; role: FileRole; library: LibraryId };

type OfObject = { backend: Backend; key: StorageKey; file: NamedFile | null };

/** One thing that is not as it should be, still so when it was looked at a second time. */
export type Finding =
  /** The ledger says live; the storage has nothing. */
  | ({ type: 'missing' } & OfObject)
  /** Another size or another hash than the ledger's. */
  | ({ type: 'corrupt' } & OfObject)
  /** The storage answers with an error: what it holds is not known. */
  | ({ type: 'unreadable'; reason: string } & OfObject)
  /** Bytes that the ledger does not know, or that it says are gone. `doubtful`: so are most, so the ledger may be the wrong one. */
  | { type: 'orphaned'; backend: Backend; key: StorageKey; modifiedAt: Date; doubtful: boolean }
  /** Live, and no record names it. */
  | { type: 'unnamed'; backend: Backend; key: StorageKey }
  /** A record names it, but it is not live. */
  | ({ type: 'withdrawn' } & OfObject)
  /** Staged so long ago that nobody will finish it. */
  | { type: 'stale'; backend: Backend; key: StorageKey }
  /** Doomed, and deleting it has failed. */
  | { type: 'stuck'; backend: Backend; key: StorageKey; failure: StorageFailure }
  /** A record without a file of its original. */
  | { type: 'bare'; media: MediaId }
  /** A storage that cannot be looked into, though the ledger says that live objects are there. */
  | { type: 'unreachable'; backend: Backend; objects: number; reason: string };

export type FindingType = Finding['type'];

/** Whether repairing can do anything about it, with what is there. */
export function isMendable(finding: Finding): boolean {
  switch (finding.type) {
    case 'missing':
    case 'corrupt':
      return finding.file === null || !isKept(finding.file.role);
    case 'orphaned':
    case 'unnamed':
    case 'withdrawn':
    case 'stale':
      return true;
    case 'stuck':
    case 'unreadable':
    case 'unreachable':
    case 'bare':
      return false;
  }
}
