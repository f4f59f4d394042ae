/**
 * Puts a backup back. Invariant: before anything is written, every file of it was read and has the hash that its manifest
 * says, and the database was seen to be empty, or its replacement was asked for. The bytes come first, each read back;
 * then all rows in one transaction, in which every library begins a new epoch. Stopped before that, it leaves objects
 * that no record names, and the next run goes on with them.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import path from 'node:path';
import type { Writable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import postgres from 'postgres';
import { GenerationId } from '#core/media.ts';
import { connect } from '../db/client.ts';
import { asServer } from '../db/doors.ts';
import { appliedMigrations, knownMigrations, migrateDatabase } from '../db/migrate.ts';
import { openQueue, startBoss } from '../jobs/queue.ts';
import type { Storage } from '../storage/port.ts';
import { verifyObject } from '../storage/verify.ts';
import { countServers } from '../sync/pokes.ts';
import { listTables } from './dump.ts';
import { eachOf, openShelf, readManifest, readObjects, type KeptObject, type Manifest } from './manifest.ts';

type OnProgress = (progress: { step: 'checked' | 'restored'; done: number; of: number }) => void;

type Options = {
  databaseUrl: string;
  /** Where the bytes go, wherever they were when the backup was made. */
  storage: Storage;
  /** Deletes what the database holds. */
  replace?: boolean;
  onProgress?: OnProgress;
};

export type Restored = { libraries: number; generations: number };

const PARALLEL = 4;
/** Faults that are named; the rest is counted. */
const NAMED = 5;

async function digestFile(file: string): Promise<{ bytes: number; sha256: string } | null> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(file)) {
      hash.update(chunk);
      bytes += chunk.length;
    }
  } catch {
    return null;
  }
  return { bytes, sha256: hash.digest('hex') };
}

async function* present({ objects, missing, folder }: Manifest, dir: string): AsyncGenerator<KeptObject> {
  const absent = new Set(missing);
  for await (const object of readObjects(path.join(dir, folder, objects.file)))
    if (!absent.has(object.key)) yield object;
}

/** Reads the whole backup. @throws Error that names what is not as it was written; then it must not be used. */
export async function checkBackup(dir: string, onProgress?: OnProgress): Promise<Manifest> {
  const manifest = await readManifest(dir);
  const { tables, objects, folder } = manifest;
  const faults: string[] = [];
  for (const { file, bytes, sha256 } of [...tables, objects]) {
    const found = await digestFile(path.join(dir, folder, file));
    if (found?.sha256 !== sha256 || found.bytes !== bytes) faults.push(path.join(folder, file));
  }
  if (faults.length === 0) {
    const shelf = await openShelf(dir);
    let done = 0;
    await eachOf(present(manifest, dir), PARALLEL, async ({ key, bytes, sha256 }) => {
      const found = await verifyObject(shelf, key).catch(() => null);
      if (found?.sha256 !== sha256 || found.bytes !== bytes) faults.push(`bytes/objects/${key}`);
      done += 1;
      onProgress?.({ step: 'checked', done, of: objects.count });
    });
  }
  if (faults.length === 0) return manifest;
  const named = faults.slice(0, NAMED).join(', ');
  const more = faults.length > NAMED ? ` and ${faults.length - NAMED} more` : '';
  throw new Error(`The backup in ${dir} is damaged: ${named}${more}. Nothing was changed.`);
}

/** @returns Whether the schema has to be made first. */
async function checkDatabase(sql: postgres.Sql, manifest: Manifest, replace: boolean): Promise<boolean> {
  if ((await countServers(sql)) > 0)
    throw new Error('The app runs on this database: stop it first. Nothing was changed.');
  const known = new Set(knownMigrations());
  if (manifest.migrations.some((made) => !known.has(made)))
    throw new Error(
      'This backup is of a newer version of Afterimage: update the code first. Nothing was changed.',
    );
  const applied = await appliedMigrations(sql);
  if (applied.length === 0) return true;
  const [held] = await sql<{ count: string }[]>`
    select (select count(*) from libraries) + (select count(*) from users) as count`;
  if (Number(held?.count) > 0 && !replace)
    throw new Error(
      `This database holds ${held?.count} libraries and accounts: put the backup into an empty one, or say --replace to delete them. Nothing was changed.`,
    );
  if (applied.join() !== manifest.migrations.join())
    throw new Error(
      'This backup is of another version of Afterimage than the database: put it into a new database (an empty DATA_DIR). Nothing was changed.',
    );
  return false;
}

async function putObject(shelf: Storage, storage: Storage, object: KeptObject): Promise<void> {
  const { key, bytes, sha256, mime } = object;
  const held = await verifyObject(storage, key);
  if (held?.sha256 === sha256) return;
  // What lies there under this key is not what was saved under it.
  if (held) await storage.delete(key);
  const found = await shelf.get(key);
  if (!found) throw new Error(`bytes/objects/${key} is gone from the backup`);
  await storage.put(key, found.stream, { mime, bytes });
  if ((await verifyObject(storage, key))?.sha256 !== sha256)
    throw new Error(`The storage did not keep ${key} as it was sent: run this again.`);
}

