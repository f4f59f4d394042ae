import { describe, expect, test } from 'vitest';
import { acknowledge, cleanPatch, foldRow, nextPush, opsByMedia, settle, type Pending } from './overlay.ts';
import type { Ack, Op } from './sync.ts';
import { clientId, cursorAt, mediaId, mediaRow, pendingOp, uuid } from './testing/rows.ts';

const id = mediaId(1);
const patch = (seq: number, fields: Extract<Op, { type: 'patch' }>['patch']) =>
  pendingOp({ seq, type: 'patch', id, patch: fields });
const act = (seq: number, type: 'trash' | 'restore' | 'purge') => pendingOp({ seq, type, id });
const save = (seq: number, over: Partial<Pending> = {}) =>
  pendingOp({ seq, type: 'save', id, input: { data: 'AAAA' } }, over);
const acked = (pending: Pending, version: number, epoch = 1): Pending => ({
  ...pending,
  ack: { epoch: uuid(epoch), version },
});
const ack = (seq: number, version: number, over: Partial<Ack> = {}): Ack => ({
  seq,
  version,
  status: 'ok',
  error: null,
  ...over,
});

describe('folding operations over a row', () => {
  const row = mediaRow(1, 4);
  const draft = mediaRow(1, 0, { prompt: 'draft' });
  const trashed = { ...row, trashedAt: row.createdAt };
  const first = act(1, 'trash');
  test.each([
    ['no operation', row, [], row],
    ['a patch', row, [patch(1, { starred: true })], { ...row, starred: true }],
    [
      'the later patch wins',
      row,
      [patch(1, { headline: 'a' }), patch(2, { headline: 'b' })],
      { ...row, headline: 'b' },
    ],
    ['trash', row, [first], { ...row, trashedAt: first.at }],
    ['trash of what is in the trash keeps its day', trashed, [act(1, 'trash')], trashed],
    ['restore', trashed, [act(1, 'restore')], row],
    ['trash, then restore', row, [act(1, 'trash'), act(2, 'restore')], row],
    ['purge', row, [act(1, 'purge')], null],
    [
      'nothing rises after a purge',
      row,
      [act(1, 'purge'), act(2, 'restore'), patch(3, { starred: true })],
      null,
    ],
    ['a save shows its draft', null, [save(1, { draft })], draft],
    ['a save of a row that is there', row, [save(1, { draft })], row],
    [
      'a save, then a patch',
      null,
      [save(1, { draft }), patch(2, { starred: true })],
      { ...draft, starred: true },
    ],
    ['a patch of nothing', null, [patch(1, { starred: true })], null],
    ['a refused operation', row, [{ ...act(1, 'purge'), error: { code: 'FORBIDDEN', message: '' } }], row],
    ['an acknowledged operation that the base lacks', row, [acked(act(1, 'purge'), 9)], null],
  ])('%s', (_, row, ops, want) => {
    expect(foldRow(row, ops)).toEqual(want);
    // The server will have done the same to the row, so folding over its answer changes nothing.
    expect(foldRow(foldRow(row, ops), ops)).toEqual(want);
  });

  test('operations are grouped by the item they are about, refused ones left out', () => {
    const other = pendingOp({ seq: 3, type: 'trash', id: mediaId(2) });
    const refused = { ...act(4, 'purge'), error: { code: 'FORBIDDEN', message: '' } };
    const groups = opsByMedia([act(1, 'trash'), act(2, 'restore'), other, refused]);
    expect([...groups].map(([key, ops]) => [key, ops.map(({ op }) => op.seq)])).toEqual([
      [id, [1, 2]],
      [mediaId(2), [3]],
    ]);
  });
});

test('a patch is shown as the server will store it', () => {
  expect(cleanPatch({ headline: '  Dusk ', tags: ['sea', ' sea', 'sky'], prompt: ' a ' })).toEqual({
    headline: 'Dusk',
    tags: ['sea', 'sky'],
    prompt: 'a',
  });
  expect(cleanPatch({ headline: '  ' })).toEqual({ headline: null });
  expect(cleanPatch({ starred: false })).toEqual({ starred: false });
});

