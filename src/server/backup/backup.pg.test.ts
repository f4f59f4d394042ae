import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MediaId } from '#core/media.ts';
import { SYNC_SCHEMA } from '#core/sync.ts';
import { findGuest } from '../auth/guest.ts';
import { issueToken } from '../auth/tokens.ts';
import { changeItems, createCollection } from '../collection/change.ts';
import type { LibraryCtx } from '../context.ts';
import { asServer } from '../db/doors.ts';
import { knownMigrations, migrateDatabase } from '../db/migrate.ts';
import { examine } from '../doctor/examine.ts';
import { createGeneration } from '../generation/create.ts';
import { sweepStorage } from '../ledger.ts';
import { purgeMedia, trashMedia } from '../media/change.ts';
import { getMediaFile, listMedia } from '../media/read.ts';
import { saveMedia } from '../media/save.ts';
import { listReceipts } from '../receipt.ts';
import type { RunningServer } from '../server.ts';
import { createDiskStorage } from '../storage/disk.ts';
import { FIXTURES } from '../storage/testing/fixtures.ts';
import { verifyObject } from '../storage/verify.ts';
import { readChanges, readCursor } from '../sync/changes.ts';
import { emptyDatabase, ownDatabase } from '../testing/database.ts';
import { keysOnDisk, PIXEL } from '../testing/objects.ts';
import { newGuest, newLibrary, newUser, openTestServer, signInAs, type Guest } from '../testing/server.ts';
import { backUp } from './back-up.ts';
import { dumpDatabase } from './dump.ts';
import { checkBackup, putBack } from './put-back.ts';

let server: RunningServer;
let folder: string;
let dir: string;
let guest: Guest;
let account: LibraryCtx;
let kept: MediaId[];

beforeAll(async () => {
  server = await openTestServer((await ownDatabase()).url);
  folder = await mkdtemp(path.join(os.tmpdir(), 'afterimage-backup-'));
  dir = path.join(folder, 'backup');
  guest = await newGuest(server);
  const user = await newUser(server, { password: 'a fair passphrase' });
  account = await newLibrary(server, user);
  await signInAs(server, user);
  await asServer(server, (tx) => issueToken(tx, new Date(), { for: 'reset', userId: user.userId }));
  kept = [];
  for (const owner of [guest, account]) {
    const { id } = await saveMedia(owner, {
      data: PIXEL,
      prompt: 'tabs\tand\nlines \\N "quotes" ☂',
      headline: '\\.',
      tags: ['{a,b}', 'c'],
    });
    kept.push(id);
    const { id: trashed } = await saveMedia(owner, { data: PIXEL });
    await trashMedia(owner, { ids: [trashed] });
    const { id: purged } = await saveMedia(owner, { data: PIXEL });
    await purgeMedia(owner, { ids: [purged] });
    const { id: collection } = await createCollection(owner, { name: 'Trips' });
    await changeItems(owner, { id: collection, add: [id], remove: [] });
  }
  await sweepStorage(server, -1);
  await createGeneration(guest, { kind: 'image', prompt: 'under way', count: 1, settings: {}, metadata: {} });
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

/** Every row of every table, but for what a restore changes on purpose. */
async function contents(url: string): Promise<Record<string, unknown>> {
  const client = postgres(url, { max: 1, onnotice() {} });
  const tables = await client<{ name: string }[]>`select c.relname as name from pg_class c
    where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.relname not in ('rate_limits', 'uploads', 'verification_tokens')`;
  const found: Record<string, unknown> = {};
  for (const { name } of tables) {
    const [row] = await client.unsafe(
      `select coalesce(jsonb_agg(to_jsonb(t) - 'epoch' - 'backend' - 'revoked_at' order by to_jsonb(t)::text), '[]') as rows from "${name}" t`,
    );
    found[name] = row?.['rows'];
  }
  await client.end();
  return found;
}

const countRows = async (url: string) => {
  const client = postgres(url, { max: 1, onnotice() {} });
  const [row] = await client<{ count: string | null }[]>`
    select case when to_regclass('public.libraries') is null then null
      else (xpath('/row/c/text()', query_to_xml('select count(*) as c from libraries', false, true, '')))[1]::text end as count`;
  await client.end();
  return row?.count ?? null;
};

async function look(target: RunningServer): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const finding of examine(target, { deep: true })) found.push(finding);
  return found;
}

