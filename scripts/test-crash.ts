/** `CRASH_RUNS=20 CRASH_ONLY=move npm run test:crash`: the server is killed at every named step, many times. */
import { stopUnusedPostgres } from '../src/server/testing/global-setup.ts';
import { interrupted, runStage, runTool } from './stages.ts';

const env = { CRASH_RUNS: process.env['CRASH_RUNS'] ?? '20' };
const passed = await runStage('crashes', () =>
  runTool('vitest/vitest.mjs', ['run', '--project', 'pg', 'src/server/crash.pg.test.ts'], env),
);
if (interrupted.aborted) await stopUnusedPostgres();
process.exit(passed ? 0 : 1);
