/** `RUNS=20000 SEED=7 node src/client/sync/model/run-model.ts`: the model alone, for long runs and for mutants. */
import * as fc from 'fast-check';
import { createMemoryStore } from '../../store/memory-store.ts';
import { createMemoryWorld } from './memory-world.ts';
import { runSchedule } from './run-schedule.ts';
import { schedule } from './schedule.ts';

const runs = Number(process.env.RUNS ?? 20_000);
const seed = process.env.SEED === undefined ? undefined : Number(process.env.SEED);
const started = performance.now();
await fc.assert(
  fc.asyncProperty(schedule, (schedule) =>
    runSchedule(createMemoryWorld(), async () => createMemoryStore(), schedule),
  ),
  { numRuns: runs, seed },
);
console.log(`${runs} schedules hold (${((performance.now() - started) / 1000).toFixed(1)} s)`);
