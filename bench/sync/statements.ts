/** SQL statements and bytes of one reconcile on the real server: its HTTP handler, its verbs, a Postgres of its own. */
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inArray } from 'drizzle-orm';
import postgres from 'postgres';
import type { LibraryId } from '#core/owner.ts';
import { makeCursor, SYNC_SCHEMA } from '#core/sync.ts';
import { makeGuest } from '#server/auth/guest.ts';
import { startEmbedded } from '#server/db/embedded.ts';
import { writeLibrary } from '#server/db/doors.ts';
import { migrateDatabase } from '#server/db/migrate.ts';
import { libraries, media } from '#server/db/schema.ts';
import { openServer, type RunningServer } from '#server/server.ts';
import { createDiskStorage } from '#server/storage/disk.ts';
import { handleTrpc } from '#server/trpc/handler.ts';
import { root } from '../../scripts/stages.ts';
import { makeLibrary } from './library.ts';

export type StatementCount = {
  changed: number;
  calls: string[];
  statements: number;
  bytes: number;
};

const ROWS = 5000;
const CHUNK = 500;
const CASES = [0, 1, 100, 500, 1000];

/** Every statement of the application's own connections goes to Postgres' log, under this mark. */
const MARK = 'bench-statement|afterimage|';

export async function countStatements(): Promise<StatementCount[]> {
  const folder = path.join(root, '.data-bench/server');
  const pg = await startEmbedded(folder, { throwAway: true });
  try {
    await migrateDatabase(pg.url);
    const sql = postgres(pg.url, { max: 1, onnotice() {} });
    await sql.unsafe(`alter system set log_line_prefix = 'bench-statement|%a|'`);
    await sql.unsafe(`alter system set log_statement = 'all'`);
    await sql.unsafe('select pg_reload_conf()');
    await sql.end();
    const server = await openServer({
      databaseUrl: pg.url,
      storage: await createDiskStorage(path.join(folder, 'files')),
      role: 'sender',
    });
    globalThis.afterimageServer = Promise.resolve(server);
    try {
      return await countWith(server, path.join(folder, 'postgres.log'));
    } finally {
      await server.close();
    }
  } finally {
    await pg.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

async function fill(server: RunningServer): Promise<{ token: string; library: LibraryId }> {
  const { token, actor } = await makeGuest(server);
  const { rows } = makeLibrary(ROWS);
  const ctx = { db: server.db, library: actor.library };
  for (let start = 0; start < ROWS; start += CHUNK) {
    await writeLibrary(ctx, (tx, { version }) =>
      tx.insert(media).values(
        rows.slice(start, start + CHUNK).map(({ createdAt, updatedAt, ...row }) => ({
          ...row,
          trashedAt: null,
          libraryId: actor.library,
          version,
          sha256: 'a'.repeat(64),
          roles: ['original' as const, 'preview' as const, 'thumb' as const],
          createdAt: new Date(createdAt),
          updatedAt: new Date(updatedAt),
        })),
      ),
    );
  }
  return { token, library: actor.library };
}

async function countWith(server: RunningServer, log: string): Promise<StatementCount[]> {
  const { token, library } = await fill(server);
  const ids = makeLibrary(ROWS).rows.map(({ id }) => id);

  async function cursorNow() {
    const [head] = await server.db.select().from(libraries);
    if (!head) throw new Error('The library is gone.');
    return makeCursor(head.epoch, head.version);
  }
  async function call(procedure: string, input: unknown): Promise<string> {
    const query = encodeURIComponent(JSON.stringify(input));
    const headers = { cookie: `guest=${token}`, 'x-library': library };
    const response = await handleTrpc(
      new Request(`http://localhost/api/trpc/${procedure}?input=${query}`, { headers }),
    );
    const body = await response.text();
    if (!response.ok) throw new Error(`${procedure}: ${body}`);
    return body;
  }

  const counts: StatementCount[] = [];
  for (const changed of CASES) {
    const cursor = await cursorNow();
    if (changed > 0) {
      await writeLibrary({ db: server.db, library }, (tx, { version }) =>
        tx
          .update(media)
          .set({ version, starred: true })
          .where(inArray(media.id, ids.slice(0, changed))),
      );
    }
    await sleep(200);
    const before = countMarks(log);
    const bodies = [await call('sync.changes', { cursor, schema: SYNC_SCHEMA })];
    const isReset = bodies[0]?.includes('"type":"reset"') ?? false;
    if (isReset) bodies.push(await call('sync.window', { limit: 500 }));
    await sleep(200);
    counts.push({
      changed,
      calls: isReset ? ['changes', 'window'] : ['changes'],
      statements: countMarks(log) - before,
      bytes: bodies.reduce((sum, body) => sum + Buffer.byteLength(body), 0),
    });
  }
  return counts;
}

/** Statements, not the lines with their parameters. */
const countMarks = (log: string) =>
  fs
    .readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith(MARK) && /LOG: {2}(statement|execute)/.test(line)).length;
