import { expect, test } from 'vitest';
import { digestRows, WINDOW } from '#core/protocol.ts';
import { collectionRow, cursorAt, mediaRow, momentAt, uuid } from '#core/testing/rows.ts';
import { newSnapshot, type Snapshot } from '../store/snapshot.ts';
import { agrees } from './verify.ts';

const rows = (count: number) => Array.from({ length: count }, (_, n) => mediaRow(n + 1, n + 1));
const holding = (count: number, reach: number | null): Snapshot => ({
  ...newSnapshot(),
  base: {
    cursor: cursorAt(900),
    reach: reach === null ? null : { createdAt: momentAt(reach), id: uuid(reach) },
    rows: new Map(rows(count).map((row) => [row.id, row])),
    generations: new Map(),
    collections: new Map(),
  },
});
const newest = (count: number) => ({
  asOf: cursorAt(900),
  ...digestRows(rows(count).slice(-WINDOW)),
  collections: digestRows([]),
});

test('a device that holds all, or more than a window, agrees with what the server has', () => {
  expect(agrees(holding(20, null), newest(20))).toBe(true);
  expect(agrees(holding(620, 1), newest(620))).toBe(true);
});

test('a row too few, too many or of another version is found', () => {
  const good = newest(20);
  expect(agrees(holding(19, null), good)).toBe(false);
  expect(agrees(holding(21, null), good)).toBe(false);
  expect(agrees(holding(20, null), { ...good, versions: good.versions + 1 })).toBe(false);
});

test('a collection too few, too many or of another version is found', () => {
  const held = holding(20, null);
  const withCollection = (version: number) => ({
    ...newest(20),
    collections: digestRows([collectionRow(1, version)]),
  });
  expect(agrees(held, withCollection(3))).toBe(false);
  const collections = new Map([collectionRow(1, 3)].map((row) => [row.id, row]));
  const having = { ...held, base: { ...held.base, collections } };
  expect([agrees(having, withCollection(3)), agrees(having, withCollection(4))]).toEqual([true, false]);
  expect(agrees(having, newest(20))).toBe(false);
});

test('nothing is said of what cannot be compared', () => {
  expect(agrees(holding(20, null), { ...newest(20), asOf: cursorAt(901) })).toBeNull();
  expect(agrees(holding(20, 1), newest(20))).toBeNull();
});
