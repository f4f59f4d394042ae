/**
 * Databases of libraries that this browser showed before. Invariant: one is deleted only after the server has said
 * that it is not the owner's, while no tab shows it; if it was merged into the owner's, what it had not sent goes along.
 */
import type { ClaimResult } from '#core/claim.ts';
import type { LibraryId } from '#core/owner.ts';
import { toLibraryId } from './ids.ts';
import type { LibraryDb } from './store/library-db.ts';
import { StoreGoneError } from './store/local-store.ts';
import { tryLock } from './sync/cross-tab.ts';
import { useOf, type Engine } from './sync/engine.ts';
import { askFate } from './sync/fate.ts';
import { heldIn, moveOwnChanges } from './sync/move.ts';
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

/** Once a claim went through, nothing that fails here takes it back: this device then fetches what it needs. */
const orLater = async (work: () => Promise<unknown>) => {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof StoreGoneError) && !(error instanceof RemoteError)) throw error;
  }
};

/**
 * Accepts the claim on a library that this browser showed as its guest's. The account's engine knows its rows before
 * the server moves them: it is told of the move while the answer is still on its way.
 */
export async function bringAlong(
  from: LibraryDb,
  guest: LibraryId,
  engine: Engine,
  port: {
    accept: () => Promise<ClaimResult>;
    moveThumbs: (from: LibraryId, to: LibraryId) => Promise<void>;
  },
): Promise<ClaimResult> {
  await orLater(async () => {
    const held = heldIn(await from.refresh(), guest);
    if (!held) return;
    engine.adopt(held);
    // One that has no cursor yet would start over from a list, with all of these rows in it.
    if (engine.db.latest.base.cursor === null) await engine.reconcile();
  });
  const claimed = await port.accept();
  if (claimed.library !== engine.library) return claimed;
  await orLater(() =>
    tryLock(useOf(guest), async () => {
      await moveOwnChanges(from, engine.db, guest);
      await port.moveThumbs(guest, engine.library);
      await from.destroy();
    }),
  );
  await orLater(() => engine.reconcile());
  return claimed;
}
