import { eq } from 'drizzle-orm';
import postgres from 'postgres';
import { expect, test, vi } from 'vitest';
import { ClientId } from '#core/sync.ts';
import type { LibraryCtx } from './context.ts';
import { holdDeletions } from './db/backup-lock.ts';
import { asServer } from './db/doors.ts';
import { storageObjects } from './db/schema.ts';
import { stageObject, sweepStorage } from './ledger.ts';
import { log } from './log.ts';
import { purgeMedia, trashMedia } from './media/change.ts';
import { getMediaFile } from './media/read.ts';
import { saveMedia } from './media/save.ts';
import { getReceipt, listReceipts } from './receipt.ts';
import { pushOps } from './sync/push.ts';
import { Jar } from './testing/api.ts';
import { claimInto, newSignIn } from './testing/claim.ts';
import { ledgerOf, PIXEL } from './testing/objects.ts';
import { newGuest, newLibrary, useTestServer } from './testing/server.ts';

const server = useTestServer();
const all = { limit: 50 };
const pixel = Buffer.from(PIXEL, 'base64');

async function purgeOne(owner: LibraryCtx) {
  const { id } = await saveMedia(owner, { data: PIXEL, prompt: 'a secret wish' });
  await purgeMedia(owner, { ids: [id] });
  const [receipt] = (await listReceipts(owner, all)).items;
  if (!receipt) throw new Error('a purge has a receipt');
  return { id, receipt };
}

test('a receipt says what was taken, and when the last byte was seen to be gone', async () => {
  const owner = await newGuest(server());
  const { id, receipt } = await purgeOne(owner);
  const rows = await ledgerOf(server(), id);
  const bytes = rows.reduce((sum, row) => sum + (row.bytes ?? 0), 0);
  expect(receipt).toMatchObject({
    reason: 'asked',
    counts: { images: 1, videos: 0, files: 3, bytes },
    goneAt: null,
    pending: { files: 3, bytes, why: 'soon' },
  });
  await sweepStorage(server());
  const done = await getReceipt(owner, receipt.id);
  expect(done).toMatchObject({ id: receipt.id, counts: receipt.counts, pending: null });
  const gone = (await ledgerOf(server(), id)).map(({ goneAt }) => goneAt?.getTime() ?? 0);
  expect(new Date(done.goneAt ?? 0).getTime()).toBe(Math.max(...gone));
  expect(JSON.stringify(done)).not.toContain('secret');
  expect(JSON.stringify(done)).not.toContain(id);
});

test('what is left of an attempt or of a move is on the receipt too', async () => {
  const owner = await newGuest(server());
  const { id } = await saveMedia(owner, { data: PIXEL });
  await stageObject(owner, id, pixel, { mime: 'image/png' });
  const { key } = await getMediaFile(owner, id, 'thumb');
  const kept = await stageObject(owner, id, pixel, { mime: 'image/png' });
  const hour = new Date(Date.now() + 3_600_000);
  await asServer(server(), (tx) =>
    tx
      .update(storageObjects)
      .set({ state: 'doomed', keepUntil: hour })
      .where(eq(storageObjects.key, kept.key)),
  );
  await purgeMedia(owner, { ids: [id] });
  const [receipt] = (await listReceipts(owner, all)).items;
  expect(receipt).toMatchObject({ counts: { files: 3 }, pending: { files: 5 } });
  await sweepStorage(server());
  expect((await listReceipts(owner, all)).items).toMatchObject([{ pending: null }]);
  expect(await server().storage.head(key)).toBeNull();
  expect(await server().storage.head(kept.key)).toBeNull();
});

