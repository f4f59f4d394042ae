import { afterEach, expect, test } from 'vitest';
import { LibraryId } from '#core/owner.ts';
import { digestRows } from '#core/protocol.ts';
import { clientId, collectionId, mediaId, uuid } from '#core/testing/rows.ts';
import { createLibraryDb } from '../store/library-db.ts';
import { createMemoryStore } from '../store/memory-store.ts';
import { createEngine, type Engine } from './engine.ts';
import { createMemoryWorld } from './model/memory-world.ts';
import type { Remote } from './remote-port.ts';

const engines: Engine[] = [];
afterEach(() => {
  for (const engine of engines.splice(0)) engine.dispose();
});

const [a, b] = [collectionId(1), collectionId(2)];
const nothing = () => {};

/** Two devices that hold items 1 to `count` of one library. */
async function pair(count: number) {
  const server = createMemoryWorld().connect('u');
  for (let n = 1; n <= count; n++) {
    const input = { prompt: `item ${n}`, data: 'AAAA' };
    await server.push({ clientId: clientId(9), ops: [{ seq: n, type: 'save', id: mediaId(n), input }] });
  }
  const remote: Remote = {
    ...server,
    list: () => Promise.reject(new Error('All is in the window.')),
    digest: async () => {
      const { rows, collections, asOf } = await server.window({ limit: 500 });
      return { asOf, ...digestRows(rows), collections: digestRows(collections) };
    },
    sendFile: () => Promise.reject(new Error('No files here.')),
  };
  const open = (n: number) => {
    const db = createLibraryDb(createMemoryStore(), async () => createMemoryStore());
    const engine = createEngine(LibraryId.parse(uuid(0xe000 + n)), db, remote, {
      onWork: nothing,
      onMoved: nothing,
      onOwnerChange: nothing,
      onGone: async () => {},
      onDeleted: nothing,
    });
    engines.push(engine);
    return engine;
  };
  const both = [open(1), open(2)] as const;
  await agree(...both);
  return both;
}

async function agree(...both: Engine[]) {
  for (const engine of [...both, ...both]) await engine.reconcile();
}

const names = (engine: Engine) =>
  [...engine.views.collections(engine.getState().snapshot).values()].map(({ name }) => name).toSorted();
const list = (engine: Engine, filter = {}) =>
  engine.views.list(engine.getState(), filter).map(({ id }) => Number.parseInt(id.slice(-4), 16));
const create = (engine: Engine, id: typeof a, name: string) =>
  engine.act([{ type: 'collection-create', id, name }]);
const collect = (engine: Engine, n: number, add: (typeof a)[], remove: (typeof a)[] = []) =>
  engine.act([{ type: 'collect', id: mediaId(n), add, remove }]);

test('made and filled without a network, they come together', async () => {
  const [one, two] = await pair(3);
  await create(one, a, ' Trips ');
  await collect(one, 1, [a]);
  await collect(one, 2, [a]);
  expect([names(one), list(one, { collection: a })]).toEqual([['Trips'], [2, 1]]);
  await create(two, b, 'Faces');
  await collect(two, 1, [b]);
  await agree(one, two);
  for (const engine of [one, two]) {
    expect(names(engine)).toEqual(['Faces', 'Trips']);
    expect([list(engine, { collection: a }), list(engine, { collection: b })]).toEqual([[2, 1], [1]]);
    expect(engine.getState().snapshot.outbox).toEqual([]);
  }
});

test('one puts in what the other takes out of another: both hold', async () => {
  const [one, two] = await pair(1);
  await create(one, a, 'Trips');
  await create(one, b, 'Faces');
  await collect(one, 1, [a]);
  await agree(one, two);
  await collect(one, 1, [b]);
  await collect(two, 1, [], [a]);
  await agree(one, two);
  for (const engine of [one, two])
    expect([list(engine, { collection: a }), list(engine, { collection: b })]).toEqual([[], [1]]);
});

test('deleted on one, its items stay on both; what the other put in meanwhile is refused and told', async () => {
  const [one, two] = await pair(2);
  await create(one, a, 'Trips');
  await collect(one, 1, [a]);
  await agree(one, two);
  await one.act([{ type: 'collection-delete', id: a }]);
  expect([names(one), list(one)]).toEqual([[], [2, 1]]);
  await one.reconcile();
  await collect(two, 2, [a]);
  await agree(two, one);
  for (const engine of [one, two]) {
    expect([names(engine), list(engine), list(engine, { collection: a })]).toEqual([[], [2, 1], []]);
  }
  expect(two.getState().snapshot.outbox).toMatchObject([
    { op: { type: 'collect' }, error: { code: 'NOT_FOUND' } },
  ]);
});
