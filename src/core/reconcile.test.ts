import { describe, expect, test } from 'vitest';
import type { Generation } from './generation.ts';
import type { Media, MediaId } from './media.ts';
import {
  applyDelta,
  applyGeneration,
  applyTopUp,
  applyWindow,
  byNewest,
  EMPTY_BASE,
  isWithin,
  shrink,
  type Base,
  type Delta,
} from './reconcile.ts';
import type { Change, Cursor, Window } from './sync.ts';
import { cursorAt, generationRow, mediaId, mediaRow, momentAt, uuid } from './testing/rows.ts';

const placeOf = (n: number) => ({ createdAt: momentAt(n), id: uuid(n) });

function baseOf(
  cursor: Cursor | null,
  rows: Media[],
  reach: number | null,
  generations: Generation[] = [],
): Base {
  return {
    cursor,
    reach: reach === null ? null : placeOf(reach),
    rows: new Map(rows.map((row) => [row.id, row])),
    generations: new Map(generations.map((row) => [row.id, row])),
    collections: new Map(),
  };
}

const windowOf = (asOf: Cursor, rows: Media[], more: boolean, generations: Generation[] = []): Window => ({
  rows,
  generations,
  collections: [],
  asOf,
  next: more ? 'older' : null,
});
const deltaOf = (cursor: Cursor, ...changes: Change[]): Delta => ({ type: 'delta', cursor, changes });
const media = (row: Media): Change => ({ type: 'media', row });
const gone = (n: number, version: number): Change => ({ type: 'media-gone', id: mediaId(n), version });
const stub = (n: number, version: number): Change => ({ type: 'media-stub', id: mediaId(n), version });

/** A base in short: its cursor, its reach, and id@version of its rows, newest first. */
const short = (base: Base | null) =>
  base && {
    cursor: base.cursor,
    reach: base.reach,
    rows: [...base.rows.values()]
      .sort(byNewest)
      .map((row) => `${Number.parseInt(row.id.slice(-4), 16)}@${row.version}`),
  };

const C = (version: number, epoch?: number) => cursorAt(version, epoch);
const held = baseOf(C(10), [mediaRow(9, 9), mediaRow(8, 3), mediaRow(7, 2)], 7);

type Row = {
  name: string;
  base: Base;
  move: (base: Base) => Base | null;
  /** null: the answer must be refused. */
  want: { cursor: Cursor | null; reach: number | null; rows: string[] } | null;
};