const seqsToSend = (outbox: Pending[], limit?: number) =>
  nextPush(outbox, null, limit)?.ops.map(({ seq }) => seq);

describe('what to send next', () => {
  test('the oldest that are not acknowledged, in order, up to the limit', () => {
    expect(nextPush([], null)).toBeNull();
    expect(
      seqsToSend([acked(act(1, 'trash'), 4), act(2, 'restore'), act(3, 'trash'), act(4, 'restore')], 2),
    ).toEqual([2, 3]);
  });
  test('a refused one does not hold up the others', () => {
    expect(
      seqsToSend([{ ...act(1, 'trash'), error: { code: 'FORBIDDEN', message: '' } }, act(2, 'restore')]),
    ).toEqual([2]);
  });
  test('operations of one client at a time', () => {
    const moved = { ...act(7, 'trash'), order: 1, clientId: clientId(2) };
    expect(nextPush([moved, act(2, 'restore')], null)).toEqual({ clientId: clientId(2), ops: [moved.op] });
  });
  test('with the epoch that the device believes in', () => {
    expect(nextPush([act(1, 'trash')], cursorAt(4, 2))?.epoch).toBe(uuid(2));
    expect(nextPush([acked(act(1, 'trash'), 7, 3), act(2, 'trash')], null)?.epoch).toBe(uuid(3));
    expect(nextPush([act(1, 'trash')], null)?.epoch).toBeUndefined();
  });
});

describe('acknowledgement', () => {
  const epoch = uuid(1);
  test('names the version at which the overlay may let go, for operations of that client only', () => {
    const foreign = { ...act(1, 'trash'), order: 9, clientId: clientId(2) };
    const [own, other] = acknowledge([act(1, 'trash'), foreign], clientId(1), { epoch, acks: [ack(1, 7)] });
    expect(own?.ack).toEqual({ epoch, version: 7 });
    expect(other).toBe(foreign);
  });
  test('a refused operation is parked with its reason', () => {
    const error = { code: 'BAD_INPUT', message: 'Too long.' };
    const result = { epoch, acks: [ack(1, 7, { status: 'rejected', error })] };
    expect(acknowledge([patch(1, { headline: 'x' })], clientId(1), result)[0]).toMatchObject({
      ack: null,
      error,
    });
  });
  test('deleting what is gone already is done; changing it is refused', () => {
    const error = { code: 'NOT_FOUND', message: 'No such item.' };
    const result = {
      epoch,
      acks: [ack(1, 7, { status: 'rejected', error }), ack(2, 7, { status: 'rejected', error })],
    };
    const [trashed, starred] = acknowledge(
      [act(1, 'trash'), patch(2, { starred: true })],
      clientId(1),
      result,
    );
    expect(trashed).toMatchObject({ error: null, ack: { epoch, version: 7 } });
    expect(starred).toMatchObject({ error, ack: null });
  });
  test('a second answer does not revive a parked operation', () => {
    const parked = { ...patch(1, { headline: 'x' }), error: { code: 'BAD_INPUT', message: '' } };
    expect(acknowledge([parked], clientId(1), { epoch, acks: [ack(1, 9)] })[0]).toBe(parked);
  });
});

describe('letting go', () => {
  const outbox = [acked(act(1, 'trash'), 7), acked(act(2, 'restore'), 9), act(3, 'trash')];
  const seqs = (cursor: ReturnType<typeof cursorAt> | null) => settle(outbox, cursor).map(({ op }) => op.seq);
  test('only of what the cursor covers', () => {
    expect(seqs(null)).toEqual([1, 2, 3]);
    expect(seqs(cursorAt(6))).toEqual([1, 2, 3]);
    expect(seqs(cursorAt(7))).toEqual([2, 3]);
    expect(seqs(cursorAt(50))).toEqual([3]);
  });
  test('in another epoch nothing counts as acknowledged', () => {
    expect(settle(outbox, cursorAt(50, 2)).map(({ ack }) => ack)).toEqual([null, null, null]);
  });
});
