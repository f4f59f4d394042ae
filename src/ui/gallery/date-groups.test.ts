import { describe, expect, test } from 'vitest';
import { groupByDate } from './date-groups.ts';

/** A Saturday, local time. */
const NOW = new Date(2026, 10, 21, 15, 30);
const at = (...parts: [number, number, number, number?, number?]) => {
  const [year, month, day, hour = 12, minute = 0] = parts;
  return { createdAt: new Date(year, month, day, hour, minute).toISOString() };
};

const labels = (items: { createdAt: string }[]) =>
  groupByDate(items, NOW, 'en').map(({ label, start, end }) => `${label} ${start}-${end}`);

describe('date groups', () => {
  test('name today, yesterday, the days of the week, then months', () => {
    expect(
      labels([
        at(2026, 10, 21, 15),
        at(2026, 10, 21, 0, 0),
        at(2026, 10, 20, 23, 59),
        at(2026, 10, 19),
        at(2026, 10, 15),
        at(2026, 10, 14),
        at(2026, 10, 2),
        at(2026, 9, 31),
        at(2025, 9, 31),
      ]),
    ).toEqual([
      'Today 0-2',
      'Yesterday 2-3',
      'Thursday 3-4',
      'Sunday 4-5',
      'November 2026 5-7',
      'October 2026 7-8',
      'October 2025 8-9',
    ]);
  });

  test('put a clock that runs ahead under today', () => {
    expect(labels([at(2026, 10, 22), at(2026, 10, 21)])).toEqual(['Today 0-2']);
  });

  test('are none for none', () => {
    expect(labels([])).toEqual([]);
  });
});
