import * as fc from 'fast-check';
import postgres from 'postgres';
import { expect, test } from 'vitest';
import { newSignIn } from '#server/testing/claim.ts';
import { ownDatabase } from '#server/testing/database.ts';
import { openTestServer } from '#server/testing/server.ts';
import { createMemoryStore } from '../../store/memory-store.ts';
import { createPgWorld, prepareBackup } from './pg-world.ts';
import { runSchedule } from './run-schedule.ts';
import { schedule, type Schedule } from './schedule.ts';

const RUNS = Number(process.env['MODEL_RUNS'] ?? 2000);

/** A schedule needs a database to itself, and waits for it half of the time: several share a process. */
const LANES = 3;

/** The server refuses a change to what another device deleted for good, which the world in memory never does. */
const REFUSED: Schedule = {
  knowsAccount: false,
  commands: [
    { type: 'pull', tab: 0 },
    { type: 'deliver', tab: 0, nth: 0 },
    { type: 'purge', tab: 2, item: 15 },
    { type: 'push', tab: 2 },
    { type: 'deliver', tab: 2, nth: 0 },
    { type: 'patch', tab: 0, item: 15, value: 31 },
  ],
};

async function runLane(lane: number): Promise<string | null> {
  const { url } = await ownDatabase();
  await using cleanup = new AsyncDisposableStack();
  const server = await openTestServer(url);
  cleanup.defer(() => server.close());
  const sql = postgres(url, { max: 1, onnotice() {} });
  cleanup.defer(() => sql.end());
  await prepareBackup(sql);
  const account = await newSignIn(server);
  const property = fc.asyncProperty(schedule, async (schedule) =>
    runSchedule(await createPgWorld(server, sql, account), async () => createMemoryStore(), schedule),
  );
  const seed = (fc.readConfigureGlobal().seed ?? 0) + lane;
  const numRuns = Math.ceil(RUNS / LANES);
  const result = await fc.check(property, { numRuns, seed, examples: [[REFUSED]] });
  return result.failed ? (fc.defaultReportMessage(result) ?? 'It failed without a report.') : null;
}

test(
  `devices come to rest with the real verbs on Postgres (${RUNS} schedules)`,
  { timeout: 1_800_000 },
  async () => {
    const reports = await Promise.all(Array.from({ length: LANES }, (_, lane) => runLane(lane)));
    expect(reports.find((report) => report !== null) ?? null).toBeNull();
  },
);
