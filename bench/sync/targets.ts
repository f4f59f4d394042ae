/** The targets of the design, and whether this run met them. */
import type { Samples } from './samples.ts';
import type { StatementCount } from './statements.ts';

const ms = (value: number) => `${value.toFixed(1)} ms`;

export function findMisses(
  samples: Samples,
  sizes: readonly number[],
  statements: StatementCount[] | null,
): string {
  const of = (measure: string, n: number, k = 0, subject = 'ours') =>
    samples.median({ measure, subject, n, k }) ?? Number.NaN;
  const lines: string[] = [];
  const judge = (name: string, value: number, limit: number, show: (value: number) => string) => {
    const verdict = value <= limit ? 'met' : `missed by ${show(value - limit)}`;
    lines.push(`- ${name}: ${show(value)} of ${show(limit)}, ${verdict}`);
  };
  for (const n of sizes) {
    const more = (measure: string) => of(measure, n) - of(measure, n, 0, 'bare');
    judge(`W1 over the bare read, readable, N ${n}`, more('readable'), 5, ms);
    judge(`W1 over the bare read, painted, N ${n}`, more('painted'), 5, ms);
  }
  const paints = sizes.map((n) => of('readable', n));
  judge('W1 flat: largest less smallest median over N', Math.max(...paints) - Math.min(...paints), 5, ms);
  for (const n of sizes)
    judge(
      `W2 durable, K 1, N ${n}, over one round trip`,
      of('durable', n, 1) - of('roundTrip', n, 1),
      15,
      ms,
    );
  for (const n of sizes.filter((n) => n > 500))
    judge(`W3 longest task, N ${n}`, of('burstLongest', n), 50, ms);
  const same = statements?.find(({ changed }) => changed === 0);
  if (same) judge('W4 body when nothing changed', same.bytes, 60, (value) => `${value} B`);
  for (const n of sizes)
    judge(`W5 heap, N ${n}`, of('heap', n) / 1e6, 5, (value) => `${value.toFixed(2)} MB`);
  return `### Targets, by the medians of this run\n\n${lines.join('\n')}`;
}
