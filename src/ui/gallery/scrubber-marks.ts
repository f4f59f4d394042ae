import type { HeaderRow } from './grid-layout.ts';

export type ScrubberMark = {
  key: string;
  /** From 0 at the top to 1 at the end. */
  at: number;
  /** The year that begins here, going down; null for a month. */
  year: string | null;
};

const YEAR_ROOM = 22;
const MONTH_ROOM = 8;

/**
 * Marks for the months of a layout, with the years named; fewer where they would lie over each other.
 * @param height Of the layout, in pixels.
 */
export function scrubberMarks(
  headers: readonly HeaderRow[],
  height: number,
  railHeight: number,
): ScrubberMark[] {
  const marks: ScrubberMark[] = [];
  let year: string | null = null;
  let free = 0;
  for (const header of headers) {
    const own = String(new Date(header.group.key).getFullYear());
    const top = (header.top / height) * railHeight;
    const isNew = own !== year;
    if (top >= free || (isNew && year === null)) {
      marks.push({ key: header.group.key, at: header.top / height, year: isNew ? own : null });
      free = top + (isNew ? YEAR_ROOM : MONTH_ROOM);
      if (isNew) year = own;
    }
  }
  return marks;
}
