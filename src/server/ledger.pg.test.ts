import { setTimeout as wait } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { MediaId, UploadId } from '#core/media.ts';
import { asServer } from './db/doors.ts';
import { storageObjects } from './db/schema.ts';
import { stageObject, sweepStorage } from './ledger.ts';
import { log } from './log.ts';
import { purgeMedia } from './media/change.ts';
import { listMedia } from './media/read.ts';
import { saveMedia } from './media/save.ts';
import type { RunningServer } from './server.ts';
import type { Storage } from './storage/port.ts';
import { readCursor } from './sync/changes.ts';
import { ownDatabase } from './testing/database.ts';
import { keysOnDisk, ledgerOf, PIXEL } from './testing/objects.ts';
import { newGuest, openTestServer } from './testing/server.ts';
import { putUpload } from './upload.ts';

// A database of its own: what is compared here is the whole ledger with the whole disk.
let server: RunningServer;
beforeAll(async () => {
  server = await openTestServer((await ownDatabase()).url);
});
afterAll(() => server.close());

const everything = { limit: 50, trash: false };
const pixel = Buffer.from(PIXEL, 'base64');
const newUploadId = () => UploadId.parse(crypto.randomUUID());
const ledger = () => asServer(server, (tx) => tx.select().from(storageObjects));

/** The real storage, but for some of its functions. */
const withStorage = <Ctx extends { storage: Storage }>(ctx: Ctx, faults: Partial<Storage>) => ({
  ...ctx,
  storage: { ...ctx.storage, ...faults },
});

const makeOld = (stagedFor: string) =>
  asServer(server, (tx) =>
    tx
      .update(storageObjects)
      .set({ createdAt: new Date(Date.now() - 2 * 3_600_000) })
      .where(eq(storageObjects.stagedFor, stagedFor)),
  );

/** After a sweep the disk holds the live objects, and nothing else. */
async function expectLedgerIsDisk() {
  await sweepStorage(server, -1);
  const rows = await ledger();
  const live = rows.filter((row) => row.state === 'live').map((row) => row.key);
  expect(await keysOnDisk(server)).toEqual(live.sort());
  expect(rows.filter((row) => row.state === 'staged' || row.state === 'doomed')).toEqual([]);
}
afterEach(expectLedgerIsDisk);

