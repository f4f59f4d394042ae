import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MediaId } from '#core/media.ts';
import type { LibraryCtx } from '../context.ts';
import { asServer, inLibrary } from '../db/doors.ts';
import { mediaFiles, storageObjects } from '../db/schema.ts';
import { reserveObject, stageObject, sweepStorage } from '../ledger.ts';
import { getMediaFile } from '../media/read.ts';
import { saveMedia } from '../media/save.ts';
import type { RunningServer } from '../server.ts';
import { newStorageKey, StorageKey } from '../storage/keys.ts';
import { BACKENDS } from '../storage/port.ts';
import { FIXTURES, type Fixture } from '../storage/testing/fixtures.ts';
import { BUCKET, openS3 } from '../storage/testing/s3.ts';
import { verifyObject } from '../storage/verify.ts';
import { ownDatabase } from '../testing/database.ts';
import { keysOnDisk, PIXEL } from '../testing/objects.ts';
import { newGuest, openTestServer } from '../testing/server.ts';
import { examine } from './examine.ts';
import { isMendable, type Finding } from './finding.ts';
import { repair, type Repair } from './repair.ts';

// A database of its own for each backend: what is compared here is the whole ledger with the whole store.
const HOURS = 3_600_000;
const png = { mime: 'image/png' };

const brief = (findings: Finding[]) =>
  findings
    .map((finding) => `${finding.type} ${'file' in finding ? (finding.file?.role ?? 'nothing') : ''}`.trim())
    .sort();

