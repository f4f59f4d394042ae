import type { ClaimResult } from '#core/claim.ts';
import type { LibraryId } from '#core/owner.ts';
import type { LibraryDb } from './store/library-db.ts';
import { StoreGoneError } from './store/local-store.ts';
import { tryLock } from './sync/cross-tab.ts';
import { useOf, type Engine } from './sync/engine.ts';
import { heldIn, moveOwnChanges } from './sync/move.ts';
import { RemoteError } from './sync/remote-port.ts';

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
