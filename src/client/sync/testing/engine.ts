/** Engines over a store in memory and the model's server, for their tests. Each test has a library of its own. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach } from 'vitest';
import { LibraryId } from '#core/owner.ts';
import { digestRows } from '#core/protocol.ts';
import type { Op } from '#core/sync.ts';
import { clientId, mediaId, uuid } from '#core/testing/rows.ts';
import { createLibraryDb, type LibraryDb } from '../../store/library-db.ts';
import type { Key, LocalStore } from '../../store/local-store.ts';
import { createMemoryStore } from '../../store/memory-store.ts';
import { createEngine, type Engine, type EngineEvents } from '../engine.ts';
import { createMemoryWorld } from '../model/memory-world.ts';
import { RemoteError, type Remote } from '../remote-port.ts';

const engines: Engine[] = [];
afterEach(() => {
  for (const engine of engines.splice(0)) engine.dispose();
});

let library = LibraryId.parse(uuid(0));
let libraries = 0;
beforeEach(() => {
  library = LibraryId.parse(uuid(0xf000 + ++libraries));
});

export const save = (n: number): Op => ({
  seq: n,
  type: 'save',
  id: mediaId(n),
  input: { prompt: `item ${n}`, data: 'AAAA' },
});

/** A server with items 1 to `count`, and its connection, of which a test can replace calls. */
export async function serve(count: number) {
  const world = createMemoryWorld();
  const server = world.connect('u');
  for (let n = 1; n <= count; n++) await server.push({ clientId: clientId(9), ops: [save(n)] });
  const remote: Remote = {
    ...server,
    list: async ({ limit, cursor = '9', starred, trash = false }) => {
      const older = (await world.rows('u'))
        .filter((row) => `${Date.parse(row.createdAt)}_${row.id}` < cursor)
        .filter((row) => (row.trashedAt !== null) === trash && (!starred || row.starred));
      const { asOf } = await server.window({ limit: 1 });
      return { items: older.slice(0, limit), nextCursor: older.length > limit ? 'more' : null, asOf };
    },
    digest: async () => {
      const { rows, collections, asOf } = await server.window({ limit: 500 });
      return { asOf, ...digestRows(rows), collections: digestRows(collections) };
    },
    sendFile: () => Promise.reject(new Error('No files here.')),
  };
  const change = (op: Op) => server.push({ clientId: clientId(8), ops: [op] });
  return { world, remote, change };
}

const nothing = () => {};

export function open(
  remote: Remote,
  store: LocalStore = createMemoryStore(),
  events: Partial<EngineEvents> = {},
) {
  // Of a store on a device, closing ends one connection, not the store.
  const db = createLibraryDb({ ...store, close: () => {} }, async () => createMemoryStore());
  return openOver(db, remote, events);
}

/** Over a database that may have been read or written already. */
export function openOver(db: LibraryDb, remote: Remote, events: Partial<EngineEvents> = {}) {
  const engine = createEngine(library, db, remote, {
    onWork: nothing,
    onMoved: nothing,
    onOwnerChange: nothing,
    onGone: async () => {},
    onDeleted: nothing,
    ...events,
  });
  engines.push(engine);
  return engine;
}

/** What a copied profile starts with: everything that is stored. */
export async function copyOf(store: LocalStore): Promise<LocalStore> {
  const stored = await store.run('read', async (tx) => {
    const keys: Key[] = ['head', 'cursor', 'client'];
    for (const prefix of ['m', 'g', 'c', 'o', 'u']) keys.push(...(await tx.keys(prefix)));
    return Promise.all(keys.map(async (key) => [key, structuredClone(await tx.get(key))] as const));
  });
  const copy = createMemoryStore();
  await copy.run('write', async (tx) => {
    for (const [key, value] of stored) tx.put(key, value);
  });
  return copy;
}

export async function settle() {
  for (let turn = 0; turn < 20; turn++) await nextTurn();
}
export const list = (engine: Engine, filter = {}) =>
  engine.views.list(engine.getState(), filter).map(({ id }) => Number.parseInt(id.slice(-4), 16));
export const star = (engine: Engine, n: number) =>
  engine.act([{ type: 'patch', id: mediaId(n), patch: { starred: true } }]);
export const never = (_: unknown, signal?: AbortSignal) =>
  new Promise<never>((_, reject) =>
    signal?.addEventListener('abort', () => reject(new RemoteError('NETWORK', 'Left.'))),
  );
export const failing = (code: RemoteError['code']) => () => Promise.reject(new RemoteError(code, 'No.'));
