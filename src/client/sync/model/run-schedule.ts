/**
 * Runs a schedule on the client's own store, pull, push, top-up and move; the network and the server alone are
 * stood in for. After each command, and at rest, it checks the invariants of the design.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Media } from '#core/media.ts';
import { foldCollections, foldRow, isCollectionOp, opsByMedia } from '#core/overlay.ts';
import { parseCursor } from '#core/protocol.ts';
import { byNewest, isWithin, type WindowLimits } from '#core/reconcile.ts';
import type { Op, PushInput, PushResult } from '#core/sync.ts';
import { collectionId, mediaId, mediaRow, momentAt } from '#core/testing/rows.ts';
import { newUploadId } from '../../ids.ts';
import { createLibraryDb, type LibraryDb } from '../../store/library-db.ts';
import type { LocalStore } from '../../store/local-store.ts';
import type { Snapshot } from '../../store/snapshot.ts';
import { moveOwnChanges } from '../move.ts';
import { pull, topUp, type Adopted } from '../pull.ts';
import { push } from '../push.ts';
import { RemoteError, type Remote } from '../remote-port.ts';
import { addUpload, enqueue, type Wish } from '../steps.ts';
import { uploadArrived } from '../upload-steps.ts';
import { SEEDER, SEEDS, SHELVES, TABS, type Command, type Schedule } from './schedule.ts';
import type { LibraryName, World } from './world.ts';

const LIMITS: WindowLimits = { window: 6, max: 12 };
const ROUNDS_TO_REST = 12;

type Wire = Pick<Remote, 'changes' | 'window' | 'push'>;
type Flight = { type: keyof Wire; arrive: () => void; lose: () => void };
type Tab = { device: number; library: LibraryName; db: LibraryDb; adopted?: Adopted; flights: Flight[] };

const nameOf = (client: string, seq: number) => `${client}#${seq}`;
const valueOf = ({ prompt, trashedAt, collectionIds }: Media) =>
  [prompt, ...(trashedAt === null ? [] : ['(trash)']), ...[...collectionIds].sort()].join(' ');

/** Items and collections as the person sees them. */
function viewOf({ base, outbox }: Snapshot) {
  const ops = opsByMedia(outbox);
  const view = new Map<string, string>();
  for (const { id, name } of foldCollections(base.collections, outbox).values()) view.set(id, name);
  for (const id of new Set([...base.rows.keys(), ...ops.keys()])) {
    const row = foldRow(base.rows.get(id) ?? null, ops.get(id) ?? []);
    if (row) view.set(id, valueOf(row));
  }
  return view;
}