describe.each(BACKENDS)('on %s', (backend) => {
  let server: RunningServer;
  let fixture: Fixture;
  beforeAll(async () => {
    server = await openTestServer((await ownDatabase()).url);
    fixture = await FIXTURES[backend](2000);
    server = { ...server, storage: fixture.storage };
  });
  afterAll(async () => {
    await fixture.close();
    await server.close();
  });

  async function look(deep = false): Promise<Finding[]> {
    const found: Finding[] = [];
    for await (const finding of examine(server, { deep })) found.push(finding);
    return found;
  }
  const later = () => ({ ...server, now: () => new Date(Date.now() + 2 * HOURS) });

  async function mend(options = {}): Promise<Repair[]> {
    const outcomes: Repair[] = [];
    for await (const finding of examine(later(), { deep: true })) {
      const outcome = await repair(later(), finding, options);
      // What is said to be past mending is never mended.
      expect([finding, outcome]).toSatisfy(() => isMendable(finding) || !outcome.fixed);
      outcomes.push(outcome);
    }
    await sweepStorage(later());
    return outcomes;
  }

  async function save(): Promise<{ owner: LibraryCtx; id: MediaId }> {
    const owner = { ...(await newGuest(server)), storage: fixture.storage };
    const { id } = await saveMedia(owner, { data: PIXEL });
    return { owner, id };
  }

  /** Puts other bytes of equal length under a key, as a rotten disk does. */
  async function spoil(owner: LibraryCtx, id: MediaId, role: 'original' | 'thumb', same = true) {
    const { key, bytes } = await getMediaFile(owner, id, role);
    await fixture.storage.delete(key);
    await fixture.storage.put(key, randomBytes(same ? bytes : bytes + 1), png);
  }
  async function lose(owner: LibraryCtx, id: MediaId, role: 'original' | 'thumb') {
    await fixture.storage.delete((await getMediaFile(owner, id, role)).key);
  }

  test('a ledger and a store that agree are clean, with work under way', async () => {
    const { owner, id } = await save();
    await stageObject(owner, id, randomBytes(50), png);
    await reserveObject(owner, id, 'image/png');
    const probe = StorageKey.parse(`pr/ob/${newStorageKey().slice(6)}`);
    await fixture.storage.put(probe, randomBytes(64), png);
    expect(await look()).toEqual([]);
    expect(await look(true)).toEqual([]);
    await sweepStorage(later());
    expect(await mend()).toEqual([{ fixed: true, note: 'deleted' }]);
  });

  test('what is missing is found; a rendition is made again, an original never dropped', async () => {
    const { owner, id } = await save();
    await lose(owner, id, 'thumb');
    expect(brief(await look())).toEqual(['missing thumb']);
    const [finding] = await look(true);
    expect(finding).toMatchObject({ type: 'missing', backend, file: { media: id, library: owner.library } });
    expect(await mend()).toEqual([{ fixed: true, note: 'made again from the original' }]);
    const { key, sha256 } = await getMediaFile(owner, id, 'thumb');
    expect((await verifyObject(fixture.storage, key))?.sha256).toBe(sha256);
    expect(await look(true)).toEqual([]);

    await lose(owner, id, 'original');
    await lose(owner, id, 'thumb');
    expect(await mend()).toMatchObject([{ fixed: false }, { fixed: false }]);
    expect(brief(await look())).toEqual(['missing original', 'missing thumb']);
    // Put back by hand, as from a backup, all of it can be made whole.
    const original = await getMediaFile(owner, id, 'original');
    await fixture.storage.put(original.key, Buffer.from(PIXEL, 'base64'), png);
    expect(await mend()).toMatchObject([{ fixed: true }]);
    expect(await look(true)).toEqual([]);
  });

  test('a lost image that an item was made from is said to be lost, whatever the original is', async () => {
    const owner = { ...(await newGuest(server)), storage: fixture.storage };
    const named = { named: [{ data: PIXEL }], network: null };
    const { id } = await saveMedia(owner, { data: PIXEL }, named);
    const { key } = await getMediaFile(owner, id, 'source-1');
    await fixture.storage.delete(key);
    expect(brief(await look())).toEqual(['missing source-1']);
    const [outcome] = await mend();
    expect(outcome).toMatchObject({ fixed: false });
    expect(outcome?.note).toContain('(source-1) of item');
    expect(outcome?.note).toContain('cannot be made again: --from DIR puts it back');
    await fixture.storage.put(key, Buffer.from(PIXEL, 'base64'), png);
    expect(await look(true)).toEqual([]);
  });

  test('other bytes are found: by their size at once, by their hash when they are read', async () => {
    const { owner, id } = await save();
    await spoil(owner, id, 'thumb');
    expect(await look()).toEqual([]);
    expect(brief(await look(true))).toEqual(['corrupt thumb']);
    expect(await mend()).toMatchObject([{ fixed: true }]);
    expect(await look(true)).toEqual([]);

    await spoil(owner, id, 'original', false);
    await lose(owner, id, 'thumb');
    expect(brief(await look())).toEqual(['corrupt original', 'missing thumb']);
    const { key } = await getMediaFile(owner, id, 'original');
    const before = await verifyObject(fixture.storage, key);
    expect(await mend()).toMatchObject([{ fixed: false }, { fixed: false }]);
    // Damaged is better than gone: nothing is taken from under the record, nor made from what it has become.
    expect(await verifyObject(fixture.storage, key)).toEqual(before);
    await fixture.storage.delete(key);
    await fixture.storage.put(key, Buffer.from(PIXEL, 'base64'), png);
    await mend();
    expect(await look(true)).toEqual([]);
  });

  test('bytes that nobody knows are found, and deleted once they are old enough', async () => {
    const unknown = newStorageKey();
    await fixture.storage.put(unknown, randomBytes(10), png);
    const { owner, id } = await save();
    const { key } = await getMediaFile(owner, id, 'thumb');
    expect(await look()).toMatchObject([{ type: 'orphaned', backend, key: unknown, doubtful: false }]);
    const [finding] = await look();
    if (!finding) throw new Error('one was planted');
    expect(await repair(server, finding)).toMatchObject({ fixed: false });
    expect(await fixture.storage.head(unknown)).not.toBeNull();
    // The storage that "deletes" is not believed here either.
    fixture.setFault('keeps what it deletes');
    expect(await repair(later(), finding)).toMatchObject({ fixed: false });
    fixture.setFault(null);
    expect(await mend()).toMatchObject([{ fixed: true, note: 'deleted' }]);
    expect(await keysOnDisk(server)).toContain(key);
    expect(await look()).toEqual([]);
  });

  test('rows in odd states are found and let go of, or put back', async () => {
    const { owner, id } = await save();
    const thumb = await getMediaFile(owner, id, 'thumb');
    const preview = await getMediaFile(owner, id, 'preview');
    await inLibrary(owner, (tx) => tx.delete(mediaFiles).where(eq(mediaFiles.objectKey, preview.key)));
    await asServer(server, async (tx) => {
      const doomed = { state: 'doomed' as const };
      await tx.update(storageObjects).set(doomed).where(eq(storageObjects.key, thumb.key));
    });
    const staged = await stageObject(owner, id, randomBytes(20), png);
    const old = { createdAt: new Date(Date.now() - 3 * HOURS) };
    await asServer(server, (tx) =>
      tx.update(storageObjects).set(old).where(eq(storageObjects.key, staged.key)),
    );
    expect(brief(await look())).toEqual(['stale', 'unnamed', 'withdrawn thumb']);
    for (const outcome of await mend()) expect(outcome.fixed).toBe(true);
    expect((await getMediaFile(owner, id, 'thumb')).key).toBe(thumb.key);
    const left = await keysOnDisk(server);
    expect(left).not.toContain(preview.key);
    expect(left).not.toContain(staged.key);
    expect(await look(true)).toEqual([]);
  });

  test('a store that does not answer is no store without bytes', async () => {
    const { owner, id } = await save();
    fixture.setFault('answers 500');
    const found = await look();
    fixture.setFault(null);
    // The listing of a disk does not pass through what fails here.
    expect(found).toMatchObject(backend === 'disk' ? [] : [{ type: 'unreachable', backend }]);
    expect((await getMediaFile(owner, id, 'original')).backend).toBe(backend);
  });
});

test('a storage with a wrong key is told in one line, without a way of mending that is none', async () => {
  const [folder, { url }, bucket] = await Promise.all([
    mkdtemp(path.join(tmpdir(), 'afterimage-doctor-')),
    ownDatabase(),
    openS3(),
  ]);
  const env = {
    PATH: process.env['PATH'],
    NODE_ENV: 'test',
    DATA_DIR: folder,
    DATABASE_URL: url,
    STORAGE: 's3',
    S3_ENDPOINT: bucket.origin,
    S3_BUCKET: BUCKET,
    S3_KEY: 'S3RVER',
    S3_SECRET: 'another',
  } as const;
  const doctor = spawn(process.execPath, ['scripts/doctor.ts'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = (await text(doctor.stdout)).trim().split('\n');
  expect(lines).toEqual([
    'unreachable: 1 (storages that cannot be looked into)',
    expect.stringMatching(/^ {2}s3, with 0 objects: The storage answered 403.*SignatureDoesNotMatch/),
  ]);
  await bucket.close();
  await rm(folder, { recursive: true });
});
