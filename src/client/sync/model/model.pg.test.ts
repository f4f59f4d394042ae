import * as fc from 'fast-check';
import postgres from 'postgres';
import { expect, test } from 'vitest';
import { ownDatabase } from '#server/testing/database.ts';
import { openTestServer } from '#server/testing/server.ts';
import { createMemoryStore } from '../../store/memory-store.ts';
import { createPgWorld, prepareBackup } from './pg-world.ts';
import { runSchedule } from './run-schedule.ts';
import { schedule } from './schedule.ts';

const RUNS = Number(process.env['MODEL_RUNS'] ?? 100);

test(
  `devices come to rest with the real verbs on Postgres (${RUNS} schedules)`,
  { timeout: 900_000 },
  async () => {
    const { url } = await ownDatabase();
    await using cleanup = new AsyncDisposableStack();
    const server = await openTestServer(url);
    cleanup.defer(() => server.close());
    const sql = postgres(url, { max: 1, onnotice() {} });
    cleanup.defer(() => sql.end());
    await prepareBackup(sql);
    const property = fc.asyncProperty(schedule, async (schedule) =>
      runSchedule(await createPgWorld(server, sql), async () => createMemoryStore(), schedule),
    );
    const result = await fc.check(property, { numRuns: RUNS });
    expect(result.failed ? fc.defaultReportMessage(result) : null).toBeNull();
  },
);