/** Throws when an invariant is broken. `openStore` must answer with an empty store. */
export async function runSchedule(
  world: World,
  openStore: () => Promise<LocalStore>,
  { knowsAccount, commands }: Schedule,
) {
  const busy = { calls: 0 };
  let fault: unknown;
  const track = <T>(work: Promise<T>): Promise<T> => {
    busy.calls++;
    return work.finally(() => busy.calls--);
  };
  /** Waits until nothing is under way but what is held in flight. */
  const quiet = async () => {
    do await nextTurn();
    while (busy.calls > 0);
    if (fault !== undefined) throw fault;
  };

  /** All acknowledgements that the server has given, delivered or not. */
  const answered = new Map<string, { epoch: string; version: number }[]>();
  function noteAnswer({ clientId }: PushInput, result: PushResult): PushResult {
    for (const { seq, version } of result.acks) {
      const name = nameOf(clientId, seq);
      answered.set(name, [...(answered.get(name) ?? []), { epoch: result.epoch, version }]);
    }
    return result;
  }

  const stores = new Map<string, LocalStore>();
  async function openDb(device: number, library: LibraryName): Promise<LibraryDb> {
    const name = `${device}/${library}`;
    let store = stores.get(name);
    if (!store) {
      const opened = await openStore();
      store = { ...opened, run: (mode, work) => track(opened.run(mode, work)) };
      stores.set(name, store);
    }
    const db = createLibraryDb(store, () => Promise.reject(new Error('The store should be readable.')));
    await db.refresh();
    return db;
  }

  /** A connection whose answers wait to be delivered or lost; the server has acted already. */
  function wireOf(tab: Tab): Wire {
    const server = world.connect(tab.library);
    const hold = <T>(type: keyof Wire, answer: Promise<T>) =>
      new Promise<T>((resolve, reject) => {
        const fly = (arrive: () => void) =>
          tab.flights.push({ type, arrive, lose: () => reject(new RemoteError('NETWORK', 'Lost.')) });
        void track(
          answer.then(
            (value) => fly(() => resolve(value)),
            (error) => fly(() => reject(error)),
          ),
        );
      });
    return {
      changes: (input) => hold('changes', server.changes(input)),
      window: (input) => hold('window', server.window(input)),
      push: (input) =>
        hold(
          'push',
          server.push(input).then((result) => noteAnswer(input, result)),
        ),
    };
  }
  const remoteOf = (tab: Tab): Remote => ({
    ...wireOf(tab),
    list: () => Promise.reject(new Error('Not in this model.')),
    digest: () => Promise.reject(new Error('No digests here.')),
    sendFile: () => Promise.reject(new Error('Not in this model.')),
  });

  async function moveTab(tab: Tab, from: LibraryName) {
    if (tab.library !== from || from === 'u') return;
    const target = await openDb(tab.device, 'u');
    tab.adopted = await moveOwnChanges(tab.db, target, from);
    tab.library = 'u';
    tab.db = target;
  }

  /** Starts something that waits for the network, as the engine would. */
  function start(tab: Tab, work: (db: LibraryDb, remote: Remote) => Promise<unknown>) {
    const from = tab.library;
    work(tab.db, remoteOf(tab)).catch(async (error: unknown) => {
      if (error instanceof RemoteError && error.code === 'NETWORK') return;
      if (error instanceof RemoteError && error.isOwnerChange) await moveTab(tab, from);
      else fault ??= error;
    });
  }
  const startPush = (tab: Tab) => start(tab, push);
  const startPull = (tab: Tab) => {
    const from = tab.library;
    start(tab, async (db, remote) => {
      await db.refresh();
      const pulled = await pull(db, remote, { limits: LIMITS, adopted: tab.adopted });
      if (pulled.type === 'moved') await moveTab(tab, from);
    });
  };
  const startTopUp = (tab: Tab) => {
    // Without reading first what other tabs did: as if they had done it while the request was on its way.
    start(tab, (db, remote) => topUp(db, remote, { limits: LIMITS }));
  };

  async function deliver(tab: Tab, nth: number) {
    const [flight] = tab.flights.splice(nth % tab.flights.length, 1);
    if (!flight) return;
    const { db } = tab;
    const before = await db.refresh();
    flight.arrive();
    await quiet();
    if (tab.db === db) checkOverlay(before, db.latest, flight.type);
  }

  /** What leaves the overlay is covered by the cursor, and nothing else changes by an acknowledgement. */
  function checkOverlay(before: Snapshot, after: Snapshot, type: keyof Wire) {
    const left = before.outbox.filter(
      ({ order }) => !after.outbox.some((pending) => pending.order === order),
    );
    const at = after.base.cursor && parseCursor(after.base.cursor);
    for (const pending of left) {
      const known = answered.get(nameOf(pending.clientId, pending.op.seq)) ?? [];
      const isCovered = known.some(({ epoch, version }) => epoch === at?.epoch && version <= at.version);
      if (!isCovered)
        throw new Error(`${pending.op.type} ${pending.op.id} left the overlay before its effect was there`);
    }
    if (type !== 'push') return;
    const [shown, shows] = [viewOf(before), viewOf(after)];
    // What the server refused is told to the person, and not shown any longer as if it had happened.
    const waited = new Set(before.outbox.flatMap(({ order, error }) => (error === null ? [order] : [])));
    const refused = after.outbox.filter(({ order, error }) => error !== null && waited.has(order));
    const ended = new Set<string>([...left, ...refused].map(({ op }) => op.id));
    for (const [id, value] of shown) {
      if (shows.get(id) === value || ended.has(id)) continue;
      throw new Error(`an acknowledgement changed ${id}: ${value}, ${shows.get(id)}`);
    }
  }

  function save(tab: Tab, item: number, value: number): Promise<unknown> {
    const [id, prompt] = [mediaId(item), `value ${value}`];
    const at = momentAt(50_000 + value);
    const draft = mediaRow(item, 0, { prompt, createdAt: at });
    const input = { id, prompt, upload: newUploadId() };
    return tab.db.change((now) => uploadArrived(addUpload(now, { draft, input }), id, at));
  }

  async function act(command: Command): Promise<unknown> {
    const tab = 'tab' in command ? tabs[command.tab] : undefined;
    if (!tab || !('tab' in command)) {
      if (command.type === 'purge-tombstones') return world.purgeTombstones();
      if (command.type === 'merge') return world.merge();
      if (command.type === 'backup') return world.backup();
      return world.restoreBackup();
    }
    switch (command.type) {
      case 'save':
        return save(tab, command.item, command.value);
      case 'patch': {
        const patch = { prompt: `value ${command.value}` };
        return tab.db.change((now) =>
          enqueue(now, [{ type: 'patch', id: mediaId(command.item), patch }], momentAt(0)),
        );
      }
      case 'trash':
      case 'restore':
      case 'purge': {
        const { type, item } = command;
        return tab.db.change((now) => enqueue(now, [{ type, id: mediaId(item) }], momentAt(0)));
      }
      case 'create':
      case 'rename':
      case 'delete': {
        const id = collectionId(command.shelf);
        const wish: Wish =
          command.type === 'delete'
            ? { type: 'collection-delete', id }
            : { type: `collection-${command.type}`, id, name: `shelf ${command.value}` };
        return tab.db.change((now) => enqueue(now, [wish], momentAt(0)));
      }
      case 'collect': {
        const [add, remove] = [command.into, command.outOf].map((shelves) => shelves.map(collectionId));
        const wish: Wish = {
          type: 'collect',
          id: mediaId(command.item),
          add: add ?? [],
          remove: remove ?? [],
        };
        return tab.db.change((now) => enqueue(now, [wish], momentAt(0)));
      }
      case 'push':
        return startPush(tab);
      case 'pull':
        return startPull(tab);
      case 'top-up':
        return startTopUp(tab);
      case 'deliver':
        return deliver(tab, command.nth);
      case 'lose':
        return tab.flights.pop()?.lose();
      case 'refresh':
        return tab.db.refresh();
      case 'reload':
        tab.db = await openDb(tab.device, tab.library);
    }
    return undefined;
  }

  const cursors = new Map<LibraryDb, string>();
  function check() {
    world.check();
    for (const { db, library } of tabs) {
      const { cursor, rows, collections, reach } = db.latest.base;
      if (cursor === null) continue;
      const [was, is] = [parseCursor(cursors.get(db) ?? cursor), parseCursor(cursor)];
      if (was.epoch === is.epoch && is.version < was.version) throw new Error('a cursor went back');
      cursors.set(db, cursor);
      const { epoch } = parseCursor(cursor);
      const shown = new Set([...opsByMedia(db.latest.outbox).values()].flat());
      for (const pending of db.latest.outbox) {
        const { clientId, op, error } = pending;
        const row = isCollectionOp(op) ? collections.get(op.id) : rows.get(op.id);
        const effect = world.effectOf(library, clientId, op);
        // In another history than the server's by now there is nothing to compare with.
        const isMade = op.type === 'save' || op.type === 'collection-create';
        if (!row || isMade || error !== null || effect?.epoch !== epoch) continue;
        const isIn = effect.version <= row.version;
        const isShown = isCollectionOp(op) ? pending.heldIn === undefined : shown.has(pending);
        if (isIn && isShown)
          throw new Error(
            `${op.type} ${op.id} is shown over a row that contains it, and maybe something newer`,
          );
        if (!isIn && !isShown)
          throw new Error(`${op.type} ${op.id} is not shown, and the row does not contain it`);
      }
      for (const { id } of collections.values())
        if (world.isPurgedAt(library, id, cursor)) throw new Error(`a deleted collection rose again: ${id}`);
      for (const row of rows.values()) {
        if (!isWithin(reach, row)) throw new Error(`a row below the reach: ${row.id}`);
        if (world.isPurgedAt(library, row.id, cursor)) throw new Error(`a purged row rose again: ${row.id}`);
      }
    }
  }

  async function seed(library: LibraryName) {
    const ops = SEEDS[library].map((n, index): Op => ({
      seq: index + 1,
      type: 'save',
      id: mediaId(n),
      input: { prompt: `seed ${n}`, data: 'AAAA' },
    }));
    for (const n of SHELVES[library])
      ops.push({ seq: ops.length + 1, type: 'collection-create', id: collectionId(n), name: `shelf ${n}` });
    await world.connect(library).push({ clientId: SEEDER[library], ops });
  }

  async function deliverAll(tab: Tab) {
    for (await quiet(); tab.flights.length > 0; await quiet()) await deliver(tab, 0);
  }

  async function isAtRest(tab: Tab): Promise<string | null> {
    const { base, outbox } = tab.db.latest;
    const { rows: want, collections: shelves } = await world.content(tab.library);
    // What the server refused stays, for the person to see; the rest must be gone.
    if (outbox.some(({ error }) => error === null))
      return `the outbox still holds ${outbox.map(({ op }) => `${op.type} ${op.id}`).join(', ')}`;
    const view = viewOf(tab.db.latest);
    const within = want.filter((row) => isWithin(base.reach, row));
    const expected = [
      ...within.map((row) => [row.id, valueOf(row)] as const),
      ...shelves.map(({ id, name }) => [id, name] as const),
    ];
    for (const [id, value] of expected)
      if (view.get(id) !== value) return `${id} should be ${value}, is ${view.get(id)}`;
    if (view.size > expected.length)
      return `there is more than the server has: ${[...view.keys()].join(', ')}`;
    if (within.length < Math.min(LIMITS.window, want.length))
      return `the window is too small: ${within.length}`;
    const order = [...base.rows.values()].sort(byNewest).map(({ id }) => id);
    if (order.join() !== within.map(({ id }) => id).join()) return 'the order differs';
    return null;
  }

  await seed('u');
  await seed('g');
  const tabs: Tab[] = [];
  for (const { device, library } of TABS)
    tabs.push({ device, library, db: await openDb(device, library), flights: [] });
  if (knowsAccount) {
    const visit: Tab = { device: 2, library: 'u', db: await openDb(2, 'u'), flights: [] };
    startPull(visit);
    await deliverAll(visit);
  }

  for (const command of commands) {
    await act(command);
    await quiet();
    check();
  }

  let unrest: string | null = null;
  for (let round = 0; round < ROUNDS_TO_REST; round++) {
    for (const tab of tabs) {
      for (const begin of [startPush, startPull, startTopUp]) {
        begin(tab);
        await deliverAll(tab);
        check();
      }
    }
    unrest = null;
    for (const tab of tabs) {
      await tab.db.refresh();
      unrest ??= await isAtRest(tab);
    }
    if (unrest === null) return;
  }
  throw new Error(`not at rest: ${unrest}`);
}
