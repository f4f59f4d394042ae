/** All measured values, by what was measured. */
import { median, p90 } from './stats.ts';

export type Cell = { measure: string; subject: string; n: number; k: number };

export type Samples = {
  add: (cell: Cell, value: number) => void;
  of: (cell: Cell) => readonly number[];
  /** `median / p90`, or null where nothing was measured. */
  show: (cell: Cell, digits?: number) => string | null;
  median: (cell: Cell) => number | null;
  entries: () => (Cell & { values: readonly number[] })[];
};

export function createSamples(): Samples {
  const cells = new Map<string, Cell & { values: number[] }>();
  const nameOf = ({ measure, subject, n, k }: Cell) => `${measure}|${subject}|${n}|${k}`;
  const of = (cell: Cell): readonly number[] => cells.get(nameOf(cell))?.values ?? [];
  return {
    add: (cell, value) => {
      const known = cells.get(nameOf(cell));
      if (known) known.values.push(value);
      else cells.set(nameOf(cell), { ...cell, values: [value] });
    },
    of,
    show: (cell, digits = 1) => {
      const values = of(cell);
      return values.length === 0
        ? null
        : `${median(values).toFixed(digits)} / ${p90(values).toFixed(digits)}`;
    },
    median: (cell) => (of(cell).length === 0 ? null : median(of(cell))),
    entries: () => [...cells.values()],
  };
}
