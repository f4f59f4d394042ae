/**
 * Copies database and bytes into a folder while the app runs: first a snapshot of the tables, then the bytes that it
 * names. Nothing is deleted from the storages meanwhile (see `db/backup-lock.ts`), so that what the snapshot names is there.
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import postgres from 'postgres';
import { holdDeletions } from '../db/backup-lock.ts';
import { storageOf, type Places } from '../storage/place.ts';
import { BACKENDS, type Storage } from '../storage/port.ts';
import { verifyObject } from '../storage/verify.ts';
import { dumpDatabase } from './dump.ts';
import {
  eachOf,
  hasManifest,
  openShelf,
  readManifest,
  readObjects,
  writeManifest,
  type KeptObject,
  type Manifest,
} from './manifest.ts';

type BackupCtx = Places & { databaseUrl: string; now(): Date };

type Options = {
  /** Reads what is in the folder already, instead of trusting its size. */
  deep?: boolean;
  /** Takes the place of a backup of another database. */
  replace?: boolean;
  signal?: AbortSignal;
  onProgress?: (progress: { done: number; of: number; copied: number }) => void;
};

export type BackupResult = { manifest: Manifest; copied: number; removed: number };

const PARALLEL = 4;

/** @throws Error when the bytes that came are not those that were saved: then nothing of them is kept. */
async function* checked(stream: AsyncIterable<Uint8Array>, sha256: string): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  for await (const chunk of stream) {
    hash.update(chunk);
    yield chunk;
  }
  if (hash.digest('hex') !== sha256) throw new Error('these are not the bytes that were saved');
}

async function isKept(shelf: Storage, { key, bytes, sha256 }: KeptObject, deep: boolean): Promise<boolean> {
  const held = deep ? await verifyObject(shelf, key) : await shelf.head(key);
  if (held?.bytes === bytes && (!('sha256' in held) || held.sha256 === sha256)) return true;
  if (held) await shelf.delete(key);
  return false;
}

/** @returns false when the storage does not hold it whole. */
async function copyObject(ctx: BackupCtx, shelf: Storage, object: KeptObject): Promise<boolean> {
  const backend = BACKENDS.find((known) => known === object.backend);
  if (!backend) return false;
  const storage = await storageOf(ctx, backend);
  const found = await storage.get(object.key);
  if (!found) return false;
  if (found.bytes !== object.bytes) {
    await found.stream.cancel();
    return false;
  }
  try {
    await shelf.put(object.key, checked(found.stream, object.sha256), {
      mime: object.mime,
      bytes: object.bytes,
    });
    return true;
  } catch (error) {
    // A folder that is full or cannot be written fails the backup; an object that is damaged does not.
    if ((await verifyObject(storage, object.key))?.sha256 === object.sha256) throw error;
    return false;
  }
}

const DATABASE_FOLDER = /^database-\d{17}$/;

/** What a first backup leaves behind when it is stopped before it has a manifest. */
const isBegun = (name: string) =>
  name === 'bytes' || name === 'manifest.json.new' || DATABASE_FOLDER.test(name);

/**
 * A folder that holds anything but a backup of this database is left as it is.
 * @returns The dump of the backup that is there.
 */
async function checkFolder(dir: string, installation: string, replace: boolean): Promise<string | null> {
  if (!(await hasManifest(dir))) {
    if ((await readdir(dir)).every(isBegun)) return null;
    throw new Error(`${dir} is not empty, and holds no backup: name an empty folder. Nothing was changed.`);
  }
  const former = await readManifest(dir);
  if (former.installation === undefined || former.installation === installation || replace)
    return former.folder;
  throw new Error(
    `${dir} holds a backup of another database, of ${former.createdAt}: name another folder, or say --replace if that one is of no use any more. Nothing was changed.`,
  );
}

