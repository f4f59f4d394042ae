/**
 * Compares the ledger with what each storage really holds, both ways. Invariant: what is under way meanwhile is no
 * finding: whatever looks wrong in a listing is asked again, its row and its bytes, before it is told. Listings go into
 * a temporary table and are joined there, so that neither side is ever whole in memory.
 */
import postgres from 'postgres';
import type { FileRole, MediaId } from '#core/media.ts';
import type { LibraryId } from '#core/owner.ts';
import type { Server } from '../context.ts';
import { STAGED_FOR_AT_MOST } from '../ledger.ts';
import type { StorageKey } from '../storage/keys.ts';
import { storageOf, type Places } from '../storage/place.ts';
import { BACKENDS, type Backend, type Storage, type StorageFailure } from '../storage/port.ts';
import { isProbe, verifyObject } from '../storage/verify.ts';
import type { Finding, NamedFile } from './finding.ts';

export type ExamineCtx = Pick<Server, 'now'> & Places & { databaseUrl: string };

type Options = {
  /** Reads and hashes every live object; without, existence and size are compared. */
  deep?: boolean;
  onProgress?: (progress: { backend: Backend; step: 'listed' | 'read'; done: number }) => void;
};

const BATCH = 500;
/** Objects that are read at the same time. */
const PARALLEL = 6;
/** The sweeper comes every minute: what it has not let go of after some more is left behind. */
const STALE_AFTER = STAGED_FOR_AT_MOST + 10 * 60_000;

type Row = {
  key: StorageKey;
  bytes: string | null;
  sha256: string | null;
  media: MediaId | null;
  role: FileRole | null;
  library: LibraryId | null;
};

const LIVE = `select o.key, o.bytes, o.sha256, f.media_id as media, f.role, f.library_id as library
  from storage_objects o left join media_files f on f.object_key = o.key`;

const fileOf = ({ media, role, library }: Row): NamedFile | null =>
  media && role && library ? { media, role, library } : null;

/** A session of its own for the temporary table: never idle too long, never too old, and bound by the worker's role. */
async function openSession(url: string): Promise<postgres.Sql> {
  const sql = postgres(url, { max: 1, idle_timeout: 0, max_lifetime: null, onnotice() {} });
  await sql`create temporary table listed (key text primary key, bytes bigint, modified_at timestamptz)`;
  await sql`grant all on listed to app_worker`;
  await sql`set role app_worker`;
  return sql;
}

/** Pages by key, each asked for when the one before has been dealt with. */
async function* paged<T extends { key: string }>(ask: (after: string) => Promise<T[]>): AsyncGenerator<T[]> {
  for (let after = ''; ;) {
    const page = await ask(after);
    if (page.length > 0) yield page;
    const last = page.at(-1);
    if (!last || page.length < BATCH) return;
    after = last.key;
  }
}

async function listInto(sql: postgres.Sql, storage: Storage, { onProgress }: Options): Promise<number> {
  await sql`truncate listed`;
  let done = 0;
  let batch: { key: string; bytes: number; modifiedAt: Date }[] = [];
  const flush = async () => {
    await sql`insert into listed select * from unnest(${batch.map(({ key }) => key)}::text[],
      ${batch.map(({ bytes }) => bytes)}::bigint[],
      ${batch.map(({ modifiedAt }) => modifiedAt.toISOString())}::timestamptz[]) on conflict do nothing`;
    done += batch.length;
    batch = [];
    onProgress?.({ backend: storage.backend, step: 'listed', done });
  };
  for await (const object of storage.list()) if (batch.push(object) >= BATCH) await flush();
  await flush();
  await sql`analyze listed`;
  return done;
}

/** So many orphans are no accident, unless there is next to nothing. */
const isDoubtful = (orphans: number, listed: number) => orphans > 10 && orphans > listed / 2;

async function* findOrphans(
  sql: postgres.Sql,
  storage: Storage,
  listed: number,
  now: Date,
): AsyncGenerator<Finding> {
  const { backend } = storage;
  const youngest = new Date(now.getTime() - STAGED_FOR_AT_MOST);
  const unknown = sql`from listed l where not exists (select from storage_objects o
    where o.key = l.key and o.backend = ${backend} and o.state <> 'gone')`;
  const [counted] = await sql<{ count: string }[]>`select count(*) ${unknown}`;
  const doubtful = isDoubtful(Number(counted?.count), listed);
  const pages = paged(
    (after) => sql<{ key: StorageKey; modified_at: Date }[]>`
      select l.key, l.modified_at ${unknown} and l.key > ${after} order by l.key limit ${BATCH}`,
  );
  for await (const page of pages)
    for (const { key, modified_at } of page) {
      // A server is asking whether the storage is ready; one that was killed at it leaves this behind.
      if (isProbe(key) && modified_at > youngest) continue;
      if ((await storage.head(key)) === null) continue;
      yield { type: 'orphaned', backend, key, modifiedAt: modified_at, doubtful };
    }
}

/** Vendors answer with whole documents; a finding is one line. */
const lineOf = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ').trim();