describe('a save', () => {
  const KEPT_OTHERWISE = 'did not keep the file';
  const NO_ANSWER = 'the disk does not answer';
  const faults: [string, string, (real: Storage) => Partial<Storage>][] = [
    [
      'answers with another hash',
      KEPT_OTHERWISE,
      (real) => ({ put: async (...args) => ({ ...(await real.put(...args)), sha256: '0'.repeat(64) }) }),
    ],
    [
      'keeps other bytes than it says',
      KEPT_OTHERWISE,
      (real) => ({
        async put(key, _body, options) {
          await real.put(key, Buffer.from('other'), options);
          return { bytes: pixel.byteLength, sha256: '0'.repeat(64) };
        },
      }),
    ],
    ['has lost the bytes', KEPT_OTHERWISE, () => ({ get: async () => null })],
    ['cannot be read', NO_ANSWER, () => ({ get: () => Promise.reject(new Error(NO_ANSWER)) })],
    ['cannot be written', NO_ANSWER, () => ({ put: () => Promise.reject(new Error(NO_ANSWER)) })],
  ];
  test.each(faults)('records nothing when the storage %s', async (_, message, faultsOf) => {
    const guest = await newGuest(server);
    const id = MediaId.parse(crypto.randomUUID());
    const before = await readCursor(guest);
    await expect(
      saveMedia(withStorage(guest, faultsOf(server.storage)), { id, data: PIXEL }),
    ).rejects.toThrow(message);
    expect((await listMedia(guest, everything)).items).toEqual([]);
    expect(await readCursor(guest)).toBe(before);
    const rows = await ledgerOf(server, id);
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(row).toMatchObject({ state: 'staged', verifiedAt: null, sha256: null });
  });

  test('fails whole when one of its objects was swept before the record was written', async () => {
    const guest = await newGuest(server);
    const upload = newUploadId();
    await putUpload(guest, upload, pixel);
    const before = await readCursor(guest);
    const slow = withStorage(guest, {
      async put(...args) {
        await makeOld(upload);
        await sweepStorage(server);
        return server.storage.put(...args);
      },
    });
    await expect(saveMedia(slow, { upload })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect((await listMedia(guest, everything)).items).toEqual([]);
    expect(await readCursor(guest)).toBe(before);
  });

  test('is refused when nothing of it is being written any more', async () => {
    const guest = await newGuest(server);
    let puts = 0;
    let ended = 0;
    const uneven = withStorage(guest, {
      async put(...args) {
        puts += 1;
        if (puts === 1) throw new Error(NO_ANSWER);
        await wait(50);
        return server.storage.put(...args).finally(() => (ended += 1));
      },
    });
    await expect(saveMedia(uneven, { data: PIXEL })).rejects.toThrow(NO_ANSWER);
    expect(puts).toBe(3);
    expect(ended).toBe(2);
  });

  test('leaves no file behind when the sweep came before the bytes', async () => {
    const id = crypto.randomUUID();
    const late = withStorage(server, {
      async put(...args) {
        await sweepStorage(server, -1);
        return server.storage.put(...args);
      },
    });
    await expect(stageObject(late, id, pixel, { mime: 'image/png' })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
    const [row] = await ledgerOf(server, id);
    expect(row?.state).toBe('doomed');
    expect(await keysOnDisk(server)).toContain(row?.key);
  });
});

describe('a sweep', () => {
  test.each<[string, (real: Storage) => Storage['delete']]>([
    ['fails', () => () => Promise.reject(new Error('the disk does not answer'))],
    ['does nothing', () => async () => {}],
  ])('says gone of no object whose deletion %s, and tries again', async (_, faultOf) => {
    const guest = await newGuest(server);
    const { id } = await saveMedia(guest, { data: PIXEL });
    await purgeMedia(guest, { ids: [id] });
    const keys = (await ledgerOf(server, id)).map((row) => row.key);

    const logged = vi.spyOn(log, 'error').mockImplementation(() => {});
    let faults = 1;
    const once = withStorage(server, {
      delete: (key) => (faults-- > 0 ? faultOf(server.storage)(key) : server.storage.delete(key)),
    });
    expect(await sweepStorage(once)).toMatchObject({ gone: keys.length - 1 });
    logged.mockRestore();
    const states = (await ledgerOf(server, id)).map((row) => row.state).sort();
    expect(states).toEqual(['doomed', ...keys.slice(1).map(() => 'gone')]);
    expect((await keysOnDisk(server)).filter((key) => keys.some((own) => own === key))).toHaveLength(1);

    expect(await sweepStorage(once)).toMatchObject({ gone: 1 });
    for (const row of await ledgerOf(server, id)) {
      expect(row).toMatchObject({ state: 'gone', goneAt: expect.any(Date) });
    }
  });

  test('says gone of nothing that another backend holds', async () => {
    const guest = await newGuest(server);
    const { id } = await saveMedia(guest, { data: PIXEL });
    await purgeMedia(guest, { ids: [id] });
    expect(await sweepStorage(withStorage(guest, { backend: 's3' }))).toMatchObject({ gone: 0 });
    for (const row of await ledgerOf(server, id)) expect(row.state).toBe('doomed');
    for (const row of await ledgerOf(server, id)) expect(await keysOnDisk(server)).toContain(row.key);
  });

  test('takes what was staged longer ago than a save may take, and nothing younger', async () => {
    const [old, young] = [crypto.randomUUID(), crypto.randomUUID()];
    for (const id of [old, young]) await stageObject(server, id, pixel, { mime: 'image/png' });
    await makeOld(old);
    expect(await sweepStorage(server)).toMatchObject({ doomed: 1, gone: 1 });
    const [[gone], [kept]] = await Promise.all([ledgerOf(server, old), ledgerOf(server, young)]);
    expect(gone?.state).toBe('gone');
    expect(kept?.state).toBe('staged');
    expect(await keysOnDisk(server)).toContain(kept?.key);
  });

  test('takes an upload together with its bytes, so that it can be sent again', async () => {
    const guest = await newGuest(server);
    const upload = newUploadId();
    await putUpload(guest, upload, pixel);
    await makeOld(upload);
    await sweepStorage(server);
    await expect(saveMedia(guest, { upload })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await putUpload(guest, upload, pixel);
    expect(await saveMedia(guest, { upload })).toMatchObject({ bytes: pixel.byteLength });
  });

  test('may run in several processes at once', async () => {
    const ids = Array.from({ length: 6 }, () => crypto.randomUUID());
    for (const id of ids) await stageObject(server, id, pixel, { mime: 'image/png' });
    await Promise.all([1, 2, 3].map(() => sweepStorage(server, -1)));
    for (const id of ids) expect(await ledgerOf(server, id)).toMatchObject([{ state: 'gone' }]);
  });
});
