/**
 * Rows older than the window, loaded page by page while somebody scrolls, and forgotten with the page. Invariant:
 * base and tail together hold every row that matches a filter down to that filter's depth, as of the base's cursor
 * or later. What cannot be carried along with the base is dropped: it is loaded again when it is scrolled to.
 */
import type { Media, MediaPage } from '#core/media.ts';
import { parseCursor } from '#core/protocol.ts';
import { byNewest, isWithin, type Base, type Delta, type Position } from '#core/reconcile.ts';
import type { Cursor } from '#core/sync.ts';

/** How far down something is complete; null: to the end. */
export type Depth = Position | null;

export type Tail = {
  cursor: Cursor | null;
  /** Newest first, all below the base's reach. */
  rows: readonly Media[];
  /** The depth of every filter that has not been loaded further. */
  depth: Depth;
  depthOf: ReadonlyMap<string, Depth>;
};

export const tailBelow = ({ cursor, reach }: Base): Tail => ({
  cursor,
  rows: [],
  depth: reach,
  depthOf: new Map(),
});

export const depthIn = (tail: Tail, filter: string): Depth => {
  const own = tail.depthOf.get(filter);
  return own === undefined ? tail.depth : own;
};

const deeper = (a: Depth, b: Depth): Depth => (a === null || b === null ? null : byNewest(a, b) > 0 ? a : b);

/** Both newest first; of a row that is in both, the newer version. */
export function mergeRows(a: readonly Media[], b: readonly Media[]): Media[] {
  const [last, next] = [a.at(-1), b[0]];
  if (!last || !next || byNewest(last, next) < 0) return a.concat(b);
  const merged: Media[] = [];
  let [i, j] = [0, 0];
  for (;;) {
    const [left, right] = [a[i], b[j]];
    if (!left || !right) return merged.concat(a.slice(i), b.slice(j));
    const order = byNewest(left, right);
    if (order <= 0) i++;
    if (order >= 0) j++;
    merged.push(order < 0 || (order === 0 && left.version >= right.version) ? left : right);
  }
}

/** Whether a page is at least as new as the base: an older one may hold rows that are gone by now. */
function isFresh(base: Base, asOf: string | null): boolean {
  if (base.cursor === null || asOf === null) return false;
  const [held, answer] = [parseCursor(base.cursor), parseCursor(asOf)];
  return held.epoch === answer.epoch && answer.version >= held.version;
}

/** Null when the page does not follow on what is there, or is too old. */
export function addPage(tail: Tail, base: Base, filter: string, asked: Depth, page: MediaPage): Tail | null {
  if (depthIn(tail, filter) !== asked || !isFresh(base, page.asOf)) return null;
  const last = page.items.at(-1);
  const depth = page.nextCursor === null || !last ? null : { createdAt: last.createdAt, id: last.id };
  return {
    ...tail,
    rows: mergeRows(tail.rows, page.items),
    depthOf: new Map(tail.depthOf).set(filter, depth),
  };
}

/**
 * The tail after the base moved from one state to the next.
 * @param followed The delta that moved it, when it is known.
 */
export function advanceTail(
  tail: Tail,
  before: Base,
  after: Base,
  followed?: { asked: Cursor; delta: Delta },
): Tail {
  if (before === after) return tail;
  const isBelow = (row: Media) => !isWithin(after.reach, row);
  if (after.cursor === tail.cursor) {
    if (after.reach === before.reach) return tail;
    return { ...tail, depth: deeper(tail.depth, after.reach), rows: tail.rows.filter(isBelow) };
  }
  if (!followed || followed.asked !== tail.cursor || followed.delta.cursor !== after.cursor)
    return tailBelow(after);
  // What the window let go of as it grew is still on screen somewhere: it becomes part of the tail.
  const released = [...before.rows.values()].filter(isBelow).sort(byNewest);
  const known = mergeRows(released, tail.rows.filter(isBelow));
  const changed: Media[] = [];
  const gone = new Set<string>();
  for (const change of followed.delta.changes) {
    if (change.type === 'media-stub') return tailBelow(after);
    if (change.type === 'media' && isBelow(change.row)) changed.push(change.row);
    if (change.type === 'media-gone') gone.add(change.id);
  }
  const kept = gone.size > 0 ? known.filter(({ id }) => !gone.has(id)) : known;
  return { ...tail, cursor: after.cursor, rows: mergeRows(kept, changed.sort(byNewest)) };
}
