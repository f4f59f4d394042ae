import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import postgres from 'postgres';
import { expect, test } from 'vitest';
import { emptyDatabase, testDatabase } from '../testing/database.ts';
import { migrateDatabase, migrationsCurrent } from './migrate.ts';

const MIGRATIONS = path.join(process.cwd(), 'drizzle');
const files = readMigrationFiles({ migrationsFolder: MIGRATIONS });
const LIBRARY = '01900000-0000-7000-8000-000000000001';

async function withSql<T>(url: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice() {} });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}

/** What an installation of an earlier version holds. */
const fill = (sql: postgres.Sql) =>
  sql.unsafe(`
    insert into guest_sessions (id, expires_at) values ('${LIBRARY}', now() + interval '1 day');
    insert into libraries (id, session_id, version) values ('${LIBRARY}', '${LIBRARY}', 1);
    insert into media (id, library_id, version, kind, origin, width, height, mime, bytes, sha256, roles)
    values ('${LIBRARY}', '${LIBRARY}', 1, 'image', 'uploaded', 1, 1, 'image/png', 1, '0', '{original}');`);

test('migrating twice changes nothing the second time', async () => {
  const { url } = await emptyDatabase();
  expect(await migrateDatabase(url)).toEqual({ applied: files.length });
  expect(await migrateDatabase(url)).toEqual({ applied: 0 });
  expect(await migrationsCurrent(url)).toBe(true);
});

test.each(files.slice(0, -1).map((_, index) => index + 1))(
  'a database with data at migration %i comes to the newest with its data',
  async (reached) => {
    const { url } = await emptyDatabase();
    const rest = files.slice(reached);
    // Migrated whole, then told that it is not: what the later steps made is taken back with their record.
    await withSql(url, async (sql) => {
      await sql.unsafe(
        `do $$ begin ${['app_owner', 'app_user', 'app_worker', 'app_claim'].map((role) => `if not exists (select from pg_roles where rolname = '${role}') then create role ${role} nologin; end if;`).join(' ')} end $$;
         grant create, usage on schema public to app_owner; grant usage on schema public to app_user, app_worker, app_claim;
         create schema drizzle authorization app_owner; set role app_owner;
         create table drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint);`,
      );
      for (const file of files.slice(0, reached)) {
        for (const statement of file.sql) await sql.unsafe(statement);
        await sql`insert into drizzle.__drizzle_migrations (hash, created_at) values (${file.hash}, ${file.folderMillis})`;
      }
      await sql`reset role`;
      await fill(sql);
    });
    expect(await migrateDatabase(url)).toEqual({ applied: rest.length });
    const rows = await withSql(url, (sql) => sql`select id from media`);
    expect(rows).toHaveLength(1);
  },
);

test('a second login of one Postgres is told what it lacks, and works once it was given the roles', async () => {
  const { url, name } = await emptyDatabase();
  const login = `second_${crypto.randomUUID().slice(0, 8)}`;
  await withSql(url, (sql) =>
    sql.unsafe(
      `create role ${login} login createrole password 'secret'; alter database "${name}" owner to ${login}`,
    ),
  );
  const own = Object.assign(new URL(url), { username: login, password: 'secret' }).href;
  await expect(migrateDatabase(own)).rejects.toThrow(
    /^The login of DATABASE_URL may not set up the roles.*grant app_owner, app_user, app_worker, app_claim to it\.$/,
  );
  await withSql(url, (sql) => sql.unsafe(`grant app_owner, app_user, app_worker, app_claim to ${login}`));
  expect(await migrateDatabase(own)).toEqual({ applied: files.length });
});

test('a database that newer code has migrated is refused in one line', async () => {
  const { url } = await emptyDatabase();
  await migrateDatabase(url);
  await withSql(
    url,
    (sql) =>
      sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('later', ${Date.now() + 1e9})`,
  );
  await expect(migrateDatabase(url)).rejects.toThrow(/^The database was migrated by a newer version[^\n]*$/);
  expect(await migrationsCurrent(url)).toBe(false);
});

test('the migrations make what the schema says', { timeout: 60_000 }, async () => {
  const out = await fs.mkdtemp(path.join(os.tmpdir(), 'afterimage-drizzle-'));
  try {
    await fs.cp(MIGRATIONS, out, { recursive: true });
    const kit = path.join(process.cwd(), 'node_modules/drizzle-kit/bin.cjs');
    const schema = './src/server/db/{identity,schema}.ts';
    const { stdout } = await promisify(execFile)(process.execPath, [
      kit,
      'generate',
      '--dialect=postgresql',
      `--schema=${schema}`,
      `--out=${path.relative(process.cwd(), out)}`,
    ]);
    expect(stdout).toContain('No schema changes');
  } finally {
    await fs.rm(out, { recursive: true });
  }
});

test('every table with an owner is under forced row level security', async () => {
  const { url } = await testDatabase();
  const tables = await withSql(
    url,
    (sql) => sql<{ name: string; forced: boolean; policies: string }[]>`
      select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as forced,
             (select count(*) from pg_policy p where p.polrelid = c.oid) as policies
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'library_id' and not a.attisdropped
      where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace`,
  );
  expect(tables.length).toBeGreaterThanOrEqual(5);
  expect(tables.filter(({ forced, policies }) => !forced || Number(policies) === 0)).toEqual([]);
});
