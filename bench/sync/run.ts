/** npm run bench:sync [-- --quick] [-- --only ours,dexie]: W1 to W5 side by side, in headless Chromium. See ../README.md. */
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { findChromium } from '../../scripts/find-chromium.ts';
import { say } from '../../scripts/say.ts';
import { interrupted, root } from '../../scripts/stages.ts';
import { fillProfile } from './browser.ts';
import { bundleCandidates } from './bundle.ts';
import { libraryOf, measure, type Subject } from './measure.ts';
import { CANDIDATES } from './names.ts';
import { describeMachine, putIntoReadme, renderReport } from './report.ts';
import { createSamples } from './samples.ts';
import { startServer } from './server.ts';
import { countStatements } from './statements.ts';

const SIZES = [500, 5000, 50_000];
const CHANGED = [0, 1, 100, 1000];

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    only: { type: 'string' },
    sizes: { type: 'string' },
  },
});
const rounds = Number(options.rounds ?? (options.quick ? 1 : 5));
const sizes = options.sizes?.split(',').map(Number) ?? SIZES;
const wanted = options.only?.split(',');
const subjects: Subject[] = [...CANDIDATES, 'ours-all' as const].filter(
  (name) => !wanted || wanted.includes(name),
);
const isWhole = !options.quick && !wanted && !options.sizes;

/** localStorage holds 5 MB; the shipped engine never holds more than its window but for the comparison. */
const fits = (subject: Subject, n: number) => !(subject === 'local-storage' && n > 5000);

const folder = path.join(root, '.data-bench');
const profileOf = (subject: Subject, n: number) => path.join(folder, `${subject}-${n}`);

const { scripts, gzipped } = await bundleCandidates();
scripts.set('ours-all', scripts.get('ours') ?? '');
const server = await startServer(scripts);
const { path: executablePath } = await findChromium(root);
const samples = createSamples();
let chromium = 'unknown';
let passed = false;
fs.rmSync(folder, { recursive: true, force: true });

try {
  for (const n of sizes) {
    for (const subject of subjects.filter((subject) => fits(subject, n))) {
      interrupted.throwIfAborted();
      server.setState(libraryOf(n));
      server.setUnlimited(subject === 'ours-all');
      await fillProfile(executablePath, profileOf(subject, n), async ({ page, version }) => {
        chromium = version;
        await page.goto(`${server.url}/page/${subject}?empty`, { waitUntil: 'load' });
        await page.evaluate(() => bench.seed());
      });
    }
    say(`filled the profiles with ${n} rows`);
  }
  server.setUnlimited(false);

  const statements = wanted ? null : await countStatements();
  const render = (done: number) => {
    const machine = describeMachine(chromium, done);
    return renderReport({ samples, sizes, changed: CHANGED, subjects, gzipped, statements, machine });
  };

  const bed = { server, executablePath, profileOf };
  for (let round = 0; round < rounds; round++) {
    for (const n of sizes) {
      for (const k of CHANGED.filter((k) => k <= n)) {
        // Each round begins with another candidate, so that none always has the same neighbour.
        const order = subjects.map((_, index) => subjects[(index + round) % subjects.length] ?? 'bare');
        for (const subject of order) {
          interrupted.throwIfAborted();
          if (fits(subject, n) && (k === 0 || subject !== 'ours-all'))
            await measure(bed, subject, n, k, samples);
        }
      }
    }
    fs.writeFileSync(path.join(folder, 'last.json'), JSON.stringify(samples.entries()));
    if (isWhole) putIntoReadme(render(round + 1));
    say(`round ${round + 1} of ${rounds}`);
  }
  console.log(`\n${render(rounds)}\n`);
  passed = true;
} finally {
  await server.close();
  for (const n of sizes)
    for (const subject of subjects) fs.rmSync(profileOf(subject, n), { recursive: true, force: true });
}
process.exit(passed ? 0 : 1);