const away = () => Promise.reject(new Error('The storage is away'));

const restoreInto = async (
  source: string,
  target: { url: string },
  storage = server.storage,
  replace = false,
) => putBack(source, await checkBackup(source), { databaseUrl: target.url, storage, replace });

test('what was backed up comes back whole into an empty database and another storage', async () => {
  const cursor = await readCursor(guest);
  const { manifest, copied } = await backUp(server, dir);
  expect(manifest.missing).toEqual([]);
  expect(copied).toBe(12);
  const before = await contents(server.databaseUrl);

  // Everything is lost but the folder; the bytes go to a bucket this time.
  const target = await emptyDatabase();
  const s3 = await FIXTURES.s3(2000);
  const restored = await restoreInto(dir, target, s3.storage);
  expect(restored).toEqual({ libraries: 2, generations: 1 });
  expect(await contents(target.url)).toEqual(before);

  const opened = await openTestServer(target.url);
  const there = { ...opened, storage: s3.storage };
  expect(await look(there)).toEqual([]);
  for (const [at, owner] of [guest, account].entries()) {
    const id = kept[at];
    if (!id) throw new Error('one was kept of each');
    const file = await getMediaFile({ ...there, library: owner.library }, id, 'original');
    expect(file.backend).toBe('s3');
    expect((await verifyObject(s3.storage, file.key))?.sha256).toBe(file.sha256);
  }
  // A device that had seen more than the copy starts over, and one that starts over finds all of it.
  const device = { ...there, library: guest.library };
  const answer = await readChanges(device, { cursor, schema: SYNC_SCHEMA });
  expect(answer).toMatchObject({ type: 'reset' });
  const { items } = await listMedia(device, { limit: 50, trash: false });
  expect(items.map(({ id, headline, prompt, tags }) => ({ id, headline, prompt, tags }))).toEqual([
    { id: kept[0], headline: '\\.', prompt: 'tabs\tand\nlines \\N "quotes" ☂', tags: ['{a,b}', 'c'] },
  ]);
  // Who was signed out since the copy was made is not signed in again; the one key of a guest still opens.
  expect(await there.db.execute(sql`select revoked_at is null as is_alive from auth_sessions`)).toEqual([
    { is_alive: false },
  ]);
  expect(await there.db.execute(sql`select from verification_tokens`)).toHaveLength(0);
  expect((await findGuest(there, guest.token))?.actor.library).toBe(guest.library);
  // Rows are guarded as they were, and writing goes on.
  await saveMedia(device, { data: PIXEL });
  expect((await listReceipts(device, { limit: 5 })).items).toMatchObject([{ pending: null }]);
  const [guarded] = await there.db.execute<{ count: string }>(sql`select count(*) from pg_class
    where relrowsecurity and relforcerowsecurity and relnamespace = 'public'::regnamespace`);
  expect(Number(guarded?.count)).toBe(8);
  await opened.close();
  await s3.close();
});

test('run again it copies what is new and drops what is no more; an old backup stays until the new one is whole', async () => {
  const { id } = await saveMedia(guest, { data: PIXEL });
  const { key } = await getMediaFile(guest, id, 'original');
  expect(await backUp(server, dir)).toMatchObject({ copied: 3, removed: 0 });
  expect(await backUp(server, dir, { deep: true })).toMatchObject({ copied: 0, removed: 0 });
  await purgeMedia(guest, { ids: [id] });
  await sweepStorage(server, -1);

  const stop = new AbortController();
  const onProgress = () => stop.abort(new Error('stopped half-way'));
  await expect(backUp(server, dir, { signal: stop.signal, onProgress })).rejects.toThrow('stopped half-way');
  const old = await checkBackup(dir);
  expect((await readdir(dir)).sort()).toEqual(['bytes', old.folder, 'manifest.json']);
  expect(old.objects.count).toBe(15);
  expect(await backUp(server, dir)).toMatchObject({ copied: 0, removed: 3 });
  expect((await checkBackup(dir)).objects.count).toBe(12);
  expect((await readdir(dir)).filter((name) => name.startsWith('database-'))).toHaveLength(1);
  expect(await (await createDiskStorage(path.join(dir, 'bytes'))).head(key)).toBeNull();
});

