import type { Collection, CollectionId } from '#core/collection.ts';
import type { Media, MediaId } from '#core/media.ts';
import { changeMembership } from '#core/membership.ts';
import { isCollectionOp, type CollectionOp, type MediaOp } from '#core/overlay.ts';
import { byNewest } from '#core/reconcile.ts';
import { parseCursor } from '#core/protocol.ts';
import type { Ack, Change, Changes, ChangesInput, ClientId, Op } from '#core/sync.ts';
import { cursorAt, mediaRow, momentAt, uuid } from '#core/testing/rows.ts';
import { RemoteError } from '../remote-port.ts';
import type { LibraryName, World } from './world.ts';

type Row = {
  media: Media;
  library: LibraryName;
  version: number;
  isPurged: boolean;
  /** Where it came from in a merge, until it is written to again. */
  origin: { library: LibraryName; version: number } | null;
};
type Shelf = { row: Collection; library: LibraryName; isGone: boolean };
type Library = { epoch: number; version: number; floor: number; mergedInto: LibraryName | null };
type State = {
  libraries: Record<LibraryName, Library>;
  rows: Map<MediaId, Row>;
  collections: Map<CollectionId, Shelf>;
  /** Last operation taken, by library and client. */
  lastSeq: Map<string, number>;
  /** Refusals, by library, client and number: what was refused is refused again. */
  refused: Map<string, Ack>;
  /** Every operation that was taken, by what it says; where it is by now, and whether there was an item to change. */
  applied: Map<string, { library: LibraryName; version: number; hadItem: boolean }>;
  clock: number;
};

/** Changes that one delta holds here; small, so that schedules meet the limit. */
const DELTA_LIMIT = 6;

const nameOf = (client: string, op: Op) => `${client}#${JSON.stringify(op)}`;

export type MemoryWorld = World & { rows: (library: LibraryName) => Promise<Media[]> };

