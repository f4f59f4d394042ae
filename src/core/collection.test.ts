import { describe, expect, test } from 'vitest';
import type { Collection } from './collection.ts';
import { acknowledge, foldCollections, foldRow, opsByMedia, type Pending } from './overlay.ts';
import { applyDelta, applyTopUp, applyWindow, shrink, type Base, type Delta } from './reconcile.ts';
import type { Change, Cursor, Window } from './sync.ts';
import {
  clientId,
  collectionId,
  collectionRow,
  cursorAt,
  mediaId,
  mediaRow,
  momentAt,
  pendingOp,
  uuid,
} from './testing/rows.ts';

const C = cursorAt;
const [a, b, c] = [collectionId(1), collectionId(2), collectionId(3)];
const byId = (...rows: Collection[]) => new Map(rows.map((row) => [row.id, row]));
const refused = { code: 'NOT_FOUND', message: '' };

const windowOf = (asOf: Cursor, ...collections: Collection[]): Window => ({
  rows: [mediaRow(9, 9)],
  generations: [],
  collections,
  asOf,
  next: 'older',
});
const put = (row: Collection): Change => ({ type: 'collection', row });
const deltaOf = (cursor: Cursor, ...changes: Change[]): Delta => ({ type: 'delta', cursor, changes });

describe('in the base', () => {
  const reach = { createdAt: momentAt(8), id: uuid(8) };
  const base: Base = {
    cursor: C(10),
    reach,
    rows: new Map([9, 8].map((n) => [mediaId(n), mediaRow(n, n)])),
    generations: new Map(),
    collections: byId(collectionRow(1, 5, 'Trips'), collectionRow(2, 6, 'Faces')),
  };
  const cases: [string, Base | null, string[] | null][] = [
    [
      'a window replaces them all',
      applyWindow(base, C(10), windowOf(C(11), collectionRow(1, 5, 'Trips'))),
      ['Trips@5'],
    ],
    [
      'a window from before leaves what a later answer brought',
      applyWindow(base, C(10), windowOf(C(10), collectionRow(1, 4, 'Old'))),
      ['Trips@5'],
    ],
    [
      'in another epoch nothing is kept',
      applyWindow(base, C(10), windowOf(C(3, 2), collectionRow(1, 2, 'Restored'))),
      ['Restored@2'],
    ],
    [
      'a delta names, renames and removes',
      applyDelta(
        base,
        C(10),
        deltaOf(C(13), put(collectionRow(1, 11, 'Far')), put(collectionRow(3, 12, 'New')), {
          type: 'collection-gone',
          id: b,
          version: 13,
        }),
      ),
      ['Far@11', 'New@12'],
    ],
    [
      'an older state never replaces a newer one',
      applyDelta(base, C(10), deltaOf(C(11), put(collectionRow(1, 4, 'Old')))),
      ['Trips@5', 'Faces@6'],
    ],
    [
      'a top-up, which brings none, leaves them',
      applyTopUp(base, reach, windowOf(C(10))),
      ['Trips@5', 'Faces@6'],
    ],
    ['shrinking leaves them', shrink(base, 1), ['Trips@5', 'Faces@6']],
    [
      'a delta from elsewhere is refused',
      applyDelta(base, C(9), deltaOf(C(11), put(collectionRow(3, 11)))),
      null,
    ],
  ];
  test.each(cases)('%s', (_, after, want) => {
    const found = after && [...after.collections.values()].map(({ name, version }) => `${name}@${version}`);
    expect(found).toEqual(want);
  });
});

describe('in the overlay', () => {
  const collect = (seq: number, add: (typeof a)[], remove: (typeof a)[] = []) =>
    pendingOp({ seq, type: 'collect', id: mediaId(1), add, remove });
  const create = (seq: number, id: typeof a, name: string) =>
    pendingOp({ seq, type: 'collection-create', id, name });
  const rename = (seq: number, id: typeof a, name: string) =>
    pendingOp({ seq, type: 'collection-rename', id, name });
  const remove = (seq: number, id: typeof a) => pendingOp({ seq, type: 'collection-delete', id });

  test('of an item they are a set: what another device put in stays in', () => {
    const row = mediaRow(1, 4, { collectionIds: [a, b] });
    const idsAfter = (...ops: Pending[]) => foldRow(row, ops)?.collectionIds;
    expect(idsAfter(collect(1, [c], [b]))).toEqual([a, c]);
    expect(idsAfter(collect(1, [a, a]))).toEqual([a, b]);
    expect(idsAfter(collect(1, [], [c]))).toEqual([a, b]);
    expect(idsAfter(collect(1, [c]), collect(2, [], [c, a]))).toEqual([b]);
    expect(idsAfter({ ...collect(1, [c]), error: refused })).toEqual([a, b]);
  });

  const base = byId(collectionRow(1, 5, 'Trips'), collectionRow(2, 6, 'Faces'));
  const cases: [string, Pending[], string[]][] = [
    ['one is created', [create(1, c, 'New')], ['Trips', 'Faces', 'New']],
    ['one that exists is not created again', [create(1, a, 'New')], ['Trips', 'Faces']],
    ['one is renamed', [rename(1, a, 'Far'), rename(2, c, 'Nobody')], ['Far', 'Faces']],
    ['one is deleted', [rename(1, a, 'Far'), remove(2, a), rename(3, a, 'Back')], ['Faces']],
    ['what the base contains is not folded', [{ ...remove(1, a), heldIn: uuid(1) }], ['Trips', 'Faces']],
    ['what was refused has no effect', [{ ...remove(1, a), error: refused }], ['Trips', 'Faces']],
  ];
  test.each(cases)('%s', (_, outbox, want) => {
    expect([...foldCollections(base, outbox).values()].map(({ name }) => name)).toEqual(want);
  });

  test('nothing that concerns them leaves the same map, and items know nothing of them', () => {
    expect(foldCollections(base, [collect(2, [c])])).toBe(base);
    expect(opsByMedia([create(1, c, 'New'), collect(2, [c])]).size).toBe(1);
  });

  test('deleting one that is gone, and leaving one with an item that is gone, are done', () => {
    const acks = [1, 2, 3].map((seq) => ({ seq, version: 7, status: 'rejected', error: refused }) as const);
    const outbox = [remove(1, a), collect(2, [], [a]), collect(3, [a])];
    const after = acknowledge(outbox, clientId(1), { epoch: uuid(1), acks }, C(4));
    expect(after.map(({ error }) => error?.code ?? null)).toEqual([null, null, 'NOT_FOUND']);
  });
});
