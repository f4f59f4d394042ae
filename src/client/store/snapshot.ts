import type { Collection } from '#core/collection.ts';
import { isActive } from '#core/generation-state.ts';
import type { Generation } from '#core/generation.ts';
import type { Media, UploadId } from '#core/media.ts';
import { isUnsent, settle, type Outbox } from '#core/overlay.ts';
import { parseCursor, SYNC_SCHEMA } from '#core/protocol.ts';
import { byNewest, EMPTY_BASE, type Base } from '#core/reconcile.ts';
import { newClientId, newRequestId } from '../ids.ts';
import type { Key, Tx } from './local-store.ts';
import {
  completeDraft,
  isClient,
  isCollection,
  isGeneration,
  isHead,
  isMark,
  isMedia,
  isPending,
  isStoredReading,
  isStoredUpload,
  type Client,
  type Head,
  type Mark,
  type Room,
  type StoredReading,
  type StoredUpload,
} from './stored-shapes.ts';

/** All that a device knows of a library, but for the bytes of files. Never mutated. */
export type Snapshot = {
  /** Equal names mean equal content; null: nothing was ever written. */
  rev: string | null;
  client: Client;
  base: Base;
  /** Set once the device has refused a write for want of room. */
  room?: Room | undefined;
  outbox: Outbox;
  uploads: readonly StoredUpload[];
  reading: readonly StoredReading[];
};

/** Changes and files that the server does not have yet. */
export const countUnsent = ({ outbox, uploads }: Pick<Snapshot, 'outbox' | 'uploads'>): number =>
  outbox.filter(isUnsent).length + uploads.length;

export const newSnapshot = (): Snapshot => ({
  rev: null,
  client: { id: newClientId(), last: 0 },
  base: EMPTY_BASE,
  outbox: [],
  uploads: [],
  reading: [],
});

/** Rows that the first paint needs. */
export const HEAD_ROWS = 50;

const rowKey = (row: Media): Key => ['m', -Date.parse(row.createdAt), row.id];

const byId = <Row extends { id: string }>(rows: Row[]) =>
  new Map<Row['id'], Row>(rows.map((row) => [row.id, row]));

function headOf({ cursor, rows, generations }: Base): Head {
  return {
    cursor,
    rows: [...rows.values()]
      .filter((row) => row.trashedAt === null)
      .sort(byNewest)
      .slice(0, HEAD_ROWS),
    generations: [...generations.values()].filter(({ status }) => isActive(status)),
  };
}

/** Enough for a first paint: the newest rows and what is under way, with the operations over them. */
export async function readHead(tx: Tx): Promise<Snapshot> {
  const [head, own] = await Promise.all([tx.get('head'), readOwnChanges(tx)]);
  const stored = isHead(head) ? head : { cursor: null, rows: [], generations: [] };
  return {
    ...own,
    rev: null,
    base: {
      ...EMPTY_BASE,
      cursor: stored.cursor,
      rows: byId(stored.rows.filter(isMedia)),
      generations: byId(stored.generations.filter(isGeneration)),
    },
  };
}

export const readMark = async (tx: Tx): Promise<Mark | null> => {
  const mark = await tx.get('cursor');
  return isMark(mark) ? mark : null;
};

/**
 * Everything. `spoilt` are the keys of rows that make no sense: they are left out, and as the base is then no
 * longer complete it has no cursor, so that the next pull fetches it again.
 */
export async function readWhole(tx: Tx): Promise<{ snapshot: Snapshot; spoilt: Key[] }> {
  const [mark, rows, generations, collections, own] = await Promise.all([
    readMark(tx),
    tx.list('m'),
    tx.list('g'),
    tx.list('c'),
    readOwnChanges(tx),
  ]);
  const isKnownShape = mark?.schema === SYNC_SCHEMA;
  const isGoodMedia = (row: unknown): row is Media => isKnownShape && isMedia(row);
  const isGoodGeneration = (row: unknown): row is Generation => isKnownShape && isGeneration(row);
  const isGoodCollection = (row: unknown): row is Collection => isKnownShape && isCollection(row);
  const findSpoilt = async (prefix: string, values: unknown[], isGood: (value: unknown) => boolean) =>
    values.every(isGood) ? [] : (await tx.keys(prefix)).filter((_, index) => !isGood(values[index]));
  const spoilt = [
    ...(await findSpoilt('m', rows, isGoodMedia)),
    ...(await findSpoilt('g', generations, isGoodGeneration)),
    ...(await findSpoilt('c', collections, isGoodCollection)),
  ];
  return {
    spoilt,
    snapshot: {
      ...own,
      rev: mark?.rev ?? null,
      room: mark?.room,
      base: {
        cursor: isKnownShape && spoilt.length === 0 ? mark.cursor : null,
        reach: isKnownShape ? mark.reach : null,
        rows: byId(rows.filter(isGoodMedia)),
        generations: byId(generations.filter(isGoodGeneration)),
        collections: byId(collections.filter(isGoodCollection)),
      },
    },
  };
}

