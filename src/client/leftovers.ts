/**
 * Databases of libraries that this browser showed before. Invariant: one is deleted only after the server has said
 * that it is not the owner's, while no tab shows it; if it was merged into the owner's, what it had not sent goes along.
 */
import type { LibraryId } from '#core/owner.ts';
import { toLibraryId } from './ids.ts';
import { DATABASE } from './store/early-open.ts';
import { deleteLocalStore } from './store/idb-store.ts';
import type { LibraryDb } from './store/library-db.ts';
import { StoreGoneError } from './store/local-store.ts';
import { tryLock } from './sync/cross-tab.ts';
import { useOf } from './sync/engine.ts';
import { askFate } from './sync/fate.ts';
import { moveOwnChanges } from './sync/move.ts';
import type { Remote } from './sync/remote-port.ts';

type Owner = {
  /** Null: nobody. */
  library: LibraryId | null;
  /** The guest's library that this browser holds beside an account: it may come along yet, unsent changes and all. */
  guest: LibraryId | null;
  /** A library whose owner was signed out from elsewhere, with changes that were not sent. */
  waiting: LibraryId | null;
  /** Whether that is still so. */
  isOwner: () => boolean;
  remoteFor: (library: LibraryId) => Pick<Remote, 'changes'>;
  open: (library: LibraryId) => Promise<LibraryDb>;
  /** Libraries that this page has left: not every browser tells which databases there are. */
  left: Iterable<LibraryId>;
  /** Where changes that were not sent go along to. */
  into: () => LibraryDb | null;
};

async function listStored(): Promise<LibraryId[]> {
  if (typeof indexedDB === 'undefined' || !('databases' in indexedDB)) return [];
  // A browser that blocks a site's storage refuses even the question.
  const found = await indexedDB.databases().catch(() => []);
  return found.flatMap(({ name }) =>
    name?.startsWith(DATABASE) ? (toLibraryId(name.slice(DATABASE.length)) ?? []) : [],
  );
}

/** @returns The libraries that were forgotten. */
export async function forgetLeftovers(owner: Owner): Promise<LibraryId[]> {
  const forgotten: LibraryId[] = [];
  for (const other of new Set([...owner.left, ...(await listStored())])) {
    if (other === owner.library || other === owner.guest) continue;
    // Until another owner comes.
    if (owner.library === null && other === owner.waiting) continue;
    await tryLock(useOf(other), async () => {
      if (!owner.isOwner()) return;
      const fate = await askFate(owner.remoteFor(other));
      if (fate.type === 'unknown' || !owner.isOwner()) return;
      // Not by opening it: one that is slow to open would be taken for one that is empty.
      if (fate.type === 'strange') await deleteLocalStore(DATABASE + other);
      else if (fate.into !== owner.library || !(await takeAlong(owner, other))) return;
      forgotten.push(other);
    });
  }
  return forgotten;
}

/** What was merged into the owner's library has not gone before all that it had not sent has. @returns Whether it has. */
async function takeAlong(owner: Owner, other: LibraryId): Promise<boolean> {
  const from = await owner.open(other);
  try {
    const into = owner.isOwner() && from.isKept ? owner.into() : null;
    if (into) await moveOwnChanges(from, into, other);
    if (into && owner.isOwner()) {
      await from.destroy();
      return true;
    }
  } catch (error) {
    if (!(error instanceof StoreGoneError)) throw error;
  }
  from.close();
  return false;
}
