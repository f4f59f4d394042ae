/**
 * How a device's copy of a library follows the server. Invariant of a base with a cursor: it holds exactly the
 * rows at or above `reach`, each as it was at the cursor or later. Answers may be late, lost or repeated: each of
 * the three moves below refuses (null) an answer that would break the invariant, and taking one twice is taking it once.
 */
import type { Collection, CollectionId } from './collection.ts';
import { isActive } from './generation-state.ts';
import type { Generation } from './generation.ts';
import type { GenerationId, Media, MediaId } from './media.ts';
import { parseCursor, WINDOW, WINDOW_MAX } from './protocol.ts';
import type { Changes, Cursor, Window } from './sync.ts';

/** A place in the order of every list. Dates are as `Date.toISOString` writes them, so they compare as text. */
export type Position = { createdAt: string; id: string };

export const byNewest = (a: Position, b: Position) => {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? 1 : -1;
  if (a.id === b.id) return 0;
  return a.id < b.id ? 1 : -1;
};

export type Base = {
  /** null: never filled, or not to be trusted; the rows are good enough to paint until a reset replaces them. */
  cursor: Cursor | null;
  /** Place of the oldest row that is surely here; null: the whole library is. */
  reach: Position | null;
  rows: ReadonlyMap<MediaId, Media>;
  generations: ReadonlyMap<GenerationId, Generation>;
  /** All of them, however far the rows reach. */
  collections: ReadonlyMap<CollectionId, Collection>;
};

export const EMPTY_BASE: Base = {
  cursor: null,
  reach: null,
  rows: new Map(),
  generations: new Map(),
  collections: new Map(),
};

export type WindowLimits = { window: number; max: number };
export const WINDOW_LIMITS: WindowLimits = { window: WINDOW, max: WINDOW_MAX };

/** Finished generations that a device keeps; beyond twice as many it trims back to them. */
const GENERATIONS_KEPT = 100;

export type Delta = Extract<Changes, { type: 'delta' }>;

const positionOf = ({ createdAt, id }: Position): Position => ({ createdAt, id });
export const isWithin = (reach: Position | null, row: Position) =>
  reach === null || byNewest(row, reach) <= 0;
const isNewer = (row: { version: number }, than: { version: number } | undefined) =>
  than === undefined || row.version > than.version;

/**
 * Starting over: the newest rows replace all.
 * Taken if nothing has moved since it was asked for with `asked`, or if it is newer within the same epoch.
 */
export function applyWindow(base: Base, asked: Cursor | null, answer: Window): Base | null {
  const held = base.cursor === null ? null : parseCursor(base.cursor);
  const asOf = parseCursor(answer.asOf);
  const follows = held !== null && held.epoch === asOf.epoch && held.version <= asOf.version;
  if (base.cursor !== asked && !(follows && held.version < asOf.version)) return null;

  const last = answer.rows.at(-1);
  const reach = answer.next === null || !last ? null : positionOf(last);
  // A row that was brought by a later answer is newer than this one, and is kept as the same object.
  const replace = <Row extends { id: string; version: number }>(
    fresh: readonly Row[],
    known: ReadonlyMap<Row['id'], Row>,
    belongs: (row: Row) => boolean = () => true,
  ): Map<Row['id'], Row> => {
    const rows = new Map<Row['id'], Row>(fresh.map((row) => [row.id, row]));
    if (!follows) return rows;
    for (const [id, row] of known) {
      const other = rows.get(id);
      if (other ? row.version >= other.version : row.version > asOf.version && belongs(row))
        rows.set(id, row);
    }
    return rows;
  };
  return {
    cursor: answer.asOf,
    reach,
    rows: replace(answer.rows, base.rows, (row) => isWithin(reach, row)),
    generations: replace(answer.generations, base.generations),
    collections: replace(answer.collections, base.collections),
  };
}

/**
 * Following: everything that changed after `asked`. Taken only by a base that still stands at `asked`.
 * @param adopted Rows of the library that was merged into this one, for stubs. A stub that is not among them
 *   costs the base its cursor, so that the next pull starts over.
 */
export function applyDelta(
  base: Base,
  asked: Cursor,
  delta: Delta,
  { adopted, limits = WINDOW_LIMITS }: { adopted?: ReadonlyMap<MediaId, Media>; limits?: WindowLimits } = {},
): Base | null {
  if (base.cursor !== asked) return null;
  const rows = new Map(base.rows);
  const generations = new Map(base.generations);
  const collections = new Map(base.collections);
  let cursor: Cursor | null = delta.cursor;
  const put = (row: Media) => {
    if (isWithin(base.reach, row) && isNewer(row, rows.get(row.id))) rows.set(row.id, row);
  };
  for (const change of delta.changes) {
    switch (change.type) {
      case 'media':
        put(change.row);
        break;
      case 'media-gone':
        rows.delete(change.id);
        break;
      case 'media-stub': {
        const row = adopted?.get(change.id);
        if (row) put({ ...row, version: change.version });
        else cursor = null;
        break;
      }
      case 'generation':
        if (isNewer(change.row, generations.get(change.row.id))) generations.set(change.row.id, change.row);
        break;
      case 'generation-gone':
        generations.delete(change.id);
        break;
      case 'collection':
        if (isNewer(change.row, collections.get(change.row.id))) collections.set(change.row.id, change.row);
        break;
      case 'collection-gone':
        collections.delete(change.id);
        break;
    }
  }
  return trim({ cursor, reach: base.reach, rows, generations, collections }, limits);
}

/**
 * Reaching further down after deletions: the rows below `asked`. Taken only while the reach is where it was asked
 * from, and from a snapshot that is not older than the base: an older one may hold rows that are deleted by now.
 */
export function applyTopUp(base: Base, asked: Position, page: Window): Base | null {
  if (base.cursor === null || base.reach === null || byNewest(base.reach, asked) !== 0) return null;
  const held = parseCursor(base.cursor);
  const asOf = parseCursor(page.asOf);
  if (asOf.epoch !== held.epoch || asOf.version < held.version) return null;
  const rows = new Map(base.rows);
  for (const row of page.rows) if (isNewer(row, rows.get(row.id))) rows.set(row.id, row);
  const last = page.rows.at(-1);
  return { ...base, rows, reach: page.next === null || !last ? null : positionOf(last) };
}

/** A generation that an answer other than a delta brought, such as the one just created. */
export function applyGeneration(base: Base, generation: Generation): Base {
  if (!isNewer(generation, base.generations.get(generation.id))) return base;
  return { ...base, generations: new Map(base.generations).set(generation.id, generation) };
}

/** Fewer rows, for a device that has no room. */
export function shrink(base: Base, count: number): Base {
  const newest = [...base.rows.values()].sort(byNewest).slice(0, count);
  const last = newest.at(-1);
  if (newest.length === base.rows.size || !last) return base;
  return { ...base, reach: positionOf(last), rows: new Map(newest.map((row) => [row.id, row])) };
}

function trim(base: Base, { window, max }: WindowLimits): Base {
  const trimmed = base.rows.size > max ? shrink(base, window) : base;
  const finished = [...trimmed.generations.values()].filter(({ status }) => !isActive(status));
  if (finished.length <= 2 * GENERATIONS_KEPT) return trimmed;
  const generations = new Map(trimmed.generations);
  for (const { id } of finished.sort(byNewest).slice(GENERATIONS_KEPT)) generations.delete(id);
  return { ...trimmed, generations };
}