/**
 * Sends a file and does not wait for the answer: of a refusal that comes after the last byte, postgres.js tells nobody but
 * the statement that follows, which fails in its transaction.
 */
async function copyIn(target: Writable, file: string): Promise<void> {
  let failure: Error | undefined;
  target.on('error', (error) => (failure = error));
  const send = (chunk: Buffer) =>
    new Promise<void>((resolve, reject) => {
      target.write(chunk, (error) => (error ? reject(error) : resolve()));
    });
  for await (const chunk of createReadStream(file)) await send(chunk);
  target.end();
  await setImmediate();
  if (failure) throw failure;
}

/** All rows in one transaction, as the owner of the tables: their triggers and row level security rest meanwhile. */
async function putRows(sql: postgres.Sql, dir: string, manifest: Manifest, backend: string): Promise<number> {
  return sql.begin(async (tx) => {
    const bound = (await listTables(tx)).filter(({ is_bound }) => is_bound).map(({ name }) => name);
    const names = manifest.tables.map(({ name }) => name);
    await tx`set local role app_owner`;
    for (const name of bound) await tx.unsafe(`alter table "${name}" no force row level security`);
    for (const name of names) await tx.unsafe(`alter table "${name}" disable trigger user`);
    await tx`create temp table replaced on commit drop as table storage_objects`;
    await tx.unsafe(`truncate ${names.map((name) => `"${name}"`).join(', ')}`);
    for (const { name, columns, file, rows } of manifest.tables) {
      const list = columns.map((column) => `"${column}"`).join(', ');
      const source = path.join(dir, manifest.folder, file);
      await copyIn(await tx.unsafe(`copy "${name}" (${list}) from stdin`).writable(), source);
      const [found] = await tx
        .unsafe<{ count: string }[]>(`select count(*) from "${name}"`)
        .catch((error: unknown) => {
          throw new Error(`The rows of ${name} are refused. The database is as it was.`, { cause: error });
        });
      if (Number(found?.count) !== rows)
        throw new Error(`Of ${rows} rows of ${name}, ${found?.count} came in. Nothing was changed.`);
    }
    // Bytes on their way were not in the backup, nor those that were to be deleted.
    await tx`delete from uploads`;
    await tx`update storage_objects set backend = ${backend}, keep_until = null, failure = null,
      state = case state when 'live' then 'live' else 'doomed' end where state <> 'gone'`;
    // The bytes of what was replaced are nobody's now. Those that came back with the backup stay.
    await tx`update replaced set state = 'doomed', erasure_id = null, purge_id = null, keep_until = null
      where state <> 'gone'`;
    await tx`insert into storage_objects select * from replaced r where state = 'doomed' and not exists
      (select from storage_objects o where o.key = r.key)`;
    // Who was signed out since, and which links were used, the backup does not know.
    await tx`update auth_sessions set revoked_at = now() where revoked_at is null`;
    await tx`delete from verification_tokens`;
    const libraries = await tx`update libraries set epoch = gen_random_uuid()`;
    for (const name of names) await tx.unsafe(`alter table "${name}" enable trigger user`);
    for (const name of bound) await tx.unsafe(`alter table "${name}" force row level security`);
    return libraries.count;
  });
}

/** Jobs are not in a backup: what was not finished is enqueued again. */
async function requeue(databaseUrl: string): Promise<number> {
  const connection = connect(databaseUrl, { max: 2 });
  const boss = await startBoss(databaseUrl, 'sender');
  try {
    const queue = openQueue(boss);
    return await asServer(connection, async (tx) => {
      const rows = await tx.execute<{ id: string }>(
        `select id from generations where state in ('queued', 'running', 'saving')`,
      );
      for (const { id } of rows) await queue.sendGeneration(tx, GenerationId.parse(id));
      return rows.length;
    });
  } finally {
    await boss.stop({ graceful: false });
    await connection.close();
  }
}

/**
 * @param manifest Of `checkBackup`.
 * @throws Error in one line; as long as it says so, nothing was changed.
 */
export async function putBack(dir: string, manifest: Manifest, options: Options): Promise<Restored> {
  const { databaseUrl, storage, replace = false, onProgress } = options;
  const sql = postgres(databaseUrl, { max: 1, idle_timeout: 0, max_lifetime: null, onnotice() {} });
  try {
    const isNew = await checkDatabase(sql, manifest, replace);
    const shelf = await openShelf(dir);
    let done = 0;
    const of = manifest.objects.count;
    await eachOf(present(manifest, dir), PARALLEL, async (object) => {
      await putObject(shelf, storage, object);
      done += 1;
      onProgress?.({ step: 'restored', done, of });
    }).catch((cause: unknown) => {
      const reason = cause instanceof Error ? cause.message : String(cause);
      const message = `The bytes could not all be put back: ${reason} The database is as it was: run this again.`;
      throw new Error(message, { cause });
    });
    if (isNew) await migrateDatabase(databaseUrl, manifest.migrations);
    const libraries = await putRows(sql, dir, manifest, storage.backend);
    await migrateDatabase(databaseUrl);
    await sql`delete from pgboss.job`;
    return { libraries, generations: await requeue(databaseUrl) };
  } finally {
    await sql.end({ timeout: 5 });
  }
}
