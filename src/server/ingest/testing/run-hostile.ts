/**
 * npm run test:hostile [-- --only png] [-- --verbose]: every hostile file, first each alone, then several at once.
 * Ends with 1 when one crashed, hung, was taken for what it is not, or made a process hold too much.
 */
import { parseArgs } from 'node:util';
import { feedFiles, type Fed, type Outcome } from './feed.ts';
import { HOSTILE_FILES } from './hostile.ts';

const MOST_MB = 512;
const AT_ONCE = 6;

const { values: options } = parseArgs({
  options: { only: { type: 'string' }, verbose: { type: 'boolean', default: false } },
});
const files = HOSTILE_FILES.filter(({ name }) => name.includes(options.only ?? ''));

const mb = (bytes: number | undefined) => (bytes === undefined ? '-' : (bytes / 1e6).toFixed(0));

function describe(title: string, { outcomes, peak }: Fed): string[] {
  const groups = Map.groupBy(outcomes, ({ name }) => name.split('/')[0] ?? '');
  const rows = [...groups].map(([group, all]) => {
    const slowest = Math.max(...all.map(({ ms }) => ms));
    const own = all.map(({ peak }) => peak?.own ?? 0);
    const child = all.map(({ peak }) => peak?.child ?? 0);
    return [
      group.padEnd(16),
      String(all.length).padStart(6),
      String(all.filter(({ became }) => became === 'taken').length).padStart(6),
      String(all.filter(({ became }) => became === 'refused').length).padStart(8),
      String(all.filter(({ fault }) => fault).length).padStart(7),
      slowest.toFixed(0).padStart(11),
      mb(Math.max(...own)).padStart(9),
      mb(Math.max(...child)).padStart(10),
    ].join('');
  });
  console.log(`\n${title}: ${outcomes.length} files`);
  console.log(`${''.padEnd(16)} files taken refused faults slowest ms  own MB reader MB`);
  for (const row of rows) console.log(row);
  console.log(
    `most at one moment: ${mb(peak?.own)} MB itself, ${mb(peak?.child)} MB in a reader, ${mb(peak?.together)} MB in all`,
  );
  const faults = outcomes.flatMap(({ name, fault }) => (fault ? [`${name}: ${fault}`] : []));
  for (const [who, bytes] of [
    ['the process', peak?.own],
    ['a reader', peak?.child],
  ] as const)
    if ((bytes ?? 0) > MOST_MB * 1e6)
      faults.push(`${who} held ${mb(bytes)} MB; at most ${MOST_MB} are allowed`);
  return faults.map((fault) => `${title}: ${fault}`);
}

const tell = ({ name, became, said, ms, peak, fault }: Outcome) => {
  if (options.verbose || fault)
    console.log(
      `${fault ? `FAULT ${fault} ` : ''}${became} ${name} ${ms.toFixed(0)} ms, ${mb(peak?.own)} and ${mb(peak?.child)} MB: ${said}`,
    );
};

const alone = describe('one at a time, as bytes', await feedFiles(files, { onOutcome: tell }));
const together = describe(
  `${AT_ONCE} at once, as files`,
  await feedFiles(files, { atOnce: AT_ONCE, as: 'path' }),
);
const faults = [...alone, ...together];
console.log(faults.length === 0 ? '\nno fault' : `\n${faults.length} faults:\n${faults.join('\n')}`);
process.exit(faults.length === 0 ? 0 : 1);