test('a backup that fails says what is left of the one before, and leaves no dump of its own', async () => {
  const broken = { ...server, storage: { ...server.storage, get: away, head: away } };
  const fresh = path.join(folder, 'failing');
  await mkdir(path.join(fresh, 'database-20200101000000000'), { recursive: true });
  const refused = `The backup in ${fresh} was broken off: The storage is away.`;
  await expect(backUp(broken, fresh)).rejects.toThrow(`${refused} It is none yet.`);
  expect(await readdir(fresh)).toEqual(['bytes']);
  await backUp(server, fresh);
  const { id } = await saveMedia(guest, { data: PIXEL });
  await expect(backUp(broken, fresh)).rejects.toThrow(
    `${refused} The one that was there before is whole still.`,
  );
  const { folder: kept } = await checkBackup(fresh);
  expect((await readdir(fresh)).sort()).toEqual(['bytes', kept, 'manifest.json']);
  await purgeMedia(guest, { ids: [id] });
  await sweepStorage(server, -1);
});

test('what is purged while a backup runs is in it, and goes when it has ended', async () => {
  const { id } = await saveMedia(guest, { data: PIXEL });
  const { key } = await getMediaFile(guest, id, 'original');
  const other = path.join(folder, 'live');
  let swept: Promise<unknown> | undefined;
  const onProgress = () => {
    swept ??= purgeMedia(guest, { ids: [id] }).then(() => sweepStorage(server, -1));
  };
  const slow = {
    ...server,
    storage: {
      ...server.storage,
      async get(...args: Parameters<typeof server.storage.get>) {
        await swept;
        return server.storage.get(...args);
      },
    },
  };
  await expect(backUp(slow, other, { onProgress })).resolves.toMatchObject({ manifest: { missing: [] } });
  await swept;
  expect(await (await createDiskStorage(path.join(other, 'bytes'))).head(key)).not.toBeNull();
  await sweepStorage(server, -1);
  expect(await server.storage.head(key)).toBeNull();
  expect((await checkBackup(other)).objects.count).toBe(15);
});

test('a folder that holds anything else is left as it is', async () => {
  const foreign = path.join(folder, 'papers');
  await mkdir(path.join(foreign, 'database-designs'), { recursive: true });
  await writeFile(path.join(foreign, 'database-designs/thesis.txt'), 'mine');
  await expect(backUp(server, foreign)).rejects.toThrow(/is not empty, and holds no backup/);
  expect(await readdir(foreign, { recursive: true })).toEqual([
    'database-designs',
    'database-designs/thesis.txt',
  ]);

  const own = path.join(folder, 'own');
  const { manifest } = await backUp(server, own);
  await mkdir(path.join(own, 'database-designs'));
  const fresh = await emptyDatabase();
  await migrateDatabase(fresh.url);
  const wrong = { ...server, databaseUrl: fresh.url };
  await expect(backUp(wrong, own)).rejects.toThrow(/a backup of another database/);
  expect(await checkBackup(own)).toEqual(manifest);
  // What comes out of a backup may go into its folder again.
  const restored = await emptyDatabase();
  await restoreInto(own, restored, await createDiskStorage(path.join(folder, 'own-storage')));
  await backUp({ ...server, databaseUrl: restored.url }, own);
  await backUp(wrong, own, { replace: true });
  expect((await checkBackup(own)).objects.count).toBe(0);
  expect(await readdir(own)).toContain('database-designs');
});

test('two backups at once are one too many', async () => {
  const [one, two] = await Promise.allSettled([
    backUp(server, path.join(folder, 'one')),
    backUp(server, path.join(folder, 'two')),
  ]);
  expect([one.status, two.status].sort()).toEqual(['fulfilled', 'rejected']);
});

test('an object that the storage has lost does not cost the others', async () => {
  const { id } = await saveMedia(guest, { data: PIXEL });
  const { key } = await getMediaFile(guest, id, 'original');
  await server.storage.delete(key);
  const torn = path.join(folder, 'torn');
  const { manifest } = await backUp(server, torn);
  expect(manifest.missing).toEqual([key]);
  const target = await emptyDatabase();
  const storage = await createDiskStorage(path.join(folder, 'torn-storage'));
  await restoreInto(torn, target, storage);
  const opened = await openTestServer(target.url);
  expect(await look({ ...opened, storage })).toMatchObject([{ type: 'missing', key }]);
  await opened.close();
  await purgeMedia(guest, { ids: [id] });
  await sweepStorage(server, -1);
});