const table: Row[] = [
  {
    name: 'window: fills an empty base',
    base: EMPTY_BASE,
    move: (base) => applyWindow(base, null, windowOf(C(10), [mediaRow(9, 9), mediaRow(8, 3)], true)),
    want: { cursor: C(10), reach: 8, rows: ['9@9', '8@3'] },
  },
  {
    name: 'window: without older rows it reaches to the end',
    base: EMPTY_BASE,
    move: (base) => applyWindow(base, null, windowOf(C(10), [mediaRow(9, 9)], false)),
    want: { cursor: C(10), reach: null, rows: ['9@9'] },
  },
  {
    name: 'window: of an empty library',
    base: EMPTY_BASE,
    move: (base) => applyWindow(base, null, windowOf(C(0), [], false)),
    want: { cursor: C(0), reach: null, rows: [] },
  },
  {
    name: 'window: replaces everything when it is newer',
    base: held,
    move: (base) => applyWindow(base, C(10), windowOf(C(20), [mediaRow(12, 20), mediaRow(9, 15)], true)),
    want: { cursor: C(20), reach: 9, rows: ['12@20', '9@15'] },
  },
  {
    name: 'window: newer than a base that has moved since is taken',
    base: held,
    move: (base) => applyWindow(base, C(5), windowOf(C(11), [mediaRow(9, 11)], false)),
    want: { cursor: C(11), reach: null, rows: ['9@11'] },
  },
  {
    name: 'window: older than a base that has moved since is refused',
    base: held,
    move: (base) => applyWindow(base, null, windowOf(C(9), [mediaRow(9, 9)], false)),
    want: null,
  },
  {
    name: 'window: as old as a base that has moved since is refused',
    base: held,
    move: (base) => applyWindow(base, C(5), windowOf(C(10), [], false)),
    want: null,
  },
  {
    name: 'window: of a new epoch is taken by the base that asked',
    base: held,
    move: (base) => applyWindow(base, C(10), windowOf(C(4, 2), [mediaRow(8, 3)], false)),
    want: { cursor: C(4, 2), reach: null, rows: ['8@3'] },
  },
  {
    name: 'window: of another epoch, late, is refused',
    base: held,
    move: (base) => applyWindow(base, C(8, 2), windowOf(C(40, 2), [mediaRow(8, 3)], false)),
    want: null,
  },
  {
    name: 'window: a base ahead of its server starts over, without what the server does not have',
    base: held,
    move: (base) => applyWindow(base, C(10), windowOf(C(4), [mediaRow(8, 3)], false)),
    want: { cursor: C(4), reach: null, rows: ['8@3'] },
  },
  {
    name: 'window: a row that is known newer stays newer',
    base: baseOf(C(10), [mediaRow(9, 14), mediaRow(7, 15), mediaRow(3, 16)], null),
    move: (base) => applyWindow(base, C(10), windowOf(C(12), [mediaRow(9, 9), mediaRow(5, 1)], true)),
    want: { cursor: C(12), reach: 5, rows: ['9@14', '7@15', '5@1'] },
  },
  {
    name: 'delta: new, changed and deleted rows',
    base: held,
    move: (base) =>
      applyDelta(base, C(10), deltaOf(C(13), media(mediaRow(10, 11)), media(mediaRow(8, 12)), gone(9, 13))),
    want: { cursor: C(13), reach: 7, rows: ['10@11', '8@12', '7@2'] },
  },
  {
    name: 'delta: without changes moves the cursor',
    base: held,
    move: (base) => applyDelta(base, C(10), deltaOf(C(11))),
    want: { cursor: C(11), reach: 7, rows: ['9@9', '8@3', '7@2'] },
  },
  {
    name: 'delta: a row below the reach stays out',
    base: held,
    move: (base) => applyDelta(base, C(10), deltaOf(C(11), media(mediaRow(2, 11)))),
    want: { cursor: C(11), reach: 7, rows: ['9@9', '8@3', '7@2'] },
  },
  {
    name: 'delta: asked with an older cursor is refused',
    base: held,
    move: (base) => applyDelta(base, C(9), deltaOf(C(11), gone(9, 11))),
    want: null,
  },
  {
    name: 'delta: asked in another epoch is refused',
    base: held,
    move: (base) => applyDelta(base, C(10, 2), deltaOf(C(11, 2), gone(9, 11))),
    want: null,
  },
  {
    name: 'delta: to a base without a cursor is refused',
    base: { ...held, cursor: null },
    move: (base) => applyDelta(base, C(10), deltaOf(C(11))),
    want: null,
  },
  {
    name: 'delta: a row that a top-up brought newer stays newer',
    base: baseOf(C(10), [mediaRow(8, 15)], null),
    move: (base) => applyDelta(base, C(10), deltaOf(C(12), media(mediaRow(8, 12)))),
    want: { cursor: C(12), reach: null, rows: ['8@15'] },
  },
  {
    name: 'delta: a deletion of a row that is not here',
    base: held,
    move: (base) => applyDelta(base, C(10), deltaOf(C(11), gone(1, 11))),
    want: { cursor: C(11), reach: 7, rows: ['9@9', '8@3', '7@2'] },
  },
  {
    name: 'delta: a stub is filled from the adopted library',
    base: held,
    move: (base) =>
      applyDelta(base, C(10), deltaOf(C(11), stub(20, 11)), {
        adopted: new Map([[mediaId(20), mediaRow(20, 4)]]),
      }),
    want: { cursor: C(11), reach: 7, rows: ['20@11', '9@9', '8@3', '7@2'] },
  },
  {
    name: 'delta: a stub that nobody holds costs the cursor, not the rows',
    base: held,
    move: (base) => applyDelta(base, C(10), deltaOf(C(11), stub(20, 11))),
    want: { cursor: null, reach: 7, rows: ['9@9', '8@3', '7@2'] },
  },
  {
    name: 'delta: grown beyond the limit, it trims to the newest and moves the reach up',
    base: held,
    move: (base) =>
      applyDelta(base, C(10), deltaOf(C(12), media(mediaRow(10, 11)), media(mediaRow(11, 12))), {
        limits: { window: 2, max: 4 },
      }),
    want: { cursor: C(12), reach: 10, rows: ['11@12', '10@11'] },
  },
  {
    name: 'top-up: older rows are added and the reach goes down',
    base: held,
    move: (base) => applyTopUp(base, placeOf(7), windowOf(C(10), [mediaRow(6, 1), mediaRow(5, 1)], true)),
    want: { cursor: C(10), reach: 5, rows: ['9@9', '8@3', '7@2', '6@1', '5@1'] },
  },
  {
    name: 'top-up: the last page reaches to the end',
    base: held,
    move: (base) => applyTopUp(base, placeOf(7), windowOf(C(12), [], false)),
    want: { cursor: C(10), reach: null, rows: ['9@9', '8@3', '7@2'] },
  },
  {
    name: 'top-up: from a snapshot older than the base is refused, or deleted rows rise again',
    base: held,
    move: (base) => applyTopUp(base, placeOf(7), windowOf(C(9), [mediaRow(6, 1)], false)),
    want: null,
  },
  {
    name: 'top-up: of another epoch is refused',
    base: held,
    move: (base) => applyTopUp(base, placeOf(7), windowOf(C(12, 2), [mediaRow(6, 1)], false)),
    want: null,
  },
  {
    name: 'top-up: from a reach that has moved is refused, or a gap opens',
    base: held,
    move: (base) => applyTopUp(base, placeOf(5), windowOf(C(12), [mediaRow(4, 1)], false)),
    want: null,
  },
  {
    name: 'top-up: to a base that has everything is refused',
    base: { ...held, reach: null },
    move: (base) => applyTopUp(base, placeOf(7), windowOf(C(12), [mediaRow(6, 1)], false)),
    want: null,
  },
];