/** What the storage says of one live object; null when all is well, or when it is live there no more. */
async function inspect(
  sql: postgres.Sql,
  storage: Storage,
  row: Row,
  deep: boolean,
): Promise<Finding | null> {
  const { backend } = storage;
  const about = { backend, key: row.key, file: fileOf(row) };
  const found = await examineObject(storage, row, deep);
  if (found === null) return null;
  const [still] = await sql`select from storage_objects
    where key = ${row.key} and backend = ${backend} and state = 'live'`;
  if (!still) return null;
  return typeof found === 'string'
    ? { type: found, ...about }
    : { type: 'unreadable', reason: lineOf(found), ...about };
}

async function examineObject(storage: Storage, row: Row, deep: boolean) {
  try {
    const held = deep ? await verifyObject(storage, row.key) : await storage.head(row.key);
    if (held === null) return 'missing';
    const other = held.bytes !== Number(row.bytes) || ('sha256' in held && held.sha256 !== row.sha256);
    return other ? 'corrupt' : null;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

async function* findDamage(sql: postgres.Sql, storage: Storage, options: Options): AsyncGenerator<Finding> {
  const { deep = false, onProgress } = options;
  const { backend } = storage;
  const suspects = deep
    ? sql``
    : sql`and not exists (select from listed l where l.key = o.key and l.bytes = o.bytes)`;
  const pages = paged(
    (after) => sql<Row[]>`${sql.unsafe(LIVE)} where o.state = 'live' and o.backend = ${backend}
      and o.key > ${after} ${suspects} order by o.key limit ${BATCH}`,
  );
  let done = 0;
  for await (const page of pages)
    for (let at = 0; at < page.length; at += PARALLEL) {
      const some = page.slice(at, at + PARALLEL);
      const found = await Promise.all(some.map((row) => inspect(sql, storage, row, deep)));
      for (const finding of found) if (finding) yield finding;
      done += some.length;
      if (deep) onProgress?.({ backend, step: 'read', done });
    }
}

async function* examineBackend(
  sql: postgres.Sql,
  ctx: ExamineCtx,
  backend: Backend,
  options: Options,
): AsyncGenerator<Finding> {
  const [held] = await sql<{ count: string }[]>`
    select count(*) from storage_objects where backend = ${backend} and state = 'live'`;
  const objects = Number(held?.count);
  let storage: Storage;
  let listed: number;
  try {
    storage = await storageOf(ctx, backend);
    listed = await listInto(sql, storage, options);
  } catch (error) {
    const reason = lineOf(error);
    // Nothing is looked for in a storage that is not configured and holds nothing.
    if (objects > 0 || backend === ctx.storage.backend)
      yield { type: 'unreachable', backend, objects, reason };
    return;
  }
  yield* findOrphans(sql, storage, listed, ctx.now());
  yield* findDamage(sql, storage, options);
}

type Odd = { key: StorageKey; backend: Backend; failure: StorageFailure };

async function* examineLedger(sql: postgres.Sql, now: Date): AsyncGenerator<Finding> {
  const before = new Date(now.getTime() - STALE_AFTER).toISOString();
  const odd = (condition: postgres.PendingQuery<postgres.Row[]>) =>
    paged(
      (after) => sql<Odd[]>`select o.key, o.backend, o.failure from storage_objects o
        where ${condition} and o.key > ${after} order by o.key limit ${BATCH}`,
    );
  const unnamed = sql`o.state = 'live' and not exists (select from media_files f where f.object_key = o.key)
    and not exists (select from uploads u where u.object_key = o.key)`;
  for await (const page of odd(unnamed))
    for (const { key, backend } of page) yield { type: 'unnamed', backend, key };
  const stale = sql`o.state = 'staged' and o.created_at < ${before}::timestamptz`;
  for await (const page of odd(stale))
    for (const { key, backend } of page) yield { type: 'stale', backend, key };
  for await (const page of odd(sql`o.state = 'doomed' and o.failure is not null`))
    for (const { key, backend, failure } of page) yield { type: 'stuck', backend, key, failure };
  const withdrawn = paged(
    (after) => sql<(Row & { backend: Backend })[]>`
      select o.key, o.backend, o.bytes, o.sha256, f.media_id as media, f.role, f.library_id as library
      from storage_objects o join media_files f on f.object_key = o.key
      where o.state <> 'live' and o.key > ${after} order by o.key limit ${BATCH}`,
  );
  for await (const page of withdrawn)
    for (const row of page)
      yield { type: 'withdrawn', backend: row.backend, key: row.key, file: fileOf(row) };
  const bare = paged(
    (after) => sql<{ key: MediaId }[]>`select m.id::text as key from media m
      where m.deleted_at is null and m.id::text > ${after} and not exists
        (select from media_files f where f.media_id = m.id and f.role = 'original')
      order by m.id::text limit ${BATCH}`,
  );
  for await (const page of bare) for (const { key } of page) yield { type: 'bare', media: key };
}

/** Tells what is wrong as it is found. Changes nothing; the app may run meanwhile. */
export async function* examine(ctx: ExamineCtx, options: Options = {}): AsyncGenerator<Finding> {
  const sql = await openSession(ctx.databaseUrl);
  try {
    for (const backend of BACKENDS) yield* examineBackend(sql, ctx, backend, options);
    yield* examineLedger(sql, ctx.now());
  } finally {
    await sql.end({ timeout: 5 });
  }
}
