import { describe, expect, test } from 'vitest';
import { MediaId } from '#core/media.ts';
import { countNewer } from './held-items.ts';

const at = (second: number, id = second) => ({
  createdAt: `2026-11-21T10:00:0${second}.000Z`,
  id: MediaId.parse(`00000000-0000-4000-8000-00000000000${id}`),
});

describe('held items', () => {
  test('are those after the frontier, equal times by id', () => {
    expect(countNewer([at(5), at(4), at(3), at(2)], at(3))).toBe(2);
    expect(countNewer([at(3, 9), at(3, 4), at(2)], at(3, 4))).toBe(1);
  });

  test('are none when the frontier itself has gone', () => {
    expect(countNewer([at(2), at(1)], at(3))).toBe(0);
    expect(countNewer([], at(3))).toBe(0);
  });
});