describe('reconcile, as a truth table', () => {
  test.each(table)('$name', ({ base, move, want }) => {
    const before = short(base);
    const after = move(base);
    expect(short(after)).toEqual(
      want && { ...want, reach: want.reach === null ? null : placeOf(want.reach) },
    );
    expect(short(base), 'the base that was passed in is not touched').toEqual(before);
    if (!after) return;
    expect(short(move(after) ?? after), 'the same answer again changes nothing').toEqual(short(after));
    for (const row of after.rows.values()) expect(isWithin(after.reach, row)).toBe(true);
  });

  const start = baseOf(C(1), [mediaRow(5, 1), mediaRow(4, 1)], 4);
  const first = deltaOf(C(3), media(mediaRow(6, 2)), media(mediaRow(5, 3, { starred: true })));
  const second = deltaOf(C(5), gone(6, 4), media(mediaRow(7, 5)));
  const both = deltaOf(C(5), media(mediaRow(5, 3, { starred: true })), gone(6, 4), media(mediaRow(7, 5)));
  const fresh = windowOf(C(5), [mediaRow(7, 5), mediaRow(5, 3, { starred: true }), mediaRow(4, 1)], true);

  const moves = {
    first: (base: Base) => applyDelta(base, C(1), first),
    second: (base: Base) => applyDelta(base, C(3), second),
    both: (base: Base) => applyDelta(base, C(1), both),
    fresh: (base: Base) => applyWindow(base, C(1), fresh),
  };
  type Move = keyof typeof moves;
  const orders: Move[][] = [
    ['first', 'second'],
    ['both'],
    ['fresh'],
    ['first', 'both', 'second'],
    ['both', 'first', 'second'],
    ['first', 'fresh', 'second'],
    ['fresh', 'first', 'both', 'second'],
    ['second', 'first', 'second', 'fresh', 'both'],
  ];
  test.each(orders.map((order) => [order.join(', '), order] as const))(
    'devices that hear %s end alike',
    (_, order) => {
      const end = order.reduce<Base>((base, name) => moves[name](base) ?? base, start);
      expect(short(end)).toEqual({ cursor: C(5), reach: placeOf(4), rows: ['7@5', '5@3', '4@1'] });
    },
  );
});

