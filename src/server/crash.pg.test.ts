import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ownDatabase } from './testing/database.ts';
import { POINTS, type NamedPoint } from './testing/crash/points.ts';
import { openBench, runTrial, traceSteps, type Findings } from './testing/crash/trial.ts';

const RUNS = Number(process.env['CRASH_RUNS'] ?? 0);
const ONLY = process.env['CRASH_ONLY'] ?? '';

/** One of each operation, once, when nobody asks for all of them. */
const FEW = new Set([
  'save: after put 3',
  'upload: before delete uploads 1',
  'ingest: before commit of insert media 1',
  'purge: after delete 1',
  'move: after update media_files 1',
  'merge: during commit of insert claims 1',
]);
const points = POINTS.filter(({ name }) => (RUNS > 0 ? name.includes(ONLY) : FEW.has(name)));
const rounds = Math.max(1, RUNS);

let root: string;
let bench: Awaited<ReturnType<typeof openBench>>;
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'afterimage-crash-'));
  // A database of its own: what is compared is the whole ledger with both stores.
  bench = await openBench((await ownDatabase()).url, root);
});
afterAll(async () => {
  await bench.close();
  await rm(root, { recursive: true });
});

test('the points are named once each', () => {
  expect(points.length).toBeGreaterThanOrEqual(RUNS > 0 && ONLY === '' ? 25 : 1);
  expect(new Set(POINTS.map(({ name }) => name)).size).toBe(POINTS.length);
});

const traced = process.env['CRASH_TRACE'] ? new Set(POINTS.map(({ operation }) => operation)) : [];
test.each([...traced])('the steps of %s, which could be points', async (operation) => {
  const steps = await traceSteps(bench, operation);
  console.log(`${operation}: ${steps.join(', ')}`);
  expect(steps).toContain('answer 1');
});

test.each(points)(
  `killed at $name, nothing is lost and nothing left (${rounds} times)`,
  { timeout: 60_000 * rounds },
  async (point) => {
    const findings: Findings[] = [];
    for (let round = 0; round < rounds; round += 1) findings.push(await runTrial(bench, point, round));
    if (RUNS > 0) console.log(describePoint(point, findings));
    expect(findings.flatMap(({ lost }) => lost)).toEqual([]);
    expect(findings.flatMap(({ orphaned }) => orphaned)).toEqual([]);
    // A kill during a call may come when everything is done.
    const survived = findings.filter(({ died }) => !died && point.point.when !== 'during');
    expect(survived).toEqual([]);
  },
);

function describePoint({ name }: NamedPoint, findings: Findings[]): string {
  const sum = (count: (found: Findings) => number) => findings.reduce((all, found) => all + count(found), 0);
  const [killed, lost, orphaned] = [
    sum(({ died }) => Number(died)),
    sum((found) => found.lost.length),
    sum((found) => found.orphaned.length),
  ];
  return `${name.padEnd(52)} ${String(findings.length).padStart(3)} runs ${String(killed).padStart(3)} killed ${String(lost).padStart(3)} lost ${String(orphaned).padStart(3)} orphaned`;
}
