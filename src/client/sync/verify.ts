import { digestRows, WINDOW } from '#core/protocol.ts';
import { byNewest } from '#core/reconcile.ts';
import type { Digest } from '#core/sync.ts';
import type { LibraryDb } from '../store/library-db.ts';
import type { Snapshot } from '../store/snapshot.ts';

type Sums = ReturnType<typeof digestRows>;
const isEqual = (a: Sums, b: Sums) => a.count === b.count && a.versions === b.versions && a.mix === b.mix;

/** Null when the two cannot be compared: the device holds fewer rows, or stands at another cursor. */
export function agrees({ base }: Snapshot, { asOf, collections, ...newest }: Digest): boolean | null {
  if (base.cursor !== asOf || (base.reach !== null && base.rows.size < WINDOW)) return null;
  const held = [...base.rows.values()].sort(byNewest).slice(0, WINDOW);
  return isEqual(digestRows(held), newest) && isEqual(digestRows(base.collections.values()), collections);
}

/**
 * Finds a divergence that no rule foresaw. The cursor of a base that is wrong is dropped, so that the next pull
 * starts over; the rows stay to be looked at until then.
 * @returns Whether a pull is needed.
 */
export async function verify(db: LibraryDb, digest: Digest): Promise<boolean> {
  const drop = (now: Snapshot) =>
    agrees(now, digest) === false ? { ...now, base: { ...now.base, cursor: null } } : null;
  const dropped = await db.change(drop);
  if (dropped)
    console.warn(
      `The library on this device differed from the server's at ${digest.asOf}; it is fetched again.`,
    );
  return dropped !== null;
}
