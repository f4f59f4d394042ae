import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ownDatabase } from '../../testing/database.ts';
import { createMemoryStorage } from '../../testing/memory-storage.ts';
import { openTestServer } from '../../testing/server.ts';
import { findStranded } from './findings.ts';
import { plan } from './plan.ts';
import { runRound } from './round.ts';

const RUNS = Number(process.env['CLAIM_RUNS'] ?? 500);
const SEED = fc.readConfigureGlobal().seed ?? 0;

/** Rounds that run at the same time: they share nothing but the server, and wait half of their time. */
const LANES = 4;

test(
  `jobs, a device and two accounts meet over a guest’s library (${RUNS} rounds): nothing is stranded, lost or misplaced`,
  { timeout: 3_600_000 },
  async () => {
    await using cleanup = new AsyncDisposableStack();
    const server = await openTestServer((await ownDatabase()).url, createMemoryStorage());
    cleanup.defer(() => server.close());
    const round = fc.asyncProperty(plan, async (plan) => {
      const faults = await runRound(server, plan);
      if (faults.length > 0) throw new Error(faults.join('\n'));
    });
    const lanes = await Promise.all(
      // A race does not shrink: the plan that failed is told as it is.
      Array.from({ length: LANES }, (_, lane) =>
        fc.check(round, { numRuns: Math.ceil(RUNS / LANES), seed: SEED + lane, endOnFailure: true }),
      ),
    );
    const failed = lanes.find((lane) => lane.failed);
    const report = failed && [`SEED=${SEED}`, failed.errorInstance, fc.defaultReportMessage(failed)];
    expect(report?.join('\n') ?? null).toBeNull();
    expect(await findStranded(server)).toEqual([]);
  },
);
