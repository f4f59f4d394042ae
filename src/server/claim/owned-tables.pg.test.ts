/** Walks the schema as Postgres has it: a table that holds something of a library must be in every list of them. */
import { getTableName, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { ERASED } from '../privacy/erase.ts';
import { EXPORTED, NOT_EXPORTED } from '../privacy/export.ts';
import { useTestServer } from '../testing/server.ts';
import { MOVED_TABLES } from './move.ts';

const server = useTestServer();

/** Whoever keeps another list of all owned tables adds it here. */
const LISTS: Record<string, readonly string[]> = {
  'what a claim moves': MOVED_TABLES,
  'what an export holds, or lacks for a reason': [
    ...EXPORTED.map((table) => getTableName(table)),
    ...Object.keys(NOT_EXPORTED),
  ],
  'what an erasure takes': ERASED.map((table) => getTableName(table)),
};

/** Columns that hold a library's id on purpose without being its row's owner. */
const OTHERS = ['media.origin_library', 'libraries.merged_into', 'claims.from_library', 'claims.to_library'];

type Owned = { name: string; forced: boolean; policies: string[]; triggers: string[]; versioned: boolean };

const walk = () =>
  server().db.execute<Owned>(sql`
    select t.relname as name, t.relrowsecurity and t.relforcerowsecurity as forced,
      array(select p.polname || ' to ' || r.rolname from pg_policy p join pg_roles r on r.oid = any (p.polroles)
        where p.polrelid = t.oid order by 1) as policies,
      array(select tgname::text from pg_trigger where tgrelid = t.oid and not tgisinternal order by 1) as triggers,
      exists (select from pg_attribute v where v.attrelid = t.oid and v.attname = 'version') as versioned
    from pg_class t join pg_attribute c on c.attrelid = t.oid
    where t.relkind in ('r', 'p') and t.relnamespace = 'public'::regnamespace and c.attname = 'library_id'
    order by 1`);

test('every table of a library is in every list, and under row level security for all roles', async () => {
  const owned = await walk();
  const names = owned.map(({ name }) => name);
  expect(names.length).toBeGreaterThan(4);
  for (const [list, tables] of Object.entries(LISTS)) expect.soft([...tables].sort(), list).toEqual(names);
  for (const { name, forced, policies, triggers, versioned } of owned) {
    expect.soft(forced, `forced row level security on ${name}`).toBe(true);
    for (const policy of ['library_own to app_user', 'library_claim to app_claim', 'backup to app_owner']) {
      expect.soft(policies, name).toContain(policy);
    }
    // A row that does not rise with its library is missed by every cursor.
    expect.soft(triggers, name).toEqual(versioned ? [`${name}_birth`, `${name}_version`] : []);
  }
});

test('no table points at a library by another name', async () => {
  const columns = await server().db.execute<{ name: string }>(sql`
    select c.relname || '.' || a.attname as name from pg_attribute a join pg_class c on c.oid = a.attrelid
    where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and a.attnum > 0 and not a.attisdropped
      and a.attname <> 'library_id' and (a.attname like '%library%' or exists (select from pg_constraint f
        where f.contype = 'f' and f.conrelid = c.oid and f.confrelid = 'libraries'::regclass and a.attnum = any (f.conkey)))`);
  expect(columns.map(({ name }) => name).sort()).toEqual([...OTHERS].sort());
});
