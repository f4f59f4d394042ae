/**
 * `npm run test:defences`: takes each defence of `defences.ts` out of a copy of the sources, and runs the test that
 * must fail then. Ends with 1 if one passes. With words, those threats alone that contain them.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { DEFENCES, JOURNEYS, type Defence } from './defences.ts';

const root = path.join(import.meta.dirname, '..');
const COPIED = [
  'src',
  'drizzle',
  'scripts',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'vitest.config.ts',
  'vitest.setup.ts',
];

const words = process.argv.slice(2).join(' ');
const copy = mkdtempSync(path.join(tmpdir(), 'afterimage-defences-'));
// As root, Postgres runs as another user and has to enter.
chmodSync(copy, 0o755);

/** As one name of a test: what `test.each` fills in may be anything. */
const patternOf = (name: string) =>
  `^${name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('%s', '.+')}`;

const Report = z.object({ numPassedTests: z.number(), numFailedTests: z.number() });

function runTests(project: string, shown: Defence['shownBy'][]) {
  const report = path.join(copy, 'report.json');
  rmSync(report, { force: true });
  const files = new Set(shown.map(({ file }) => file));
  const names = shown.map(({ test }) => patternOf(test)).join('|');
  const args = [
    'run',
    '--project',
    project,
    ...files,
    '-t',
    names,
    // One that fails is enough.
    '--bail=1',
    '--reporter=json',
    `--outputFile=${report}`,
  ];
  spawnSync(process.execPath, [path.join(root, 'node_modules/vitest/vitest.mjs'), ...args], { cwd: copy });
  return Report.parse(JSON.parse(readFileSync(report, 'utf8')));
}

const projectOf = (file: string) => (file.includes('.pg.') ? 'pg' : 'unit');

function isShown({ file, from, to, shownBy }: Defence): boolean {
  const whole = readFileSync(path.join(root, file), 'utf8');
  writeFileSync(
    path.join(copy, file),
    whole.replace(from, () => to),
  );
  const { numFailedTests } = runTests(projectOf(shownBy.file), [shownBy]);
  writeFileSync(path.join(copy, file), whole);
  return numFailedTests > 0;
}

let survived = 0;
try {
  for (const name of COPIED) cpSync(path.join(root, name), path.join(copy, name), { recursive: true });
  symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'), 'dir');
  const chosen = DEFENCES.filter(({ threat }) => threat.includes(words));
  for (const project of ['unit', 'pg']) {
    const own = chosen.map(({ shownBy }) => shownBy).filter(({ file }) => projectOf(file) === project);
    if (own.length === 0) continue;
    const { numPassedTests, numFailedTests } = runTests(project, own);
    if (numFailedTests > 0 || numPassedTests === 0)
      throw new Error(`the tests of ${project} fail as they are`);
  }
  for (const defence of chosen) {
    const shown = isShown(defence);
    if (!shown) survived += 1;
    console.log(`${shown ? 'red    ' : 'GREEN  '}  ${defence.threat}`);
  }
  for (const { threat, shownBy } of JOURNEYS) console.log(`journey  ${threat} (${shownBy.file})`);
} finally {
  rmSync(copy, { recursive: true, force: true });
}
console.log(survived === 0 ? 'every defence is held by a test' : `${survived} can be taken out unseen`);
process.exitCode = survived === 0 ? 0 : 1;