const row = (base: Base | null) => base?.rows.get(mediaId(8));

describe('identity', () => {
  test('a row that did not change is the same object after a window, a delta and a top-up', () => {
    const again = windowOf(C(20), [mediaRow(12, 20), mediaRow(8, 3)], false);
    expect(row(applyWindow(held, C(10), again))).toBe(row(held));
    expect(row(applyDelta(held, C(10), deltaOf(C(11), media(mediaRow(10, 11)))))).toBe(row(held));
    expect(row(applyTopUp(held, placeOf(7), windowOf(C(10), [mediaRow(6, 1)], false)))).toBe(row(held));
  });

  test('across epochs equal versions mean nothing', () => {
    const restored = applyWindow(
      held,
      C(10),
      windowOf(C(3, 2), [mediaRow(8, 3, { prompt: 'other' })], false),
    );
    expect(restored?.rows.get(mediaId(8))?.prompt).toBe('other');
  });
});

describe('generations', () => {
  const id = generationRow(1, 1).id;
  const running = generationRow(1, 5, { status: 'running' });

  test('one that was just created survives an answer asked for before it', () => {
    const base = applyGeneration(held, generationRow(1, 12));
    expect(applyWindow(base, C(10), windowOf(C(11), [], false))?.generations.has(id)).toBe(true);
    expect(applyDelta(base, C(10), deltaOf(C(11)))?.generations.has(id)).toBe(true);
  });

  test('an older state never replaces a newer one', () => {
    const base = baseOf(C(4), [], null, [running]);
    expect(applyGeneration(base, generationRow(1, 4))).toBe(base);
    const stale = applyDelta(base, C(4), deltaOf(C(6), { type: 'generation', row: generationRow(1, 3) }));
    expect(stale?.generations.get(id)).toBe(running);
  });

  test('one that is gone is forgotten', () => {
    const base = baseOf(C(4), [], null, [running]);
    const after = applyDelta(base, C(4), deltaOf(C(6), { type: 'generation-gone', id, version: 6 }));
    expect(after?.generations.size).toBe(0);
  });

  test('old finished ones are trimmed, active ones never', () => {
    const many = Array.from({ length: 201 }, (_, n) => generationRow(n + 2, 1, { status: 'succeeded' }));
    const base = baseOf(C(4), [], null, [running, ...many]);
    const after = applyDelta(base, C(4), deltaOf(C(5)));
    expect(after?.generations.size).toBe(101);
    expect(after?.generations.get(id)).toBe(running);
    expect(after?.generations.has(generationRow(202, 1).id)).toBe(true);
  });
});

test('a base that shrinks keeps its newest rows and says how far it reaches', () => {
  expect(short(shrink(held, 2))).toEqual({ cursor: C(10), reach: placeOf(8), rows: ['9@9', '8@3'] });
  expect(shrink(held, 3)).toBe(held);
});

test('rows of one moment are ordered by id, newest first', () => {
  const at = momentAt(1);
  const rows: Media[] = [1, 3, 2].map((n) => mediaRow(n, 1, { createdAt: at }));
  const ids: MediaId[] = rows.sort(byNewest).map((row) => row.id);
  expect(ids).toEqual([mediaId(3), mediaId(2), mediaId(1)]);
});
