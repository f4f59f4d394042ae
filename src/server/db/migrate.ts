import { readMigrationFiles } from 'drizzle-orm/migrator';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate } from 'drizzle-orm/postgres-js/migrator';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import postgres from 'postgres';
import { z } from 'zod';
import { installQueue } from '../jobs/queue.ts';

const MIGRATIONS = path.join(/* turbopackIgnore: true */ process.cwd(), 'drizzle');

/** Two starts at once must not migrate at once. Any constant will do. */
const MIGRATION_LOCK = 7_201_964;

const ROLES = `
do $$
declare
  name text;
  -- Before 16, whoever is a member may act as the role; since then that is a right of its own.
  may_act text := case when current_setting('server_version_num')::int < 160000 then 'member' else 'set' end;
begin
  foreach name in array array['app_owner', 'app_user', 'app_worker', 'app_claim'] loop
    if not exists (select from pg_roles where rolname = name) then
      begin
        execute format('create role %I nologin nosuperuser nobypassrls', name);
      exception when duplicate_object or unique_violation then null;
      end;
    end if;
    if not (pg_has_role(current_user, name, may_act) and pg_has_role(current_user, name, 'usage')) then
      execute format('grant %I to current_user', name);
    end if;
  end loop;
  execute format('grant create on database %I to app_owner', current_database());
end $$;
grant create, usage on schema public to app_owner;
grant usage on schema public to app_user, app_worker, app_claim;
`;

/** Where another login has made the roles, this one can neither make them nor give them to itself. */
async function makeRoles(sql: postgres.Sql): Promise<void> {
  try {
    await sql.unsafe(ROLES);
  } catch (error) {
    if (!(error instanceof postgres.PostgresError) || error.code !== '42501') throw error;
    throw new Error(
      `The login of DATABASE_URL may not set up the roles of the app (${error.message}): let it create roles and own its database, or say, as an administrator of this Postgres: grant app_owner, app_user, app_worker, app_claim to it.`,
      { cause: error },
    );
  }
}

/** By the times at which they were made, which name them; none in a database without this schema. */
export async function appliedMigrations(sql: postgres.Sql | postgres.TransactionSql): Promise<number[]> {
  const [table] = await sql<{ present: boolean }[]>`
    select to_regclass('drizzle.__drizzle_migrations') is not null as present`;
  if (!table?.present) return [];
  const rows = await sql<
    { created_at: string }[]
  >`select created_at from drizzle.__drizzle_migrations order by created_at`;
  return rows.map((row) => Number(row.created_at));
}

const Journal = z.looseObject({ entries: z.array(z.looseObject({ when: z.int() })) });

/** A folder of migrations that ends where `only` does. @returns Its path; the caller removes it. */
function cutMigrations(only: readonly number[]): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'afterimage-migrations-'));
  fs.cpSync(MIGRATIONS, folder, { recursive: true });
  const file = path.join(folder, 'meta/_journal.json');
  const journal = Journal.parse(JSON.parse(fs.readFileSync(file, 'utf8')));
  journal.entries = journal.entries.filter(({ when }) => only.includes(when));
  fs.writeFileSync(file, JSON.stringify(journal));
  return folder;
}

/** All that this code knows. */
export const knownMigrations = (): number[] =>
  readMigrationFiles({ migrationsFolder: MIGRATIONS }).map((file) => file.folderMillis);

/**
 * Brings a database to this code's schema; does nothing to one that is there already.
 * @param only Goes as far as these migrations: what an older backup is put back into.
 * @throws Error in one line, when the database was migrated by newer code.
 */
export async function migrateDatabase(url: string, only?: readonly number[]): Promise<{ applied: number }> {
  const sql = postgres(url, { max: 1, connect_timeout: 5, onnotice() {} });
  try {
    await sql`select pg_advisory_lock(${MIGRATION_LOCK})`;
    const known = new Set(knownMigrations());
    const before = await appliedMigrations(sql);
    if (before.some((made) => !known.has(made))) {
      throw new Error(
        'The database was migrated by a newer version of Afterimage: update the code, then start again.',
      );
    }
    if (before.length < known.size) {
      await makeRoles(sql);
      await sql`set role app_owner`;
      const folder = only ? cutMigrations(only) : MIGRATIONS;
      await migrate(drizzle(sql), { migrationsFolder: folder });
      if (only) fs.rmSync(folder, { recursive: true });
      await sql`reset role`;
    }
    if (!only) await installQueue(url, sql);
    return { applied: known.size - before.length };
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** Whether the database has exactly the migrations of this code. */
export async function migrationsCurrent(url: string): Promise<boolean> {
  const sql = postgres(url, { max: 1, connect_timeout: 2, onnotice() {} });
  try {
    const applied = await appliedMigrations(sql);
    return applied.length === readMigrationFiles({ migrationsFolder: MIGRATIONS }).length;
  } finally {
    await sql.end({ timeout: 1 });
  }
}
