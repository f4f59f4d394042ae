import os from 'node:os';
import path from 'node:path';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { asServer } from '../db/doors.ts';
import { openErasure } from '../privacy/erase.ts';
import { openServer, type RunningServer } from '../server.ts';
import { ownDatabase } from '../testing/database.ts';
import { createMemoryStorage } from '../testing/memory-storage.ts';
import { newUser } from '../testing/server.ts';
import { keepUp } from './nightly.ts';
import { runJobs } from './worker.ts';

let server: RunningServer;
const scratch = path.join(os.tmpdir(), 'afterimage-nightly');
const start = (databaseUrl: string) =>
  openServer({ databaseUrl, storage: createMemoryStorage(), role: 'worker', scratch });
beforeAll(async () => {
  server = await start((await ownDatabase()).url);
});
afterAll(() => server.close());

async function askedLongAgo(): Promise<() => Promise<boolean>> {
  const { userId } = await newUser(server);
  const yesterday = new Date(Date.now() - 86_400_000);
  await asServer(server, (tx) => openErasure(tx, { userId, requestedAt: yesterday, dueAt: yesterday }));
  return async () => {
    const rows = await asServer(server, (tx) => tx.execute(sql`select from users where id = ${userId}`));
    return rows.length === 0;
  };
}

test('an account that is due goes though another part of the upkeep fails, which is told', async () => {
  const isGone = await askedLongAgo();
  const limits = { ...server.limits, sweep: () => Promise.reject(new Error('no such table')) };
  await expect(keepUp({ ...server, limits })).rejects.toThrow('Nightly upkeep failed of limits.');
  expect(await isGone()).toBe(true);
});

test('a night that nobody was there for is made up for at the next start', async () => {
  await runJobs(server);
  const isGone = await askedLongAgo();
  // It was set up three days ago, and looked after for the last time two days ago.
  await server.db.execute(sql`update pgboss.schedule set created_on = now() - interval '3 days'`);
  await server.db.execute(sql`update pgboss.version set cron_on = now() - interval '2 days'`);
  const next = await start(server.databaseUrl);
  await vi.waitFor(async () => expect(await isGone()).toBe(true), { timeout: 10_000, interval: 100 });
  await next.close();
});
