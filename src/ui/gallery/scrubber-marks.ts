import type { GridLayout } from './grid-layout.ts';

export type ScrubberMark = {
  key: string;
  /** From 0 at the top to 1 at the end. */
  at: number;
  /** The year that begins here, going down; null for a month. */
  year: string | null;
};

const YEAR_ROOM = 22;
const MONTH_ROOM = 8;

/** Marks for the months of a layout, with the years named; fewer where they would lie over each other. */
export function scrubberMarks({ rows, height }: GridLayout, railHeight: number): ScrubberMark[] {
  const marks: ScrubberMark[] = [];
  let year: string | null = null;
  let free = 0;
  for (const row of rows) {
    if (row.type !== 'header') continue;
    const own = String(new Date(row.group.key).getFullYear());
    const top = (row.top / height) * railHeight;
    const isNew = own !== year;
    if (top >= free || (isNew && year === null)) {
      marks.push({ key: row.group.key, at: row.top / height, year: isNew ? own : null });
      free = top + (isNew ? YEAR_ROOM : MONTH_ROOM);
      if (isNew) year = own;
    }
  }
  return marks;
}
