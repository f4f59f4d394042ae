/** npm run bench:ingest [-- --rounds 7]: what preparing pictures and reading parts of files costs. See ../README.md. */
import { fork } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { say } from '../../scripts/say.ts';
import { describeComputer, putIntoReadme, table } from '../sync/report.ts';
import { median, p90 } from '../sync/stats.ts';
import { makePictures } from './pictures.ts';
import { measureRanges, RANGE_NAMES, type RangeSource, type RangeTimes } from './ranges.ts';
import { NAMES, runRound, runTogether, type Contender, type Round, type Times } from './speed.ts';

const TARGET = 1.15;

const { values: options } = parseArgs({ options: { rounds: { type: 'string', default: '7' } } });
const rounds = Number(options.rounds);

const sum = (times: Map<string, Times>, of: keyof Times) =>
  [...times.values()].reduce((all, time) => all + time[of], 0);
const spread = (values: number[], digits = 2) =>
  `${median(values).toFixed(digits)} / ${p90(values).toFixed(digits)}`;

const pictures = await makePictures(4);
const megabytes = pictures.reduce((all, { bytes }) => all + bytes.byteLength, 0) / 1e6;
say(`${pictures.length} pictures, ${megabytes.toFixed(1)} MB`);

const taken: Round[] = [];
const together: number[] = [];
await runRound(pictures, 0);
for (let round = 0; round < rounds; round += 1) {
  taken.push(await runRound(pictures, round));
  together.push(await runTogether(pictures));
  say(`round ${round + 1} of ${rounds}`);
}
const formats = [...new Set(pictures.map(({ name }) => name))];
const each = pictures.length / formats.length;
const others = NAMES.filter((name) => name !== 'ours');

const rates = table(
  ['one at a time, median / p90', 'images/s', 'MB/s', 'processor time of an image, ms'],
  NAMES.map((contender) => [
    contender,
    spread(
      taken.map((round) => (pictures.length * 1000) / sum(round[contender], 'wall')),
      1,
    ),
    spread(
      taken.map((round) => (megabytes * 1000) / sum(round[contender], 'wall')),
      1,
    ),
    spread(
      taken.map((round) => sum(round[contender], 'cpu') / pictures.length),
      0,
    ),
  ]),
);
const processor = table(
  ['processor time, ms', ...formats],
  NAMES.map((contender) => [
    contender,
    ...formats.map((name) =>
      spread(
        taken.map((round) => (round[contender].get(name)?.cpu ?? 0) / each),
        0,
      ),
    ),
  ]),
);
const ratios = (to: Contender, of: keyof Times) =>
  taken.map((round) => sum(round.ours, of) / sum(round[to], of));
const over = table(
  ['ours over', 'processor time', 'clock'],
  others.map((name) => [name, spread(ratios(name, 'cpu')), spread(ratios(name, 'wall'))]),
);
const ratio = median(ratios('sharp, decoded once', 'cpu'));
const verdict = `Target: at most ${TARGET} times the bare calls: ${ratio.toFixed(2)} in processor time over those that decode once, ${ratio <= TARGET ? 'met' : `missed by ${(ratio - TARGET).toFixed(2)}`}.`;
const atOnce = `All ${pictures.length} asked for at once: ${spread(
  together.map((ms) => (pictures.length * 1000) / ms),
  1,
)} images/s, ${spread(
  together.map((ms) => (megabytes * 1000) / ms),
  1,
)} MB/s.`;

async function measureMemory(): Promise<{ prepared: number; rss: number }[]> {
  const seen: { prepared: number; rss: number }[] = [];
  const child = fork(path.join(import.meta.dirname, 'memory.ts'), { execArgv: ['--expose-gc'] });
  child.on('message', (message: { prepared: number; rss: number }) => seen.push(message));
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`the process that measures memory ended with ${String(code)}`);
  return seen;
}

const held = await measureMemory();
say('prepared a thousand');
const memory = table(
  ['pictures prepared', ...held.map(({ prepared }) => String(prepared))],
  [['MB held after a collection', ...held.map(({ rss }) => (rss / 1e6).toFixed(0))]],
);

const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'afterimage-bench-'));
let read: RangeTimes;
try {
  read = await measureRanges(folder, rounds);
} finally {
  await fs.rm(folder, { recursive: true, force: true });
}
const rangesOf = (label: string, source: RangeSource) => [
  label,
  ...RANGE_NAMES.flatMap((name) => [
    spread(read[source][name]),
    (median(read[source][name]) / median(read.bare[name])).toFixed(2),
  ]),
];
const ranges = table(
  ['ms, median / p90', ...RANGE_NAMES.flatMap((name) => [name, 'over bare'])],
  [
    rangesOf('a bare server of Node (createReadStream)', 'bare'),
    rangesOf('our part that serves bytes', 'serves bytes'),
    rangesOf('our whole route: who asks, whose it is, the bytes', 'whole route'),
  ],
);

const text = [
  `${describeComputer()}; ${rounds} rounds.`,
  '#### Preparing a picture',
  `${pictures.length} pictures, ${megabytes.toFixed(1)} MB.`,
  rates,
  processor,
  over,
  verdict,
  atOnce,
  '#### Memory over a thousand pictures',
  memory,
  '#### Parts of a file of 64 MiB',
  ranges,
].join('\n\n');
console.log(`\n${text}\n`);
putIntoReadme(text, 'ingest');
process.exit(0);