test('an emptied trash is one receipt, though a device sends it item by item', async () => {
  const owner = await newGuest(server());
  const ids = [];
  for (let made = 0; made < 3; made += 1) ids.push((await saveMedia(owner, { data: PIXEL })).id);
  await trashMedia(owner, { ids });
  const ops = ids.map((id, at) => ({ seq: at + 1, type: 'purge' as const, id }));
  await pushOps(owner, { clientId: ClientId.parse(crypto.randomUUID()), ops });
  const { items } = await listReceipts(owner, all);
  expect(items).toMatchObject([{ counts: { images: 3, files: 9 } }]);
  // A minute later it is another one, and the older comes second.
  const later = { ...owner, now: () => new Date(Date.now() + 61_000) };
  const { id } = await saveMedia(owner, { data: PIXEL });
  await purgeMedia(later, { ids: [id] });
  expect(await listReceipts(owner, { limit: 1 })).toMatchObject({ items: [{ counts: { images: 1 } }] });
  const { nextCursor } = await listReceipts(owner, { limit: 1 });
  const second = await listReceipts(owner, { limit: 1, cursor: nextCursor ?? '' });
  expect(second).toMatchObject({ items: [{ counts: { images: 3 } }], nextCursor: null });
});

test('a receipt that waits says why', async () => {
  const owner = await newGuest(server());
  const { receipt } = await purgeOne(owner);
  const logged = vi.spyOn(log, 'error').mockImplementation(() => {});
  const failing = { ...server().storage, delete: () => Promise.reject(new Error('the disk is read-only')) };
  await sweepStorage({ ...server(), storage: failing });
  expect((await getReceipt(owner, receipt.id)).pending).toMatchObject({ files: 3, why: 'refused' });
  // By a server that has no access to where they are.
  await sweepStorage({ ...server(), storage: { ...failing, backend: 's3' } });
  expect((await getReceipt(owner, receipt.id)).pending).toMatchObject({ files: 3, why: 'unreachable' });
  logged.mockRestore();
  await sweepStorage(server());
  expect((await getReceipt(owner, receipt.id)).pending).toBeNull();
});

test('a receipt says that a backup holds its bytes for as long as it runs', async () => {
  const owner = await newGuest(server());
  const backup = postgres(server().databaseUrl, { max: 1 });
  await holdDeletions(backup);
  const { receipt } = await purgeOne(owner);
  await sweepStorage(server());
  expect(receipt.pending).toMatchObject({ files: 3, why: 'backup' });
  expect(await getReceipt(owner, receipt.id)).toEqual(receipt);
  await backup.end();
  await expect.poll(async () => (await getReceipt(owner, receipt.id)).pending?.why).toBe('soon');
  await sweepStorage(server());
  expect((await getReceipt(owner, receipt.id)).pending).toBeNull();
});

test('receipts come along with a claim', async () => {
  const guest = await newGuest(server());
  const { receipt } = await purgeOne(guest);
  await saveMedia(guest, { data: PIXEL });
  const signIn = await newSignIn(server());
  const account = await newLibrary(server(), signIn);
  await saveMedia(account, { data: PIXEL });
  await claimInto(guest, signIn);
  expect(await getReceipt(account, receipt.id)).toMatchObject({ counts: receipt.counts });
  await expect(getReceipt(guest, receipt.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('receipts are read over the API by their owner alone', async () => {
  globalThis.afterimageServer = Promise.resolve(server());
  const [owner, stranger] = [new Jar(), new Jar()];
  const saved = await owner.json('/api/v1/media', { json: { data: PIXEL } });
  await stranger.json('/api/v1/media', { json: { data: PIXEL } });
  await owner.fetch(`/api/v1/media/${saved.body.id}?permanent=true`, { method: 'DELETE' });
  const { body } = await owner.json('/api/v1/receipts');
  expect(body.items).toMatchObject([{ counts: { images: 1 } }]);
  const path = `/api/v1/receipts/${body.items?.[0]?.id}`;
  expect((await owner.json(path)).body).toEqual(body.items?.[0]);
  expect((await stranger.fetch(path)).status).toBe(404);
  expect((await stranger.json('/api/v1/receipts')).body.items).toEqual([]);
  globalThis.afterimageServer = undefined;
});
