/** npm test [-- check | unit | pg | e2e [what the runner takes]]: all stages in order, or one of them. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { findChromium } from './find-chromium.ts';
import { reasonOf, say } from './say.ts';
import { stopUnusedPostgres } from '../src/server/testing/global-setup.ts';
import { check, interrupted, root, runStage, runTool } from './stages.ts';

const STAGES = ['check', 'unit', 'pg', 'e2e'] as const;
type Stage = (typeof STAGES)[number];

const counts = { passed: 0, failed: 0, skipped: 0 };
const reports = fs.mkdtempSync(path.join(os.tmpdir(), 'afterimage-reports-'));

const VitestReport = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numPendingTests: z.int(),
  numTodoTests: z.int(),
});
const PlaywrightReport = z.object({
  stats: z.object({ expected: z.int(), unexpected: z.int(), flaky: z.int(), skipped: z.int() }),
});

function readReport<T>(file: string, schema: z.ZodType<T>): T | null {
  return fs.existsSync(file) ? schema.parse(JSON.parse(fs.readFileSync(file, 'utf8'))) : null;
}

async function runVitest(project: 'unit' | 'pg', args: string[]): Promise<boolean> {
  const file = path.join(reports, `${project}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const passed = await runTool('vitest/vitest.mjs', ['run', '--project', project, ...reporters, ...args]);
  const report = readReport(file, VitestReport);
  counts.passed += report?.numPassedTests ?? 0;
  counts.failed += report?.numFailedTests ?? 0;
  counts.skipped += (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0);
  return passed;
}

async function runPlaywright(args: string[]): Promise<boolean> {
  const browser = await findChromium(root);
  say(`browser: ${browser.path} (${browser.how})`);
  const file = path.join(reports, 'e2e.json');
  const passed = await runTool('@playwright/test/cli.js', ['test', '--reporter=list,json', ...args], {
    CHROMIUM_PATH: browser.path,
    PLAYWRIGHT_JSON_OUTPUT_FILE: file,
  });
  const report = readReport(file, PlaywrightReport);
  counts.passed += report?.stats.expected ?? 0;
  counts.failed += (report?.stats.unexpected ?? 0) + (report?.stats.flaky ?? 0);
  counts.skipped += report?.stats.skipped ?? 0;
  return passed;
}

function runOne(stage: Stage, args: string[]): Promise<boolean> {
  switch (stage) {
    case 'check':
      return check();
    case 'unit':
      return runStage('unit tests', () => runVitest('unit', args));
    case 'pg':
      return runStage('tests on Postgres', () => runVitest('pg', args));
    case 'e2e':
      return runStage('journeys in a browser', () => runPlaywright(args));
  }
}

const [wanted, ...args] = process.argv.slice(2);
const chosen = wanted === undefined ? STAGES : STAGES.filter((stage) => stage === wanted);
process.env['CI'] ??= 'true';
let passed = chosen.length > 0;
if (!passed) console.error(`afterimage: no stage ${wanted}: one of ${STAGES.join(', ')}`);
try {
  for (const stage of chosen) {
    passed = passed && (await runOne(stage, args));
  }
} catch (error) {
  console.error(`afterimage: ${reasonOf(error)}`);
  passed = false;
}
fs.rmSync(reports, { recursive: true });
// A runner that is interrupted leaves its Postgres to us.
if (interrupted.aborted) await stopUnusedPostgres();
// A stage can fail without a failed test: types, lint, a file that does not load.
if (!passed) counts.failed = Math.max(counts.failed, 1);
say(passed ? 'all stages passed' : 'stopped at the stage that failed');
const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
console.log(`${counts.passed} passed, ${counts.failed} failed${skipped}`);
process.exit(passed ? 0 : 1);
