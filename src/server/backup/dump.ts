/** The database as files, in one snapshot: one file a table, in the text form of COPY, and the list of live objects. */
import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, writeFileSync } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import type postgres from 'postgres';
import { appliedMigrations } from '../db/migrate.ts';
import type { Manifest } from './manifest.ts';

/** Counters of moments, of no use later. */
const LEFT_OUT = ['rate_limits'];
const OBJECTS = 'objects.jsonl';

type Table = { name: string; columns: string[]; is_bound: boolean; is_open: boolean };

/** Tables in an order in which each comes after those that it refers to. */
export async function listTables(sql: postgres.Sql | postgres.TransactionSql): Promise<Table[]> {
  const tables = await sql<Table[]>`
    select c.relname as name, c.relrowsecurity as is_bound,
      exists (select from pg_policies p where p.schemaname = 'public' and p.tablename = c.relname
        and 'app_owner' = any (p.roles) and p.cmd = 'SELECT' and p.qual = 'true') as is_open,
      array(select a.attname::text from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by a.attnum) as columns
    from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
      and c.relname <> all (${LEFT_OUT}) order by c.relname`;
  const links = await sql<{ child: string; parent: string }[]>`
    select c.relname as child, p.relname as parent from pg_constraint f
    join pg_class c on c.oid = f.conrelid join pg_class p on p.oid = f.confrelid
    where f.contype = 'f' and f.connamespace = 'public'::regnamespace and f.conrelid <> f.confrelid`;
  const sorted: Table[] = [];
  const placed = new Set<string>();
  while (sorted.length < tables.length) {
    const next = tables.find(
      ({ name }) =>
        !placed.has(name) && links.every(({ child, parent }) => child !== name || placed.has(parent)),
    );
    if (!next) throw new Error('Tables refer to each other in a circle: they cannot be put back one by one.');
    sorted.push(next);
    placed.add(next.name);
  }
  return sorted;
}

const WRITE_BYTES = 256 * 1024;

/**
 * Writes what comes at once, and waits for the disk in doing so: postgres.js pauses its socket for a reader that is slower,
 * and may never wake it again when the last row was among what it had read by then.
 */
async function copyOut(rows: Readable, file: string) {
  const hash = createHash('sha256');
  const seen = { bytes: 0, rows: 0 };
  const target = openSync(file, 'w', 0o600);
  let waiting: Buffer[] = [];
  let length = 0;
  const flush = () => {
    const chunk = Buffer.concat(waiting);
    writeFileSync(target, chunk);
    hash.update(chunk);
    seen.bytes += chunk.byteLength;
    // In the text form of COPY a line break is the end of a row and nothing else.
    for (const byte of chunk) if (byte === 10) seen.rows += 1;
    waiting = [];
    length = 0;
  };
  try {
    await new Promise<void>((resolve, reject) => {
      rows.on('data', (chunk: Buffer) => {
        waiting.push(chunk);
        length += chunk.byteLength;
        try {
          if (length >= WRITE_BYTES) flush();
        } catch (error) {
          reject(error);
          rows.destroy();
        }
      });
      rows.on('end', resolve);
      rows.on('error', reject);
    });
    flush();
    fsyncSync(target);
  } finally {
    closeSync(target);
  }
  return { ...seen, sha256: hash.digest('hex') };
}

async function dumpTable(sql: postgres.TransactionSql, folder: string, { name, columns }: Table) {
  const file = `${name}.copy`;
  const list = columns.map((column) => `"${column}"`).join(', ');
  const rows = await sql.unsafe(`copy (select ${list} from "${name}") to stdout`).readable();
  return { name, columns, file, ...(await copyOut(rows, path.join(folder, file))) };
}

async function listLive(sql: postgres.TransactionSql, folder: string): Promise<Manifest['objects']> {
  const hash = createHash('sha256');
  const objects = { file: OBJECTS, count: 0, total: 0, bytes: 0 };
  const handle = await open(path.join(folder, OBJECTS), 'w', 0o600);
  try {
    const rows = sql<{ key: string; backend: string; bytes: string; sha256: string; mime: string }[]>`
      select key, backend, bytes, sha256, mime from storage_objects where state = 'live' order by key`;
    for await (const page of rows.cursor(500)) {
      const lines = page.map((row) => `${JSON.stringify({ ...row, bytes: Number(row.bytes) })}\n`).join('');
      await handle.writeFile(lines);
      hash.update(lines);
      objects.count += page.length;
      objects.total += page.reduce((sum, row) => sum + Number(row.bytes), 0);
      objects.bytes += Buffer.byteLength(lines);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { ...objects, sha256: hash.digest('hex') };
}

export type Dump = Pick<Manifest, 'migrations' | 'tables' | 'objects'>;

/** As the tables' owner, whom policies of their own let read: a table without one would be dumped empty, and is refused. */
export async function dumpDatabase(sql: postgres.Sql, folder: string): Promise<Dump> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return sql.begin('isolation level repeatable read read only', async (tx) => {
    const migrations = await appliedMigrations(tx);
    await tx`set local role app_owner`;
    const tables = await listTables(tx);
    const closed = tables.filter(({ is_bound, is_open }) => is_bound && !is_open).map(({ name }) => name);
    if (closed.length > 0)
      throw new Error(
        `A backup may not read ${closed.join(', ')}: a migration has to add the policy "backup".`,
      );
    const dumped: Dump['tables'] = [];
    for (const table of tables) dumped.push(await dumpTable(tx, folder, table));
    return { migrations, tables: dumped, objects: await listLive(tx, folder) };
  });
}
