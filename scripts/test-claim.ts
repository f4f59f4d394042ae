/** `CLAIM_RUNS=10000 CLAIM_KILLS=200 SEED=7 npm run test:claim`: the races over a guest's library, at length. */
import { randomInt } from 'node:crypto';
import { stopUnusedPostgres } from '../src/server/testing/global-setup.ts';
import { interrupted, runStage, runTool } from './stages.ts';

const env = {
  CLAIM_RUNS: process.env['CLAIM_RUNS'] ?? '10000',
  CLAIM_KILLS: process.env['CLAIM_KILLS'] ?? '200',
  SEED: process.env['SEED'] ?? String(randomInt(2 ** 31)),
};
const passed = await runStage('claims', () =>
  runTool('vitest/vitest.mjs', ['run', '--project', 'pg', 'src/server/claim/model'], env),
);
if (interrupted.aborted) await stopUnusedPostgres();
process.exit(passed ? 0 : 1);
