/**
 * Databases of libraries that this browser showed before. Invariant: one is deleted only after the server has said
 * that it is not the owner's, while no tab shows it; if it was merged into the owner's, what it had not sent goes along.
 */
import type { LibraryId } from '#core/owner.ts';
import { toLibraryId } from './ids.ts';
import { DATABASE } from './store/early-open.ts';
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
  const found = await indexedDB.databases();
  return found.flatMap(({ name }) =>
    name?.startsWith(DATABASE) ? (toLibraryId(name.slice(DATABASE.length)) ?? []) : [],
  );
}

/** @returns The libraries that were forgotten. */
export async function forgetLeftovers(owner: Owner): Promise<LibraryId[]> {
  const forgotten: LibraryId[] = [];
  for (const other of new Set([...owner.left, ...(await listStored())])) {
    if (other === owner.library || other === owner.guest) continue;
    await tryLock(useOf(other), async () => {
      if (!owner.isOwner()) return;
      const fate = await askFate(owner.remoteFor(other));
      const isMerged = fate.type === 'merged';
      if (fate.type === 'unknown' || (isMerged && fate.into !== owner.library) || !owner.isOwner()) return;
      const from = await owner.open(other);
      try {
        const into = owner.isOwner() ? owner.into() : null;
        if (isMerged && into) await moveOwnChanges(from, into, other);
        if (!owner.isOwner() || (isMerged && !into)) return from.close();
        await from.destroy();
        forgotten.push(other);
      } catch (error) {
        from.close();
        if (!(error instanceof StoreGoneError)) throw error;
      }
      return undefined;
    });
  }
  return forgotten;
}