/** What exists nowhere else. */
export async function readOwnChanges(
  tx: Tx,
): Promise<Pick<Snapshot, 'client' | 'outbox' | 'uploads' | 'reading'>> {
  const [client, outbox, uploads, reading] = await Promise.all([
    tx.get('client'),
    tx.list('o'),
    tx.list('u'),
    tx.list('f'),
  ]);
  return {
    client: isClient(client) ? client : newSnapshot().client,
    outbox: outbox.map(completeDraft).filter(isPending),
    uploads: uploads.map(completeDraft).filter(isStoredUpload),
    reading: reading.filter(isStoredReading),
  };
}

/** Files that a snapshot needs the bytes of: until a save is known to have taken effect, it may have to be sent again. */
const filesOf = ({ outbox, uploads }: Snapshot): Set<UploadId> =>
  new Set([
    ...outbox.flatMap(({ op }) => (op.type === 'save' && op.input.upload ? [op.input.upload] : [])),
    ...uploads.map(({ input }) => input.upload),
  ]);

/** Writes what differs, compared by identity, and gives the result its name. */
export function writeChanges(tx: Tx, before: Snapshot, after: Snapshot): Snapshot {
  writeMap(tx, before.base.rows, after.base.rows, rowKey);
  writeMap(tx, before.base.generations, after.base.generations, ({ id }) => ['g', id]);
  writeMap(tx, before.base.collections, after.base.collections, ({ id }) => ['c', id]);
  writeList(tx, before.outbox, after.outbox, ({ order }) => ['o', order]);
  writeList(tx, before.uploads, after.uploads, ({ draft }) => ['u', draft.id]);
  writeList(tx, before.reading, after.reading, ({ id }) => ['f', id]);
  if (before.base.rows !== after.base.rows || before.base.generations !== after.base.generations) {
    tx.put('head', headOf(after.base));
  }
  if (before.outbox !== after.outbox || before.uploads !== after.uploads) {
    const needed = filesOf(after);
    for (const id of filesOf(before)) if (!needed.has(id)) tx.remove(['b', id]);
  }
  if (before.client !== after.client || before.rev === null) tx.put('client', after.client);
  const rev = newRequestId();
  const { cursor, reach } = after.base;
  tx.put('cursor', { schema: SYNC_SCHEMA, rev, cursor, reach, room: after.room } satisfies Mark);
  return { ...after, rev };
}

function writeMap<Id, Row>(
  tx: Tx,
  before: ReadonlyMap<Id, Row>,
  after: ReadonlyMap<Id, Row>,
  keyOf: (row: Row) => Key,
) {
  if (before === after) return;
  // A row that changed may have another key: saved again after a restored backup, it is created at another moment.
  for (const [id, row] of before) if (after.get(id) !== row) tx.remove(keyOf(row));
  for (const [id, row] of after) if (before.get(id) !== row) tx.put(keyOf(row), row);
}

function writeList<Item>(
  tx: Tx,
  before: readonly Item[],
  after: readonly Item[],
  keyOf: (item: Item) => Key,
) {
  if (before === after) return;
  const kept = new Set(after);
  const known = new Set(before);
  for (const item of before) if (!kept.has(item)) tx.remove(keyOf(item));
  for (const item of after) if (!known.has(item)) tx.put(keyOf(item), item);
}

const keepSame = <Id, Row extends { version: number }>(
  known: ReadonlyMap<Id, Row>,
  fresh: ReadonlyMap<Id, Row>,
) =>
  new Map(
    [...fresh].map(([id, row]) => {
      const old = known.get(id);
      return [id, old?.version === row.version ? old : row];
    }),
  );

/** The same content with the objects of `known` wherever a row is the one it was, so that only changes redraw. */
export function reuse(known: Snapshot, fresh: Snapshot): Snapshot {
  const [was, is] = [known.base.cursor, fresh.base.cursor];
  if (was === null || is === null || parseCursor(was).epoch !== parseCursor(is).epoch) return fresh;
  return {
    ...fresh,
    base: {
      ...fresh.base,
      rows: keepSame(known.base.rows, fresh.base.rows),
      generations: keepSame(known.base.generations, fresh.base.generations),
      collections: keepSame(known.base.collections, fresh.base.collections),
    },
  };
}

/** A snapshot with another base: what the cursor now covers leaves the outbox in the same step. */
export const withBase = (now: Snapshot, base: Base): Snapshot => ({
  ...now,
  base,
  outbox: settle(now.outbox, base.cursor),
});
