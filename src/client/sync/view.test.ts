import { describe, expect, test } from 'vitest';
import type { Pending } from '#core/overlay.ts';
import type { Base } from '#core/reconcile.ts';
import { cursorAt, mediaId, mediaRow, momentAt, pendingOp, uuid } from '#core/testing/rows.ts';
import { newUploadId } from '../ids.ts';
import { newSnapshot } from '../store/snapshot.ts';
import { nameOfFilter } from './filter.ts';
import { tailBelow } from './tail.ts';
import { createViews, type ViewInput } from './view.ts';

const base: Base = {
  cursor: cursorAt(10),
  reach: { createdAt: momentAt(1), id: uuid(1) },
  rows: new Map(
    [
      mediaRow(1, 1),
      mediaRow(2, 2, { starred: true }),
      mediaRow(3, 3, { kind: 'video' }),
      mediaRow(4, 4, { trashedAt: momentAt(4) }),
    ].map((row) => [row.id, row]),
  ),
  generations: new Map(),
  collections: new Map(),
};
const inputOf = (outbox: Pending[] = [], over: Partial<ViewInput> = {}): ViewInput => ({
  snapshot: { ...newSnapshot(), base, outbox },
  tail: tailBelow(base),
  fileUrls: new Map(),
  ...over,
});
const numbers = (rows: readonly { id: string }[]) => rows.map(({ id }) => Number.parseInt(id.slice(-4), 16));
const star = (seq: number, n: number) =>
  pendingOp({ seq, type: 'patch', id: mediaId(n), patch: { starred: true } });
const trash = (seq: number, n: number) => pendingOp({ seq, type: 'trash', id: mediaId(n) });

test('filters are the rules of the list on the server', () => {
  const views = createViews();
  expect(numbers(views.list(inputOf(), {}))).toEqual([3, 2, 1]);
  expect(numbers(views.list(inputOf(), { trash: true }))).toEqual([4]);
  expect(numbers(views.list(inputOf(), { starred: true }))).toEqual([2]);
  expect(numbers(views.list(inputOf(), { kind: 'image' }))).toEqual([2, 1]);
});

test('operations move items between views at once', () => {
  const views = createViews();
  const input = inputOf([trash(1, 2), star(2, 1), star(3, 4)]);
  expect(numbers(views.list(input, {}))).toEqual([3, 1]);
  expect(numbers(views.list(input, { trash: true }))).toEqual([4, 2]);
  expect(numbers(views.list(input, { starred: true }))).toEqual([1]);
  expect(views.one(input, mediaId(4))?.starred).toBe(true);
  expect([...views.pending(input.snapshot)]).toEqual([mediaId(2), mediaId(1), mediaId(4)]);
});

test('rows of the tail count down to the depth of the filter', () => {
  const views = createViews();
  const below = { ...base, reach: { createdAt: momentAt(3), id: uuid(3) }, rows: new Map() };
  const tail = {
    ...tailBelow(below),
    rows: [mediaRow(2, 2, { starred: true }), mediaRow(1, 1, { starred: true })],
    depthOf: new Map([[nameOfFilter({ starred: true }), { createdAt: momentAt(2), id: uuid(2) }]]),
  };
  const input = inputOf([], { tail });
  expect(
    numbers(views.list({ ...input, snapshot: { ...input.snapshot, base: below } }, { starred: true })),
  ).toEqual([2]);
  expect(views.list({ ...input, snapshot: { ...input.snapshot, base: below } }, {})).toEqual([]);
});

describe('files that are being sent', () => {
  const upload = newUploadId();
  const draft = mediaRow(9, 0, { createdAt: momentAt(2.5), urls: { original: '' } });
  const waiting = { order: 1, draft, input: { id: draft.id, upload }, error: null };
  const saving = pendingOp({ seq: 1, type: 'save', id: draft.id, input: waiting.input }, { draft });
  const fileUrls = new Map([[upload, 'blob:1']]);

  test('are shown in their place, from the device', () => {
    const views = createViews();
    const input = inputOf([], { fileUrls });
    const list = views.list({ ...input, snapshot: { ...input.snapshot, uploads: [waiting] } }, {});
    expect(numbers(list)).toEqual([3, 9, 2, 1]);
    expect(list[1]?.urls.original).toBe('blob:1');
    expect(numbers(views.list(inputOf([saving], { fileUrls }), {}))).toEqual([3, 9, 2, 1]);
  });
  test('give way to the row of the server', () => {
    const views = createViews();
    const stored = { ...base, rows: new Map(base.rows).set(draft.id, mediaRow(9, 5)) };
    const input = inputOf([saving], { fileUrls });
    const list = views.list({ ...input, snapshot: { ...input.snapshot, base: stored } }, {});
    expect(numbers(list)).toEqual([9, 3, 2, 1]);
  });
  test('can be changed and removed before they have arrived', () => {
    const views = createViews();
    const starred = pendingOp({ seq: 2, type: 'patch', id: draft.id, patch: { starred: true } });
    expect(numbers(views.list(inputOf([saving, starred], { fileUrls }), { starred: true }))).toEqual([9, 2]);
    expect(
      numbers(views.list(inputOf([saving, pendingOp({ seq: 2, type: 'purge', id: draft.id })]), {})),
    ).toEqual([3, 2, 1]);
  });
});

describe('identity', () => {
  test('a list in which nothing changed is the same list', () => {
    const views = createViews();
    const first = views.list(inputOf([star(1, 1)]), {});
    const elsewhere = inputOf([star(1, 1)]);
    const list = views.list(
      { ...elsewhere, snapshot: { ...elsewhere.snapshot, base: { ...base, cursor: cursorAt(11) } } },
      {},
    );
    expect(list).toStrictEqual(first);
    const same = inputOf();
    const starredOnly = views.list(same, { starred: true });
    expect(views.list(inputOf([trash(1, 3)]), { starred: true })).toBe(starredOnly);
  });
  test('a row is the same object until one of its own operations changes', () => {
    const views = createViews();
    const first = star(1, 1);
    const before = views.list(inputOf([first]), {});
    const after = views.list(inputOf([first, star(2, 3)]), {});
    expect(after[2]).toBe(before[2]);
    expect(after[1]).toBe(before[1]);
    expect(after[0]).not.toBe(before[0]);
    expect(after[0]?.starred).toBe(true);
  });
});
