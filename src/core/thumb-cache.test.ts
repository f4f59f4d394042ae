import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { pickEvictions } from './thumb-cache.ts';

const kept = (...entries: [key: string, bytes: number, usedAt: number][]) =>
  new Map(entries.map(([key, bytes, usedAt]) => [key, { bytes, usedAt }]));

test('within the budget nothing goes; beyond it the least recently shown go first', () => {
  expect(pickEvictions(kept(['a', 50, 3], ['b', 50, 1]), 100)).toEqual([]);
  expect(pickEvictions(kept(['a', 50, 3], ['b', 40, 1], ['c', 30, 2]), 100)).toEqual(['b']);
  expect(pickEvictions(kept(['a', 50, 3], ['b', 40, 1], ['c', 30, 2]), 60)).toEqual(['b', 'c']);
  expect(pickEvictions(kept(['a', 50, 3]), 0)).toEqual(['a']);
});

test('what stays fits, and nothing that stays is older than what went', () => {
  const entry = fc.record({ bytes: fc.integer({ min: 1, max: 1000 }), usedAt: fc.nat(100) });
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 40 }), fc.nat(20_000), (entries, budget) => {
      const all = new Map(entries.map((value, index) => [String(index), value]));
      const gone = new Set(pickEvictions(all, budget));
      const stays = [...all].filter(([key]) => !gone.has(key)).map(([, value]) => value);
      expect(stays.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(budget);
      const newestGone = Math.max(-1, ...[...gone].map((key) => all.get(key)?.usedAt ?? 0));
      for (const { usedAt } of stays) expect(usedAt).toBeGreaterThanOrEqual(newestGone);
    }),
  );
});