async function readInstallation(sql: postgres.Sql): Promise<string> {
  const [found] = await sql<{ id: string }[]>`select id from installation`;
  if (!found) throw new Error('This database does not say which one it is: was it migrated?');
  return found.id;
}

/** Removes the dumps of older backups, and of those that were broken off. */
async function dropDumps(dir: string, kept: string | null): Promise<void> {
  for (const name of await readdir(dir))
    if (DATABASE_FOLDER.test(name) && name !== kept) await rm(path.join(dir, name), { recursive: true });
}

/** Removes what only older backups named. */
async function prune(dir: string, shelf: Storage, manifest: Manifest): Promise<number> {
  const named = new Set<string>();
  for await (const { key } of readObjects(path.join(dir, manifest.folder, manifest.objects.file)))
    named.add(key);
  let removed = 0;
  for await (const { key } of shelf.list()) {
    if (named.has(key)) continue;
    await shelf.delete(key);
    removed += 1;
  }
  return removed;
}

type Copy = { manifest: Manifest; shelf: Storage; copied: number };

/** Everything but the manifest's taking its place. */
async function copyAll(
  ctx: BackupCtx,
  sql: postgres.Sql,
  dir: string,
  installation: string,
  { deep = false, signal, onProgress }: Options,
): Promise<Copy> {
  const createdAt = ctx.now().toISOString();
  const folder = `database-${createdAt.replaceAll(/[^0-9]/g, '')}`;
  const dump = await dumpDatabase(sql, path.join(dir, folder));
  const shelf = await openShelf(dir);
  const missing: Manifest['missing'] = [];
  const counts = { done: 0, of: dump.objects.count, copied: 0 };
  await eachOf(readObjects(path.join(dir, folder, dump.objects.file)), PARALLEL, async (object) => {
    signal?.throwIfAborted();
    if (!(await isKept(shelf, object, deep))) {
      if (await copyObject(ctx, shelf, object)) counts.copied += 1;
      else missing.push(object.key);
    }
    counts.done += 1;
    onProgress?.(counts);
  });
  const manifest: Manifest = {
    name: 'afterimage-backup',
    format: 1,
    createdAt,
    installation,
    folder,
    ...dump,
    missing: missing.sort(),
  };
  return { manifest, shelf, copied: counts.copied };
}

/** What went wrong, and what has become of the backup before. */
function brokenOff(dir: string, former: string | null, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message.replace(/\.?$/, '.') : String(cause);
  const left = former === null ? 'It is none yet.' : 'The one that was there before is whole still.';
  return new Error(`The backup in ${dir} was broken off: ${reason} ${left}`, { cause });
}

/**
 * @param dir Made when absent, and of use for one database alone. What an earlier backup in it holds already is not
 *   copied again.
 * @throws Error in one line; the backup that was in the folder before is whole still, and no dump beside it is left.
 */
export async function backUp(ctx: BackupCtx, dir: string, options: Options = {}): Promise<BackupResult> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await access(dir, constants.W_OK);
  const sql = postgres(ctx.databaseUrl, { max: 1, idle_timeout: 0, max_lifetime: null, onnotice() {} });
  try {
    const installation = await readInstallation(sql);
    const former = await checkFolder(dir, installation, options.replace ?? false);
    const held = await holdDeletions(sql);
    let named = former;
    let copy: Copy;
    try {
      await dropDumps(dir, named);
      copy = await copyAll(ctx, sql, dir, installation, options);
      await held.confirm();
      await writeManifest(dir, copy.manifest);
      named = copy.manifest.folder;
    } catch (error) {
      throw options.signal?.aborted ? error : brokenOff(dir, former, error);
    } finally {
      // What cannot be deleted now goes with the next backup.
      await dropDumps(dir, named).catch(() => {});
    }
    const { manifest, shelf, copied } = copy;
    return { manifest, copied, removed: await prune(dir, shelf, manifest) };
  } finally {
    await sql.end({ timeout: 5 });
  }
}
