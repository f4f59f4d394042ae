/**
 * Databases of libraries that this browser showed before. Invariant: one is deleted only after the server has said
 * that it is not the owner's, while no tab shows it; if it was merged into the owner's, what it had not sent goes along.
 */
import { SYNC_SCHEMA } from '#core/protocol.ts';
import type { LibraryId } from '#core/owner.ts';
import { toLibraryId } from './ids.ts';
import type { LibraryDb } from './store/library-db.ts';
import { StoreGoneError } from './store/local-store.ts';
import { tryLock } from './sync/cross-tab.ts';
import { useOf } from './sync/engine.ts';
import { moveOwnChanges } from './sync/move.ts';
import { RemoteError, type Remote } from './sync/remote-port.ts';

const PREFIX = 'afterimage:1:';

export const nameOf = (library: LibraryId) => `${PREFIX}${library}`;

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
    name?.startsWith(PREFIX) ? (toLibraryId(name.slice(PREFIX.length)) ?? []) : [],
  );
}

/** 'unknown': to be asked again at another visit. */
async function fateOf(other: LibraryId, owner: Owner): Promise<'strange' | 'merged' | 'unknown'> {
  try {
    const answer = await owner.remoteFor(other).changes({ cursor: null, schema: SYNC_SCHEMA });
    return answer.type === 'moved' && answer.to === owner.library ? 'merged' : 'unknown';
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
    return error.isOwnerChange ? 'strange' : 'unknown';
  }
}

/** @returns The libraries that were forgotten. */
export async function forgetLeftovers(owner: Owner): Promise<LibraryId[]> {
  const forgotten: LibraryId[] = [];
  for (const other of new Set([...owner.left, ...(await listStored())])) {
    if (other === owner.library || other === owner.guest) continue;
    await tryLock(useOf(other), async () => {
      if (!owner.isOwner()) return;
      const fate = await fateOf(other, owner);
      if (fate === 'unknown' || !owner.isOwner()) return;
      const from = await owner.open(other);
      try {
        const into = owner.isOwner() ? owner.into() : null;
        if (fate === 'merged' && into) await moveOwnChanges(from, into, other);
        if (!owner.isOwner() || (fate === 'merged' && !into)) return from.close();
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
