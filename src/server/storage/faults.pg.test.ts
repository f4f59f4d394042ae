import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { MediaId, UploadId } from '#core/media.ts';
import type { LibraryCtx } from '../context.ts';
import { asServer } from '../db/doors.ts';
import { storageObjects } from '../db/schema.ts';
import { sweepStorage } from '../ledger.ts';
import { log } from '../log.ts';
import { purgeMedia } from '../media/change.ts';
import { getMediaFile, listMedia } from '../media/read.ts';
import { saveMedia } from '../media/save.ts';
import type { RunningServer } from '../server.ts';
import { ownDatabase } from '../testing/database.ts';
import { keysOnDisk, ledgerOf, PIXEL } from '../testing/objects.ts';
import { newGuest, openTestServer } from '../testing/server.ts';
import { toAppError } from '../trpc/init.ts';
import { putUpload } from '../upload.ts';
import type { Backend } from './port.ts';
import type { StoreFault } from './testing/faults.ts';
import { FIXTURES, type Fixture } from './testing/fixtures.ts';
import { verifyObject } from './verify.ts';

const BACKENDS: Backend[] = ['disk', 's3', 'uploadthing', 'imagekit', 'cloudinary'];
/** How long a store that never answers is waited for. */
const TIMEOUT_MS = 400;

const WRITING: [StoreFault, string][] = [
  ['keeps nothing', 'did not keep the file'],
  ['keeps other bytes', 'did not keep the file'],
  ['keeps a part', 'did not keep the file'],
  ['serves other bytes', 'did not keep the file'],
  ['answers 500', 'does not answer'],
  ['never answers', 'does not answer'],
  ['is full', 'is full'],
];
const DELETING: StoreFault[] = ['keeps what it deletes', 'refuses deletes', 'answers 500', 'never answers'];

const everything = { limit: 50, trash: false };
const pixel = Buffer.from(PIXEL, 'base64');

// A database of its own: what is compared here is the whole ledger with the whole store.
let server: RunningServer;
beforeAll(async () => {
  server = await openTestServer((await ownDatabase()).url);
});
afterAll(() => server.close());

const refusalOf = (work: Promise<unknown>) =>
  work.then(
    () => 'nothing',
    (error: unknown) => toAppError(error),
  );

describe.each(BACKENDS)('on %s', (backend) => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await FIXTURES[backend](TIMEOUT_MS);
  });
  afterAll(() => fixture.close());

  async function newOwner(): Promise<LibraryCtx> {
    return { ...(await newGuest(server)), storage: fixture.storage };
  }

  /** After a sweep the store holds the live objects, and nothing else. */
  async function expectLedgerIsStore() {
    fixture.setFault(null);
    await sweepStorage({ ...server, storage: fixture.storage }, -1);
    const rows = await asServer(server, (tx) =>
      tx.select().from(storageObjects).where(eq(storageObjects.backend, backend)),
    );
    const live = rows.filter(({ state }) => state === 'live').map(({ key }) => key);
    expect(await keysOnDisk(fixture)).toEqual(live.sort());
    expect(rows.filter(({ state }) => state === 'staged' || state === 'doomed')).toEqual([]);
  }
  afterEach(expectLedgerIsStore);

  test.each(WRITING)('a store that %s leaves no record over its bytes', async (fault, message) => {
    const owner = await newOwner();
    const id = MediaId.parse(crypto.randomUUID());
    const upload = UploadId.parse(crypto.randomUUID());
    fixture.setFault(fault);
    // The client of UploadThing keeps to itself why an upload failed.
    const said = backend === 'uploadthing' && fault === 'is full' ? 'does not answer' : message;
    const expected = { code: 'UNAVAILABLE', message: expect.stringContaining(said) };
    expect(await refusalOf(saveMedia(owner, { id, data: PIXEL }))).toMatchObject(expected);
    expect(await refusalOf(putUpload(owner, upload, pixel))).toMatchObject(expected);

    expect((await listMedia(owner, everything)).items).toEqual([]);
    const rows = [...(await ledgerOf(server, id)), ...(await ledgerOf(server, upload))];
    expect(rows.length).toBeGreaterThan(1);
    for (const row of rows) expect(row).toMatchObject({ state: 'staged', verifiedAt: null, sha256: null });

    fixture.setFault(null);
    await putUpload(owner, upload, pixel);
    await saveMedia(owner, { id, upload });
    const { key, sha256 } = await getMediaFile(owner, id, 'original');
    expect(await verifyObject(fixture.storage, key)).toEqual({ bytes: pixel.byteLength, sha256 });
  });

  test.each(DELETING)('a store that %s is not believed to have deleted', async (fault) => {
    const owner = await newOwner();
    const { id } = await saveMedia(owner, { data: PIXEL });
    await purgeMedia(owner, { ids: [id] });
    fixture.setFault(fault);
    const logged = vi.spyOn(log, 'error').mockImplementation(() => {});
    expect(await sweepStorage(owner, -1)).toMatchObject({ gone: 0 });
    logged.mockRestore();
    for (const row of await ledgerOf(server, id))
      expect(row).toMatchObject({ state: 'doomed', goneAt: null });

    fixture.setFault(null);
    await sweepStorage(owner, -1);
    for (const row of await ledgerOf(server, id)) expect(row.state).toBe('gone');
  });

  test('a store that is not as it should be is not ready', async () => {
    for (const fault of [...WRITING.map(([name]) => name), ...DELETING]) {
      fixture.setFault(fault);
      const check = fixture.storage.check().then(() => `ready though it ${fault}`);
      await expect(check).rejects.toThrow(Error);
      fixture.setFault(null);
      for await (const { key } of fixture.storage.list())
        if (key.startsWith('pr/ob/')) await fixture.storage.delete(key);
    }
    await fixture.storage.check();
  });
});
