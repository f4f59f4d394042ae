import { afterEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { uuidv4, uuidv7 } from './uuid.ts';

afterEach(() => void vi.useRealTimers());

const momentOf = (uuid: string) => Number.parseInt(uuid.replaceAll('-', '').slice(0, 12), 16);

test('both are what other parts take for their version, and none is like another', () => {
  const all = Array.from({ length: 2000 }, () => [uuidv4(), uuidv7()] as const);
  for (const [four, seven] of all) {
    expect(z.uuidv4().safeParse(four).success).toBe(true);
    expect(z.uuidv7().safeParse(seven).success).toBe(true);
  }
  expect(new Set(all.flat()).size).toBe(4000);
});

test('version 7 tells its moment, and sorts as it was made: thousands in a millisecond, and on a clock that goes back', () => {
  const start = Date.parse('2090-01-01');
  vi.useFakeTimers({ now: start });
  const made = Array.from({ length: 10_000 }, () => uuidv7());
  expect(momentOf(made[0] ?? '')).toBe(start);
  vi.setSystemTime(start - 60_000);
  made.push(uuidv7());
  vi.setSystemTime(start + 60_000);
  made.push(uuidv7());
  expect(made.toSorted()).toEqual(made);
  expect(momentOf(made.at(-1) ?? '')).toBe(start + 60_000);
});
