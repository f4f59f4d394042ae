/**
 * Justified rows: every picture keeps its true aspect, a full row fills the width to the pixel, and its height is
 * the one nearest to the target. A row is two indexes and a height; the widths are worked out when it is drawn.
 */
export type JustifiedRow = {
  start: number;
  /** Exclusive. */
  end: number;
  /** Whole pixels. */
  height: number;
  /** Fills the width; otherwise it keeps its own width and stays at the left. */
  full: boolean;
};

export type JustifyOptions = { width: number; target: number; gap: number };

/** How much taller than the target a row may get before it is left unfilled. */
const STRETCH = 1.6;

const safeAspect = (aspect: number | undefined) =>
  aspect !== undefined && aspect > 0.02 && aspect < 50 ? aspect : 1;

/** Rows for `aspects[start..end)` (width divided by height). Linear in the number of items. */
export function justify(
  aspects: ArrayLike<number>,
  start: number,
  end: number,
  { width, target, gap }: JustifyOptions,
): JustifiedRow[] {
  const rows: JustifiedRow[] = [];
  if (width <= 0 || target <= 0) return rows;
  let first = start;
  let sum = 0;
  for (let index = start; index < end; index++) {
    const aspect = safeAspect(aspects[index]);
    const count = index - first;
    const withIt = (width - gap * count) / (sum + aspect);
    if (withIt > target) {
      sum += aspect;
      continue;
    }
    const without = count === 0 ? Number.POSITIVE_INFINITY : (width - gap * (count - 1)) / sum;
    if (without <= target * STRETCH && without - target < target - withIt) {
      rows.push({ start: first, end: index, height: Math.max(1, Math.round(without)), full: true });
      first = index;
      sum = 0;
      index--;
      continue;
    }
    rows.push({ start: first, end: index + 1, height: Math.max(1, Math.round(withIt)), full: true });
    first = index + 1;
    sum = 0;
  }
  if (first < end) rows.push({ start: first, end, height: Math.round(target), full: false });
  return rows;
}

/** Widths of a row's tiles in whole pixels; in a full row they and the gaps add up to the width exactly. */
export function tileWidths(
  aspects: ArrayLike<number>,
  row: JustifiedRow,
  { width, gap }: Pick<JustifyOptions, 'width' | 'gap'>,
): number[] {
  const count = row.end - row.start;
  const widths: number[] = [];
  if (!row.full) {
    for (let index = row.start; index < row.end; index++) {
      widths.push(Math.max(1, Math.round(safeAspect(aspects[index]) * row.height)));
    }
    return widths;
  }
  let sum = 0;
  for (let index = row.start; index < row.end; index++) sum += safeAspect(aspects[index]);
  const scale = (width - gap * (count - 1)) / sum;
  let exact = 0;
  let used = 0;
  for (let index = row.start; index < row.end; index++) {
    exact += safeAspect(aspects[index]) * scale;
    const edge = index === row.end - 1 ? width - gap * (count - 1) : Math.round(exact);
    widths.push(edge - used);
    used = edge;
  }
  return widths;
}
