import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MediaId } from '#core/media.ts';
import { ClientId, parseCursor, SYNC_SCHEMA, type Op } from '#core/sync.ts';
import { uuidv7 } from 'uuidv7';
import { getMedia } from '../media/read.ts';
import { saveMedia } from '../media/save.ts';
import { Jar } from '../testing/api.ts';
import { PIXEL } from '../testing/objects.ts';
import { newGuest, useTestServer, type Guest } from '../testing/server.ts';
import { readChanges, readCursor, readWindow } from './changes.ts';
import { pushOps } from './push.ts';

const server = useTestServer();
beforeAll(() => {
  globalThis.afterimageServer = Promise.resolve(server());
});
afterAll(() => {
  globalThis.afterimageServer = undefined;
});

const newDevice = () => ClientId.parse(crypto.randomUUID());
const newId = () => MediaId.parse(uuidv7());
const addPixel = async (guest: Guest) => MediaId.parse((await saveMedia(guest, { data: PIXEL })).id);
const versionOf = async (guest: Guest) => parseCursor(await readCursor(guest)).version;

const saveOp = (seq: number, id: MediaId, data = PIXEL): Op => ({
  seq,
  type: 'save',
  id,
  input: { data, prompt: 'from the outbox' },
});
const headlineOp = (seq: number, id: MediaId, headline: string): Op => ({
  seq,
  type: 'patch',
  id,
  patch: { headline },
});

describe('operations', () => {
  test('take effect in their order, each with the version that it led to', async () => {
    const guest = await newGuest(server());
    const id = newId();
    const { acks } = await pushOps(guest, {
      clientId: newDevice(),
      ops: [
        saveOp(1, id),
        headlineOp(2, id, 'first'),
        { seq: 3, type: 'trash', id },
        headlineOp(4, id, 'second'),
        { seq: 5, type: 'restore', id },
      ],
    });
    expect(acks.map(({ seq, status }) => [seq, status])).toEqual([1, 2, 3, 4, 5].map((seq) => [seq, 'ok']));
    const versions = acks.map(({ version }) => version);
    expect(versions).toEqual([...new Set(versions)].toSorted((a, b) => a - b));
    const saved = await getMedia(guest, id);
    expect(saved).toMatchObject({ prompt: 'from the outbox', headline: 'second', trashedAt: null });
    expect(saved.version).toBe(versions.at(-1));
  });

  test('that were taken before change nothing', async () => {
    const guest = await newGuest(server());
    const id = newId();
    const clientId = newDevice();
    const ops = [saveOp(1, id), headlineOp(2, id, 'from here')];
    await pushOps(guest, { clientId, ops });
    await pushOps(guest, { clientId: newDevice(), ops: [headlineOp(1, id, 'from elsewhere')] });
    const between = await getMedia(guest, id);
    const { acks } = await pushOps(guest, { clientId, ops });
    expect(acks).toMatchObject([
      { seq: 1, status: 'noop' },
      { seq: 2, status: 'noop' },
    ]);
    expect(await getMedia(guest, id)).toEqual(between);
    expect(between.headline).toBe('from elsewhere');
  });

  test('that are refused stay refused, and those after them go on', async () => {
    const guest = await newGuest(server());
    const id = await addPixel(guest);
    const late = newId();
    const clientId = newDevice();
    const ops = [
      headlineOp(1, late, 'nobody'),
      saveOp(2, newId(), 'bm90IGEgcGljdHVyZQ=='),
      headlineOp(3, id, 'yes'),
    ];
    const { acks } = await pushOps(guest, { clientId, ops });
    expect(acks).toMatchObject([
      { seq: 1, status: 'rejected', error: { code: 'NOT_FOUND' } },
      { seq: 2, status: 'rejected', error: { code: 'UNSUPPORTED_MEDIA' } },
      { seq: 3, status: 'ok', error: null },
    ]);
    expect(await getMedia(guest, id)).toMatchObject({ headline: 'yes' });

    // By now it would work: the device was told that it had not.
    await saveMedia(guest, { data: PIXEL, id: late });
    const again = await pushOps(guest, { clientId, ops });
    expect(again.acks.slice(0, 2)).toEqual(acks.slice(0, 2));
    expect(again.acks[2]).toMatchObject({ seq: 3, status: 'noop' });
    expect(await getMedia(guest, late)).toMatchObject({ headline: null });
  });

  test('of another epoch are not taken, and may be sent again in this one', async () => {
    const guest = await newGuest(server());
    const id = await addPixel(guest);
    const clientId = newDevice();
    const before = await readCursor(guest);
    const ops = [headlineOp(1, id, 'kept')];
    const refused = await pushOps(guest, { clientId, epoch: crypto.randomUUID(), ops });
    expect(refused).toEqual({ epoch: parseCursor(before).epoch, acks: [] });
    expect(await readCursor(guest)).toBe(before);
    const taken = await pushOps(guest, { clientId, epoch: refused.epoch, ops });
    expect(taken.acks).toMatchObject([{ seq: 1, status: 'ok' }]);
    expect(await getMedia(guest, id)).toMatchObject({ headline: 'kept' });
  });

  test('of two devices count apart', async () => {
    const guest = await newGuest(server());
    const [one, other] = [await addPixel(guest), await addPixel(guest)];
    const pushes = [one, other].map((id) =>
      pushOps(guest, { clientId: newDevice(), ops: [headlineOp(1, id, id)] }),
    );
    const acks = (await Promise.all(pushes)).flatMap((result) => result.acks);
    expect(acks.map(({ status }) => status)).toEqual(['ok', 'ok']);
    for (const id of [one, other]) expect(await getMedia(guest, id)).toMatchObject({ headline: id });
  });

  test('of a stranger reach nothing', async () => {
    const [guest, stranger] = await Promise.all([newGuest(server()), newGuest(server())]);
    const id = await addPixel(guest);
    const before = await getMedia(guest, id);
    const { acks } = await pushOps(stranger, {
      clientId: newDevice(),
      ops: [headlineOp(1, id, 'mine'), { seq: 2, type: 'purge', id }, saveOp(3, id)],
    });
    expect(acks.map(({ status, error }) => [status, error?.code])).toEqual([
      ['rejected', 'NOT_FOUND'],
      ['rejected', 'NOT_FOUND'],
      ['rejected', 'CONFLICT'],
    ]);
    expect(await getMedia(guest, id)).toEqual(before);
  });
});

