import { describe, expect, test } from 'vitest';
import {
  acknowledge,
  cleanPatch,
  clientsOf,
  foldRow,
  markHeld,
  nextPush,
  opsByMedia,
  settle,
  type Pending,
} from './overlay.ts';
import { PushInput, type Ack, type Op } from './sync.ts';
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
    ['an operation that the row contains', row, [{ ...act(1, 'purge'), heldIn: uuid(1) }], row],
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
  nextPush(outbox, cursorAt(4), limit)?.ops.map(({ seq }) => seq);

describe('what to send next', () => {
  test('the oldest that are not acknowledged, in order, up to the limit', () => {
    expect(nextPush([], cursorAt(4))).toBeNull();
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
    const { clientId: client, ops } = nextPush([moved, act(2, 'restore')], cursorAt(4)) ?? {};
    expect([client, ops]).toEqual([clientId(2), [moved.op]]);
  });
  test('with the epoch that the device believes in, and nothing before it knows one', () => {
    expect(nextPush([act(1, 'trash')], cursorAt(4, 2))?.epoch).toBe(uuid(2));
    expect(nextPush([act(1, 'trash')], null)).toBeNull();
  });
});

describe('acknowledgement', () => {
  const [epoch, cursor] = [uuid(1), cursorAt(4, 1)];
  test('names the version at which the overlay may let go, for operations of that client only', () => {
    const foreign = { ...act(1, 'trash'), order: 9, clientId: clientId(2) };
    const [own, other] = acknowledge(
      [act(1, 'trash'), foreign],
      clientId(1),
      { epoch, acks: [ack(1, 7)] },
      cursor,
    );
    expect(own?.ack).toEqual({ epoch, version: 7 });
    expect(other).toBe(foreign);
  });
  test('a refused operation is parked with its reason', () => {
    const error = { code: 'BAD_INPUT', message: 'Too long.' };
    const result = { epoch, acks: [ack(1, 7, { status: 'rejected', error })] };
    expect(acknowledge([patch(1, { headline: 'x' })], clientId(1), result, cursor)[0]).toMatchObject({
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
      cursor,
    );
    expect(trashed).toMatchObject({ error: null, ack: { epoch, version: 7 } });
    expect(starred).toMatchObject({ error, ack: null });
  });
  test('a second answer does not revive a parked operation', () => {
    const parked = { ...patch(1, { headline: 'x' }), error: { code: 'BAD_INPUT', message: '' } };
    expect(acknowledge([parked], clientId(1), { epoch, acks: [ack(1, 9)] }, cursor)[0]).toBe(parked);
  });
  test('what another history said is nothing, a refusal like the rest', () => {
    const outbox = [act(1, 'trash'), patch(2, { starred: true })];
    const error = { code: 'NOT_FOUND', message: 'No such item.' };
    const result = { epoch, acks: [ack(1, 7), ack(2, 8, { status: 'rejected', error })] };
    expect(acknowledge(outbox, clientId(1), result, cursorAt(4, 2))).toBe(outbox);
    expect(acknowledge(outbox, clientId(1), result, null)).toMatchObject([{ ack: { epoch } }, { error }]);
  });
});

const isGood = (...seqs: number[]) =>
  PushInput.safeParse({ clientId: clientId(1), ops: seqs.map((seq) => act(seq, 'trash').op) }).success;
const upTo = (seq: number, client = 1) => [{ clientId: clientId(client), seq }];

test('a push has rising numbers, each once', () => {
  expect([isGood(1), isGood(3, 5, 6)]).toEqual([true, true]);
  expect([isGood(1, 1), isGood(2, 1), isGood(1, 3, 2), isGood(0)]).toEqual([false, false, false, false]);
});

describe('what rows that came from the server contain', () => {
  const [epoch, other] = [uuid(1), uuid(2)];
  const mine = [act(1, 'trash'), act(2, 'restore'), act(3, 'trash')];
  const theirs = { ...act(1, 'purge'), order: 4, clientId: clientId(2) };
  const elsewhere = pendingOp({ seq: 2, type: 'trash', id: mediaId(2) });
  const parked = { ...act(1, 'trash'), error: { code: 'FORBIDDEN', message: '' } };
  const held = { ...act(1, 'trash'), heldIn: epoch };
  const both = [clientId(1), clientId(2)];
  type Case = [
    string,
    Pending[],
    Omit<Parameters<typeof markHeld>[1], 'epoch'>,
    (string | undefined)[] | null,
  ];
  const cases: Case[] = [
    ['nothing was asked', [], { clients: [], taken: undefined }, []],
    ['none of this client', mine, { clients: both, taken: [] }, [undefined, undefined, undefined]],
    ['up to a number', mine, { clients: both, taken: upTo(2) }, [epoch, epoch, undefined]],
    [
      'numbers of one client only',
      [...mine.slice(0, 1), theirs],
      { clients: both, taken: upTo(5, 2) },
      [undefined, epoch],
    ],
    ['acknowledged ones too', [acked(act(1, 'trash'), 9)], { clients: both, taken: upTo(1) }, [epoch]],
    ['again in another epoch', [{ ...held, heldIn: other }], { clients: both, taken: upTo(1) }, [epoch]],
    [
      'of the rows that came',
      [act(1, 'trash'), elsewhere],
      { clients: both, taken: upTo(9), ids: new Set([mediaId(2)]) },
      [undefined, epoch],
    ],
    [
      'an operation of which nothing was asked',
      [act(1, 'trash'), theirs],
      { clients: [clientId(1)], taken: upTo(1) },
      null,
    ],
    ['a refused one needs no asking', [parked], { clients: [], taken: undefined }, [undefined]],
  ];
  test.each(cases)('%s', (_, outbox, answer, want) => {
    const marked = markHeld(outbox, { ...answer, epoch });
    expect(marked && marked.map(({ heldIn }) => heldIn)).toEqual(want);
  });
  test('and nothing new leaves the overlay the same object', () => {
    const outbox = [held];
    expect(markHeld(outbox, { epoch, clients: both, taken: upTo(1) })).toBe(outbox);
  });
  test('is asked for each client that has something waiting', () => {
    expect(clientsOf([...mine, theirs, { ...parked, clientId: clientId(3) }])).toEqual(both);
  });
  test('is still sent, for its acknowledgement, and is not shown', () => {
    expect(seqsToSend([held])).toEqual([1]);
    expect(opsByMedia([held]).size).toBe(0);
  });
  test('counts in its own epoch alone', () => {
    expect(settle([held], cursorAt(4, 1))).toEqual([held]);
    expect(settle([held], cursorAt(4, 2))).toEqual([act(1, 'trash')]);
    expect(settle([{ ...acked(act(1, 'trash'), 9), heldIn: epoch }], cursorAt(50, 2))).toEqual([
      act(1, 'trash'),
    ]);
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
