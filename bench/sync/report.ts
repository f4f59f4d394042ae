/** The tables: printed, and after a whole run put into ../README.md. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root } from '../../scripts/stages.ts';
import type { Subject } from './measure.ts';
import type { CandidateName } from './names.ts';
import type { Samples } from './samples.ts';
import type { StatementCount } from './statements.ts';
import { findMisses } from './targets.ts';

export type Report = {
  samples: Samples;
  sizes: readonly number[];
  changed: readonly number[];
  subjects: readonly Subject[];
  gzipped: ReadonlyMap<CandidateName, number>;
  statements: StatementCount[] | null;
  machine: string;
};

const LABELS: Record<Subject, string> = {
  bare: 'bare IndexedDB read (the limit)',
  ours: 'ours',
  'ours-all': 'ours, made to hold all N',
  'tanstack-query': 'TanStack Query + idb-keyval',
  blob: 'one blob in idb-keyval',
  dexie: 'Dexie',
  rxdb: 'RxDB (Dexie storage)',
  tinybase: 'TinyBase',
  'local-storage': 'localStorage',
};

/** The computer, its Node, and how busy it is. */
export function describeComputer(): string {
  const [cpu] = os.cpus();
  const memory = (os.totalmem() / 2 ** 30).toFixed(0);
  const load = os.loadavg().map((value) => value.toFixed(1));
  return [
    `${os.cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}), ${memory} GiB, ${os.type()} ${os.release()}`,
    `Node ${process.versions.node}, load at the end ${load.join(', ')}`,
  ].join('; ');
}

export const describeMachine = (chromium: string, rounds: number): string =>
  `${describeComputer()}; Chromium ${chromium} headless, ${rounds} rounds`;

export const table = (head: string[], rows: string[][]) =>
  [head, head.map((_, index) => (index === 0 ? '---' : '---:')), ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');

const nOf = (n: number) => `N ${n.toLocaleString('en')}`;
const kib = (bytes: number) => (bytes < 10_000 ? `${bytes} B` : `${(bytes / 1024).toFixed(0)} KiB`);

export function renderReport(report: Report): string {
  return [
    report.machine,
    firstPaint(report),
    whileClosed(report),
    burst(report),
    traffic(report),
    heap(report),
    findMisses(report.samples, report.sizes, report.statements),
  ].join('\n\n');
}

/** Replaces what lies between the marks of this name. */
export function putIntoReadme(text: string, name: 'results' | 'ingest' = 'results'): void {
  const file = path.join(root, 'bench/README.md');
  const readme = fs.readFileSync(file, 'utf8');
  const section = new RegExp(`(<!-- ${name} -->)[\\s\\S]*(<!-- end of ${name} -->)`);
  fs.writeFileSync(
    file,
    readme.replace(section, (_, from, to) => `${from}\n\n${text}\n\n${to}`),
  );
}

function firstPaint({ samples, sizes, subjects, gzipped }: Report): string {
  const part = (title: string, measure: string) => {
    const rows = subjects.map((subject) => {
      const size = subject === 'ours-all' ? gzipped.get('ours') : gzipped.get(subject);
      const cells = sizes.map((n) => samples.show({ measure, subject, n, k: 0 }) ?? '-');
      return [LABELS[subject], ...cells, size === undefined ? '-' : kib(size)];
    });
    return `${title}\n\n${table(['ms, median / p90', ...sizes.map(nOf), 'script, gzip'], rows)}`;
  };
  return [
    '### W1: navigation to the first 50 rows',
    part('Readable, cold (new browser process):', 'readable'),
    part('Painted, cold:', 'painted'),
    part('From the first line of the script to readable, cold:', 'fromScript'),
    part('Readable, warm (reload):', 'warmReadable'),
  ].join('\n\n');
}

const followers = (subjects: readonly Subject[]) =>
  subjects.filter((subject) => subject !== 'bare' && subject !== 'ours-all');

function whileClosed({ samples, sizes, changed, subjects }: Report): string {
  const parts = sizes.map((n) => {
    const counts = changed.filter((k) => k <= n);
    const rows = followers(subjects).map((subject) => [
      LABELS[subject],
      ...counts.flatMap((k) => [
        samples.show({ measure: 'view', subject, n, k }) ?? '-',
        samples.show({ measure: 'durable', subject, n, k }) ?? '-',
      ]),
    ]);
    const head = counts.flatMap((k) => [`K ${k} view`, 'durable']);
    return `${nOf(n)}:\n\n${table(['ms, median / p90', ...head], rows)}`;
  });
  const trips = sizes.flatMap((n) =>
    followers(subjects).flatMap((subject) => samples.of({ measure: 'roundTrip', subject, n, k: 1 })),
  );
  const trip = trips.sort((a, b) => a - b)[trips.length >> 1];
  return [
    '### W2: K changed while closed, until the view is right and committed',
    `One round trip of the local server: ${trip?.toFixed(1) ?? '-'} ms (median).`,
    ...parts,
  ].join('\n\n');
}

function burst({ samples, sizes, subjects }: Report): string {
  const some = sizes.filter((n) => n > 500);
  const rows = followers(subjects).map((subject) => [
    LABELS[subject],
    ...some.flatMap((n) =>
      ['burstView', 'burstDurable', 'burstLongest'].map(
        (measure) => samples.show({ measure, subject, n, k: 0 }) ?? '-',
      ),
    ),
  ]);
  const head = some.flatMap((n) => [`${nOf(n)} view`, 'durable', 'longest task']);
  return `### W3: 1,000 changes in one message while open\n\n${table(['ms, median / p90', ...head], rows)}`;
}

function traffic({ samples, changed, subjects, statements }: Report): string {
  const n = 5000;
  const rows = followers(subjects).map((subject) => [
    LABELS[subject],
    ...changed.map((k) => {
      const received = samples.median({ measure: 'received', subject, n, k });
      const requests = samples.median({ measure: 'requests', subject, n, k });
      return received === null ? '-' : `${kib(received)} (${requests})`;
    }),
  ]);
  const server = statements?.map(({ changed: k, calls, statements: count, bytes }) => [
    String(k),
    calls.join(', '),
    String(count),
    kib(bytes),
  ]);
  return [
    '### W4: what a reconcile costs',
    `Bodies received (requests), ${nOf(n)}:`,
    table(['candidate', ...changed.map((k) => `K ${k}`)], rows),
    ...(server
      ? [
          'Ours on the real server and Postgres, 5,000 rows as the application stores them:',
          table(['K', 'calls', 'SQL statements', 'bytes'], server),
        ]
      : []),
  ].join('\n\n');
}

function heap({ samples, sizes, subjects }: Report): string {
  const rows = subjects.map((subject) => [
    LABELS[subject],
    ...sizes.map((n) => {
      const bytes = samples.median({ measure: 'heap', subject, n, k: 0 });
      return bytes === null ? '-' : (bytes / 1e6).toFixed(2);
    }),
  ]);
  return `### W5: heap after a collection, 500 rows loaded\n\n${table(['MB, median', ...sizes.map(nOf)], rows)}`;
}
