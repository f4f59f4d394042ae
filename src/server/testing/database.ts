import postgres from 'postgres';
import { inject } from 'vitest';
import { urlFor } from '../db/connection-url.ts';

/** A database that exists only for tests; its login is a superuser, as that of an embedded Postgres is. */
export type TestDatabase = { url: string; name: string };

/**
 * This worker's migrated database, made at the first call. Test files that a worker runs one after another share it:
 * every test makes its own library, and counts nothing that it did not make.
 */
export function testDatabase(): Promise<TestDatabase> {
  return createDatabase(process.env['VITEST_POOL_ID'] ?? '0', inject('testPostgres').template);
}

/** A database without any schema, for tests of the migrations themselves. */
export function emptyDatabase(): Promise<TestDatabase> {
  return createDatabase(`empty_${crypto.randomUUID().slice(0, 8)}`, 'template0');
}

/** A migrated database of a test's own, for tests that change what others could see: roles, schema, the queue. */
export function ownDatabase(): Promise<TestDatabase> {
  return createDatabase(`own_${crypto.randomUUID().slice(0, 8)}`, inject('testPostgres').template);
}

async function createDatabase(suffix: string, template: string): Promise<TestDatabase> {
  const { adminUrl, run } = inject('testPostgres');
  const name = `${run}_${suffix}`;
  const sql = postgres(adminUrl, { max: 1, onnotice() {} });
  try {
    const [existing] = await sql`select from pg_database where datname = ${name}`;
    if (!existing) await sql`create database ${sql(name)} template ${sql(template)}`;
  } finally {
    await sql.end();
  }
  return { url: urlFor(adminUrl, name), name };
}