/** The server's rules of the protocol, in memory. */
export function createMemoryWorld(): MemoryWorld {
  let epochs = 2;
  let state: State = {
    libraries: {
      u: { epoch: 1, version: 0, floor: 0, mergedInto: null },
      g: { epoch: 2, version: 0, floor: 0, mergedInto: null },
    },
    rows: new Map(),
    collections: new Map(),
    lastSeq: new Map(),
    refused: new Map(),
    applied: new Map(),
    clock: 0,
  };
  let saved: State | null = null;
  let fault: string | null = null;
  /** When each item was purged, for the checks alone. */
  const purged = new Map<string, { epoch: number; version: number }>();

  const rowsOf = (name: LibraryName) =>
    [...state.rows.values()].filter(({ library, isPurged }) => library === name && !isPurged);
  const mediaOf = (name: LibraryName) =>
    rowsOf(name)
      .map(({ media }) => media)
      .sort(byNewest);

  const collectionsOf = (name: LibraryName) =>
    [...state.collections.values()].flatMap(({ row, library, isGone }) =>
      library === name && !isGone ? [row] : [],
    );

  function applyOp(row: Row, op: MediaOp, version: number) {
    row.origin = null;
    row.version = version;
    const { media } = row;
    if (op.type === 'patch') row.media = { ...media, ...op.patch };
    if (op.type === 'trash') row.media = { ...media, trashedAt: media.trashedAt ?? momentAt(++state.clock) };
    if (op.type === 'restore') row.media = { ...media, trashedAt: null };
    if (op.type === 'collect')
      row.media = { ...media, collectionIds: [...changeMembership(media.collectionIds, op)] };
    if (op.type === 'purge') row.isPurged = true;
    row.media = { ...row.media, version };
  }

  function raiseFloor(name: LibraryName, version: number) {
    const library = state.libraries[name];
    library.floor = Math.max(library.floor, version);
  }

  const isOn = (name: LibraryName, id: CollectionId) => {
    const shelf = state.collections.get(id);
    return shelf?.library === name && !shelf.isGone;
  };

  /** @returns Whether there was one to change. */
  function applyToCollection(name: LibraryName, op: CollectionOp, version: number): boolean {
    const at = momentAt(++state.clock);
    const known = state.collections.get(op.id);
    if (op.type === 'collection-create') {
      const row = { id: op.id, version, name: op.name, createdAt: at, updatedAt: at };
      if (known) return isOn(name, op.id);
      state.collections.set(op.id, { row, library: name, isGone: false });
      purged.delete(op.id);
      return true;
    }
    if (!known || !isOn(name, op.id)) return false;
    known.row = { ...known.row, version, name: op.type === 'collection-rename' ? op.name : '' };
    known.isGone = op.type === 'collection-delete';
    if (known.isGone) purged.set(op.id, { epoch: state.libraries[name].epoch, version });
    const emptied = known.isGone ? rowsOf(name) : [];
    for (const row of emptied) {
      const membership = { add: [], remove: [op.id] };
      if (row.media.collectionIds.includes(op.id))
        applyOp(row, { ...membership, type: 'collect', seq: op.seq, id: row.media.id }, version);
    }
    return true;
  }

  function take(name: LibraryName, client: string, op: Op): Ack {
    const library = state.libraries[name];
    const key = `${name}/${client}`;
    const ack = (): Ack => ({ seq: op.seq, version: library.version, status: 'ok', error: null });
    const effect = nameOf(client, op);
    if (op.seq <= (state.lastSeq.get(key) ?? 0)) {
      if (!state.applied.has(effect)) fault ??= `operation ${effect} was skipped without ever taking effect`;
      return state.refused.get(`${key}#${op.seq}`) ?? ack();
    }
    const version = ++library.version;
    state.lastSeq.set(key, op.seq);
    if (state.applied.has(effect)) fault ??= `operation ${effect} took effect twice`;

    const refuse = (): Ack => {
      const error = { code: 'NOT_FOUND', message: 'No such collection in this library.' };
      const refusal: Ack = { seq: op.seq, version, status: 'rejected', error };
      state.refused.set(`${key}#${op.seq}`, refusal);
      return refusal;
    };
    if (isCollectionOp(op)) {
      const isTaken = applyToCollection(name, op, version);
      state.applied.set(effect, { library: name, version, hadItem: isTaken });
      return isTaken ? ack() : refuse();
    }
    if (op.type === 'collect' && !op.add.every((id) => isOn(name, id))) {
      state.applied.set(effect, { library: name, version, hadItem: false });
      return refuse();
    }
    const row = state.rows.get(op.id);
    const hadItem = row?.library === name && !row.isPurged;
    state.applied.set(effect, { library: name, version, hadItem });
    if (op.type === 'save' && !row) {
      const media = mediaRow(0, version, {
        id: op.id,
        prompt: op.input.prompt,
        createdAt: momentAt(++state.clock),
      });
      state.rows.set(op.id, { media, library: name, version, isPurged: false, origin: null });
      purged.delete(op.id);
    } else if (op.type !== 'save' && row && hadItem) {
      applyOp(row, op, version);
      if (op.type === 'purge') purged.set(op.id, { epoch: library.epoch, version });
    }
    return ack();
  }

  function changes(name: LibraryName, { cursor, adopt, clients }: ChangesInput): Changes {
    const { epoch, version, floor, mergedInto } = state.libraries[name];
    if (mergedInto) return { type: 'moved', to: mergedInto };
    if (cursor === null) return { type: 'reset', reason: 'no-cursor' };
    const asked = parseCursor(cursor);
    if (asked.epoch !== uuid(epoch)) return { type: 'reset', reason: 'epoch' };
    if (asked.version < floor) return { type: 'reset', reason: 'floor' };
    if (asked.version > version) return { type: 'reset', reason: 'ahead' };
    const found = [...state.rows.values()]
      .filter((row) => row.library === name && row.version > asked.version)
      .sort((a, b) => a.version - b.version)
      .map((row): Change => {
        const { id } = row.media;
        if (row.isPurged) return { type: 'media-gone', id, version: row.version };
        const isKnown = adopt && row.origin?.library === adopt.library && row.origin.version <= adopt.version;
        return isKnown ? { type: 'media-stub', id, version: row.version } : { type: 'media', row: row.media };
      });
    for (const { row, library, isGone } of state.collections.values()) {
      if (library !== name || row.version <= asked.version) continue;
      found.push(
        isGone ? { type: 'collection-gone', id: row.id, version: row.version } : { type: 'collection', row },
      );
    }
    if (found.length > DELTA_LIMIT) return { type: 'reset', reason: 'too-many' };
    return { type: 'delta', changes: found, cursor: cursorAt(version, epoch), ...takenFrom(name, clients) };
  }

  const takenFrom = (name: LibraryName, clients: ClientId[] | undefined) =>
    clients && {
      taken: clients.map((clientId) => ({ clientId, seq: state.lastSeq.get(`${name}/${clientId}`) ?? 0 })),
    };

  function merge() {
    const [guest, account] = [state.libraries.g, state.libraries.u];
    if (guest.mergedInto) return;
    saved = null;
    account.version = Math.max(account.version, guest.version) + 1;
    const { version } = account;
    for (const row of state.rows.values()) {
      if (row.library !== 'g') continue;
      row.origin = { library: 'g', version: row.version };
      row.library = 'u';
      row.version = version;
      row.media = { ...row.media, version };
      purged.delete(row.media.id);
    }
    for (const shelf of state.collections.values()) {
      if (shelf.library !== 'g') continue;
      shelf.row = { ...shelf.row, version };
      shelf.library = 'u';
      purged.delete(shelf.row.id);
    }
    guest.mergedInto = 'u';
    for (const [effect, known] of state.applied) {
      if (known.library === 'g') state.applied.set(effect, { ...known, library: 'u', version });
    }
    for (const [key, refusal] of state.refused) state.refused.set(key.replace(/^g/, 'u'), refusal);
    for (const [key, seq] of state.lastSeq) {
      const moved = key.replace(/^g/, 'u');
      state.lastSeq.set(moved, Math.max(seq, state.lastSeq.get(moved) ?? 0));
    }
  }

  return {
    connect: (name) => ({
      changes: async (input) => structuredClone(changes(name, input)),
      window: async ({ before, limit, clients }) => {
        const { epoch, version, mergedInto } = state.libraries[name];
        if (mergedInto) throw new RemoteError('OWNER_CHANGED', 'This library was merged.');
        const older = mediaOf(name).filter(
          ({ createdAt, id }) => !before || `${Date.parse(createdAt)}_${id}` < before,
        );
        const rows = structuredClone(older.slice(0, limit));
        const next = older.length > limit ? 'older' : null;
        const collections = before ? [] : collectionsOf(name);
        const asOf = cursorAt(version, epoch);
        return { rows, generations: [], collections, asOf, next, ...takenFrom(name, clients) };
      },
      push: async ({ clientId, epoch, ops }) => {
        if (state.libraries[name].mergedInto) {
          throw new RemoteError('OWNER_CHANGED', 'This library was merged.');
        }
        const current = uuid(state.libraries[name].epoch);
        if (epoch !== undefined && epoch !== current) return { epoch: current, acks: [] };
        const acks = ops.map((op) => take(name, clientId, op));
        return { epoch: current, acks };
      },
    }),
    purgeTombstones: async () => {
      for (const [id, { isPurged, library, version }] of state.rows) {
        if (!isPurged) continue;
        raiseFloor(library, version);
        state.rows.delete(id);
      }
      for (const [id, { row, library, isGone }] of state.collections) {
        if (!isGone) continue;
        raiseFloor(library, row.version);
        state.collections.delete(id);
      }
    },
    merge: async () => merge(),
    backup: async () => {
      saved = structuredClone(state);
    },
    restoreBackup: async () => {
      if (!saved) return;
      state = structuredClone(saved);
      purged.clear();
      for (const library of Object.values(state.libraries)) library.epoch = ++epochs;
    },
    content: async (name) => ({
      rows: mediaOf(name),
      collections: collectionsOf(name),
    }),
    rows: async (name) => mediaOf(name),
    isPurgedAt: (name, id, cursor) => {
      const at = purged.get(id);
      const { epoch, version } = parseCursor(cursor);
      return at !== undefined && epoch === uuid(state.libraries[name].epoch) && at.version <= version;
    },
    effectOf: (name, client, op) => {
      const found = state.applied.get(nameOf(client, op));
      if (found?.library !== name || !found.hadItem) return null;
      return { epoch: uuid(state.libraries[name].epoch), version: found.version };
    },
    check: () => {
      if (fault) throw new Error(fault);
    },
  };
}
