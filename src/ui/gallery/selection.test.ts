import { describe, expect, test } from 'vitest';
import { MediaId } from '#core/media.ts';
import { NO_SELECTION, select, type SelectionAction } from './selection.ts';

const id = (at: number) => MediaId.parse(`00000000-0000-4000-8000-00000000000${at}`);
const order = [0, 1, 2, 3, 4].map(id);
const run = (...actions: SelectionAction[]) => actions.reduce(select, NO_SELECTION);

describe('selection', () => {
  test('toggles, and ends with its last item', () => {
    const one = run({ type: 'toggle', id: id(1) });
    expect([...one.ids]).toEqual([id(1)]);
    expect(one.active).toBe(true);
    expect(select(one, { type: 'toggle', id: id(1) })).toBe(NO_SELECTION);
  });

  test('extends from where it began, in both directions', () => {
    const range = run({ type: 'toggle', id: id(3) }, { type: 'extend', id: id(1), order });
    expect([...range.ids].toSorted()).toEqual([id(1), id(2), id(3)]);
    const wider = select(range, { type: 'extend', id: id(4), order });
    expect([...wider.ids].toSorted()).toEqual([id(1), id(2), id(3), id(4)]);
  });

  test('extending without a beginning selects the one item', () => {
    const range = run({ type: 'extend', id: id(2), order });
    expect([...range.ids]).toEqual([id(2)]);
    expect(range.anchor).toBe(id(2));
  });

  test('lets go of items that left the list, and stays the same object when none did', () => {
    const two = run({ type: 'toggle', id: id(0) }, { type: 'toggle', id: id(1) });
    expect([...select(two, { type: 'keep', order: order.slice(1) }).ids]).toEqual([id(1)]);
    expect(select(two, { type: 'keep', order })).toBe(two);
    expect(select(two, { type: 'keep', order: [] })).toBe(NO_SELECTION);
  });

  test('takes all, and nothing from nothing', () => {
    expect(run({ type: 'all', order }).ids.size).toBe(5);
    expect(run({ type: 'all', order: [] })).toBe(NO_SELECTION);
  });
});
