import { expect, test } from 'vitest';
import { byNewest } from '#core/reconcile.ts';
import { advance, makeLibrary, ROW_BYTES } from './library.ts';
import { mergeDelta } from './merge-delta.ts';
import { median, p90 } from './stats.ts';
import { fingerprint, VIEW } from './view.ts';

test('every row has the stated size, and newest comes first', () => {
  const { rows, version } = makeLibrary(2000);
  expect(new Set(rows.map((row) => new TextEncoder().encode(JSON.stringify(row)).byteLength))).toEqual(
    new Set([ROW_BYTES]),
  );
  expect(rows.toSorted(byNewest)).toEqual(rows);
  expect(version).toBe(2000);
});

test.each([
  [500, 100],
  [5000, 1],
  [5000, 1000],
])('of %i rows, %i change, each once', (n, k) => {
  const before = makeLibrary(n);
  const { state, changes } = advance(before, k);
  const ids = [...changes.rows.map(({ id }) => id), ...changes.gone];
  expect(new Set(ids).size).toBe(k);
  expect(changes.gone).toHaveLength(Math.floor(k / 10));
  expect(changes.rows.every(({ version }) => version > before.version && version <= state.version)).toBe(
    true,
  );
  expect(fingerprint(state.rows.slice(0, VIEW))).not.toBe(fingerprint(before.rows.slice(0, VIEW)));
});

test('whoever follows by the message arrives at the same library', () => {
  const before = makeLibrary(1000);
  const { state, changes } = advance(before, 100);
  const merged = mergeDelta({ ...before, rows: [...before.rows] }, { version: state.version, ...changes });
  expect(fingerprint(merged.rows)).toBe(fingerprint(state.rows));
});

test('a view with one other field, row or order has another fingerprint', () => {
  const [first, second, ...rest] = makeLibrary(10).rows;
  if (!first || !second) throw new Error('no rows');
  const prints = [
    [first, second, ...rest],
    [{ ...first, starred: !first.starred }, second, ...rest],
    [second, first, ...rest],
    [second, ...rest],
  ].map(fingerprint);
  expect(new Set(prints).size).toBe(4);
});

test('median and p90', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([1, 2])).toBe(1.5);
  expect(p90([0, 10])).toBe(9);
});