test('operations out of their order, or twice in one push, are refused whole', async () => {
  const jar = new Jar();
  const { body } = await jar.json('/api/v1/media', { json: { data: PIXEL } });
  const id = MediaId.parse(body.id);
  const clientId = newDevice();
  const push = (...seqs: number[]) =>
    jar.fetch('/api/trpc/sync.push', {
      json: { clientId, ops: seqs.map((seq) => headlineOp(seq, id, `${seq}`)) },
    });
  const before = await (await jar.fetch(`/api/v1/media/${id}`)).json();
  for (const seqs of [
    [2, 1],
    [1, 1],
    [1, 3, 2],
  ]) {
    const answer = await push(...seqs);
    expect([answer.status, await answer.json()]).toMatchObject([
      400,
      { error: { data: { appCode: 'BAD_INPUT', field: 'ops' } } },
    ]);
  }
  expect(await (await jar.fetch(`/api/v1/media/${id}`)).json()).toEqual(before);
  expect(await (await push(1, 3)).json()).toMatchObject({
    result: {
      data: {
        acks: [
          { seq: 1, status: 'ok' },
          { seq: 3, status: 'ok' },
        ],
      },
    },
  });
});

test('a delta and a window say how much of a device’s operations they contain', async () => {
  const guest = await newGuest(server());
  const [id, later] = [await addPixel(guest), newDevice()];
  const cursor = await readCursor(guest);
  const [clientId, stranger] = [newDevice(), newDevice()];
  await pushOps(guest, { clientId, ops: [headlineOp(1, id, 'a'), headlineOp(4, newId(), 'refused')] });
  await pushOps(await newGuest(server()), { clientId: stranger, ops: [headlineOp(9, id, 'not here')] });
  const clients = [clientId, later, stranger];
  const taken = [{ clientId, seq: 4 }];
  expect(await readChanges(guest, { cursor, schema: SYNC_SCHEMA, clients })).toMatchObject({
    type: 'delta',
    taken,
  });
  expect(await readWindow(guest, { limit: 5, clients })).toMatchObject({ taken });
  expect(await readWindow(guest, { limit: 5 })).not.toHaveProperty('taken');
});

test('a client of long ago is forgotten when a new one comes', async () => {
  const guest = await newGuest(server());
  const id = await addPixel(guest);
  const [old, recent, fresh] = [newDevice(), newDevice(), newDevice()];
  const pushAfter = (days: number, clientId: ClientId) =>
    pushOps(
      { ...guest, now: () => new Date(Date.now() + days * 86_400_000) },
      { clientId, ops: [headlineOp(1, id, clientId)] },
    );
  await pushAfter(0, old);
  await pushAfter(2, recent);
  await pushAfter(401, fresh);
  const { taken } = await readWindow(guest, { limit: 1, clients: [old, recent, fresh] });
  expect(new Set(taken?.map(({ clientId }) => clientId))).toEqual(new Set([recent, fresh]));
});

test('operations that are pushed many times at once take effect once', async () => {
  const guest = await newGuest(server());
  const [made, purged] = [newId(), await addPixel(guest)];
  const clientId = newDevice();
  const ops: Op[] = [saveOp(1, made), headlineOp(2, made, 'once'), { seq: 3, type: 'purge', id: purged }];
  const start = await versionOf(guest);
  const results = await Promise.all(Array.from({ length: 6 }, () => pushOps(guest, { clientId, ops })));
  for (const { seq } of ops) {
    const statuses = results.map(({ acks }) => acks[seq - 1]?.status);
    expect(statuses.filter((status) => status === 'ok')).toHaveLength(1);
    expect(statuses.filter((status) => status === 'noop')).toHaveLength(5);
  }
  const patched = results.flatMap(({ acks }) =>
    acks.filter(({ seq, status }) => seq === 2 && status === 'ok'),
  );
  const saved = await getMedia(guest, made);
  expect(saved).toMatchObject({ headline: 'once', version: patched[0]?.version });
  expect(saved.version).toBeGreaterThan(start);
});
