/**
 * One throw-away Postgres for all test runs of this checkout, in `.data-test`. Runs that overlap share it, and the
 * last one to end stops it. Each run makes sure of a migrated template, from which every worker's database is cloned.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import postgres from 'postgres';
import type { TestProject } from 'vitest/node';
import { migrateDatabase } from '../db/migrate.ts';
import { urlFor } from '../db/connection-url.ts';
import { findEmbedded, startEmbedded } from '../db/embedded.ts';
import { lockHolder, takeLock, withLock } from '../lock.ts';

declare module 'vitest' {
  interface ProvidedContext {
    testPostgres: { adminUrl: string; template: string; run: string };
  }
}

const root = path.join(import.meta.dirname, '../../..');
const dir = path.join(root, '.data-test');
const users = path.join(dir, 'users');
const gate = path.join(dir, 'gate');

export default async function setup(project: TestProject) {
  fs.mkdirSync(users, { recursive: true });
  const run = `test_${process.pid}`;
  const template = `template_${hashOfSchema()}`;

  const server = await withLock(gate, async () => {
    await takeLock(path.join(users, String(process.pid)));
    const started = await startEmbedded(dir, { throwAway: true });
    await makeTemplate(started.url, template);
    return started;
  });
  project.provide('testPostgres', { adminUrl: server.url, template, run });

  return () =>
    withLock(gate, async () => {
      fs.rmSync(path.join(users, String(process.pid)), { force: true });
      const last = !isUsed();
      await dropDatabases(
        server.url,
        (name) => name.startsWith(`${run}_`) || (last && isStale(name, template)),
      );
      if (last) await server.stop();
    });
}

const isUsed = () => fs.readdirSync(users).some((name) => lockHolder(path.join(users, name)));

const isStale = (name: string, template: string) =>
  name.startsWith('test_') || (name.startsWith('template_') && name !== template);

/** Stops the Postgres of the tests, unless a live run uses it: for runs that were cut short. */
export async function stopUnusedPostgres() {
  if (!fs.existsSync(users)) return;
  await withLock(gate, async () => {
    if (!isUsed()) await (await findEmbedded(dir))?.stop();
  });
}

async function makeTemplate(adminUrl: string, template: string) {
  const sql = postgres(adminUrl, { max: 1, onnotice() {} });
  try {
    const [existing] = await sql`select from pg_database where datname = ${template}`;
    if (existing) return;
    const draft = `${template}_draft`;
    await sql`drop database if exists ${sql(draft)} with (force)`;
    await sql`create database ${sql(draft)}`;
    await migrateDatabase(urlFor(adminUrl, draft));
    await sql`alter database ${sql(draft)} rename to ${sql(template)}`;
  } finally {
    await sql.end();
  }
}

async function dropDatabases(adminUrl: string, chosen: (name: string) => boolean) {
  const sql = postgres(adminUrl, { max: 1, onnotice() {} });
  try {
    const rows = await sql<{ name: string }[]>`select datname as name from pg_database`;
    for (const { name } of rows) {
      if (!['template0', 'template1'].includes(name) && chosen(name)) {
        await sql`drop database if exists ${sql(name)} with (force)`;
      }
    }
  } finally {
    await sql.end();
  }
}

/** Whatever decides what a migrated database looks like. */
function hashOfSchema() {
  const hash = createHash('sha256');
  const folders = ['drizzle', 'src/server/db', 'src/server/jobs'];
  const files = folders.flatMap((folder) =>
    fs
      .readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.includes('.test.'))
      .map((entry) => path.join(entry.parentPath, entry.name)),
  );
  for (const file of [path.join(root, 'package-lock.json'), ...files.sort()])
    hash.update(fs.readFileSync(file));
  return hash.digest('hex').slice(0, 12);
}
