import { describe, expect, test } from 'vitest';
import type { Media } from '#core/media.ts';
import { applyDelta, applyTopUp, shrink, type Base, type Delta } from '#core/reconcile.ts';
import { cursorAt, mediaId, mediaRow, momentAt, uuid } from '#core/testing/rows.ts';
import { addPage, advanceTail, depthIn, mergeRows, tailBelow, type Tail } from './tail.ts';

const C = cursorAt;
const place = (n: number) => ({ createdAt: momentAt(n), id: uuid(n) });
const base: Base = {
  cursor: C(10),
  reach: place(8),
  rows: new Map([9, 8].map((n) => [mediaId(n), mediaRow(n, n)])),
  generations: new Map(),
  collections: new Map(),
};
const names = (rows: readonly Media[]) =>
  rows.map(({ id, version }) => `${Number.parseInt(id.slice(-4), 16)}@${version}`);
const page = (ns: number[], more: boolean, asOf = C(10)) => ({
  items: ns.map((n) => mediaRow(n, n)),
  nextCursor: more ? 'more' : null,
  asOf,
});
const withPage = (ns: number[], more = true): Tail => {
  const tail = addPage(tailBelow(base), base, 'all', base.reach, page(ns, more));
  if (!tail) throw new Error('The page should be taken.');
  return tail;
};

test('two lists merge in order, without repeats, the newer version of a row winning', () => {
  const a = [mediaRow(9, 1), mediaRow(7, 5), mediaRow(3, 1)];
  const b = [mediaRow(8, 1), mediaRow(7, 6), mediaRow(2, 1)];
  expect(names(mergeRows(a, b))).toEqual(['9@1', '8@1', '7@6', '3@1', '2@1']);
  expect(names(mergeRows(b, a))).toEqual(['9@1', '8@1', '7@6', '3@1', '2@1']);
});

describe('pages', () => {
  test('each filter has its own depth', () => {
    const tail = withPage([7, 6]);
    expect(names(tail.rows)).toEqual(['7@7', '6@6']);
    expect(depthIn(tail, 'all')).toEqual(place(6));
    expect(depthIn(tail, 'starred')).toEqual(place(8));
    expect(depthIn(withPage([7], false), 'all')).toBeNull();
  });
  test('one that is older than the base, or of another epoch, is refused', () => {
    expect(addPage(tailBelow(base), base, 'all', base.reach, page([7], true, C(9)))).toBeNull();
    expect(addPage(tailBelow(base), base, 'all', base.reach, page([7], true, C(99, 2)))).toBeNull();
  });
  test('one that was asked for from another place is refused', () => {
    expect(addPage(withPage([7, 6]), base, 'all', base.reach, page([7], true))).toBeNull();
  });
});

const followed = (delta: Delta) => ({ asked: C(10), delta });

describe('as the base moves', () => {
  test('changes below the window are carried along', () => {
    const delta: Delta = {
      type: 'delta',
      cursor: C(14),
      changes: [
        { type: 'media', row: mediaRow(6, 12) },
        { type: 'media-gone', id: mediaId(7), version: 13 },
        { type: 'media', row: mediaRow(5, 14) },
      ],
    };
    const after = applyDelta(base, C(10), delta);
    const tail = advanceTail(withPage([7, 6]), base, after ?? base, followed(delta));
    expect(names(tail.rows)).toEqual(['6@12', '5@14']);
    expect(tail.cursor).toBe(C(14));
    expect(depthIn(tail, 'all')).toEqual(place(6));
  });
  test('rows that a growing window lets go of stay in reach of those who see them', () => {
    const delta: Delta = {
      type: 'delta',
      cursor: C(11),
      changes: [{ type: 'media', row: mediaRow(10, 11) }],
    };
    const grown = applyDelta(base, C(10), delta, { limits: { window: 1, max: 2 } });
    const tail = advanceTail(withPage([7]), base, grown ?? base, followed(delta));
    expect(names(tail.rows)).toEqual(['9@9', '8@8', '7@7']);
    expect(depthIn(tail, 'starred')).toEqual(place(8));
  });
  test('a top-up takes its rows over', () => {
    const window = { rows: [mediaRow(7, 7)], generations: [], collections: [], asOf: C(10), next: 'more' };
    const after = applyTopUp(base, place(8), window) ?? base;
    const tail = advanceTail(withPage([7, 6]), base, after);
    expect(names(tail.rows)).toEqual(['6@6']);
    expect(depthIn(tail, 'starred')).toEqual(place(7));
  });
  test('what cannot be carried along is dropped', () => {
    const jumped = { ...base, cursor: C(20) };
    expect(advanceTail(withPage([7]), base, jumped)).toEqual(tailBelow(jumped));
    const delta: Delta = { type: 'delta', cursor: C(20), changes: [] };
    expect(advanceTail(withPage([7]), base, jumped, { asked: C(9), delta })).toEqual(tailBelow(jumped));
    const small = shrink(base, 1);
    expect(depthIn(advanceTail(withPage([7, 6]), base, small), 'all')).toEqual(place(6));
  });
});