test('one changed byte anywhere, and nothing is changed', async () => {
  await backUp(server, dir);
  const manifest = await checkBackup(dir);
  const [object] = await keysOnDisk({ storage: await createDiskStorage(path.join(dir, 'bytes')) });
  const media = manifest.tables.find(({ name }) => name === 'media');
  const files = [
    'manifest.json',
    path.join(manifest.folder, media?.file ?? ''),
    path.join(manifest.folder, manifest.objects.file),
    path.join('bytes/objects', object ?? ''),
  ];
  const target = await emptyDatabase();
  const storage = await createDiskStorage(path.join(folder, 'untouched'));
  for (const [at, file] of files.entries()) {
    const copy = path.join(folder, `bad-${at}`);
    await cp(dir, copy, { recursive: true });
    const bytes = await readFile(path.join(copy, file));
    const middle = Math.floor(bytes.byteLength / 2);
    bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
    await writeFile(path.join(copy, file), bytes);
    await expect
      .soft(restoreInto(copy, target, storage), file)
      .rejects.toThrow(/damaged.*Nothing was changed/s);
    await rm(path.join(copy, file));
    await expect
      .soft(restoreInto(copy, target, storage), file)
      .rejects.toThrow(/Nothing was changed|no backup/);
  }
  expect(await countRows(target.url)).toBeNull();
  expect(await keysOnDisk({ storage })).toEqual([]);
});

test('a database that holds something, or is in use, is refused', async () => {
  const url = server.databaseUrl;
  await expect(restoreInto(dir, { url })).rejects.toThrow(/app runs on this database/);

  const target = await ownDatabase();
  const opened = await openTestServer(target.url);
  const stranger = await newGuest(opened);
  const storage = await createDiskStorage(path.join(folder, 'replaced'));
  await saveMedia({ ...stranger, storage }, { data: PIXEL });
  await opened.close();
  const theirs = await keysOnDisk({ storage });
  expect(theirs).toHaveLength(3);
  await expect(restoreInto(dir, target, storage)).rejects.toThrow(/holds 1 libraries.*--replace/);
  expect(await countRows(target.url)).toBe('1');
  expect(await keysOnDisk({ storage })).toEqual(theirs);
  await restoreInto(dir, target, storage, true);
  expect(await countRows(target.url)).toBe('2');
  const again = await openTestServer(target.url);
  await expect(readCursor({ ...again, library: stranger.library })).rejects.toMatchObject({
    code: 'GUEST_REQUIRED',
  });
  // Of what was replaced, the bytes go as well.
  await sweepStorage({ ...again, storage }, -1);
  expect((await keysOnDisk({ storage })).filter((key) => theirs.includes(key))).toEqual([]);
  expect(await look({ ...again, storage })).toEqual([]);
  await again.close();
});

test('tables larger than any buffer are dumped to their last row', async () => {
  const { url } = await ownDatabase();
  const client = postgres(url, { max: 1, onnotice() {} });
  await client`insert into verification_tokens (identifier, token_hash, expires_at)
    select n || repeat('x', 500), decode(md5(n::text), 'hex'), now() from generate_series(1, 20000) as n`;
  for (const name of ['a', 'b', 'c']) {
    const { tables } = await dumpDatabase(client, path.join(folder, `large-${name}`));
    expect(tables.find((table) => table.name === 'verification_tokens')).toMatchObject({ rows: 20_000 });
  }
  await client.end();
});

test('a backup of an older version goes into a new database alone, which is then brought up to date', async () => {
  const before = await emptyDatabase();
  await migrateDatabase(before.url, knownMigrations().slice(0, -1));
  const client = postgres(before.url, { max: 1, onnotice() {} });
  await client`with guest as (insert into guest_sessions (id, expires_at) values (gen_random_uuid(), now()) returning id)
    insert into libraries (id, session_id) select gen_random_uuid(), id from guest`;
  await client.end();
  const older = path.join(folder, 'older');
  await backUp({ ...server, databaseUrl: before.url }, older);
  const storage = await createDiskStorage(path.join(folder, 'older-storage'));
  await expect(restoreInto(older, await ownDatabase(), storage)).rejects.toThrow(/another version/);
  const target = await emptyDatabase();
  await restoreInto(older, target, storage);
  expect(await migrateDatabase(target.url)).toEqual({ applied: 0 });
  expect(await countRows(target.url)).toBe('1');
});
