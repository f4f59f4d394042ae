/**
 * Which stills a device keeps for the time without a network. Invariant: what is kept never exceeds the person's
 * budget, and what was shown last goes last.
 */

export type KeptThumb = { bytes: number; /** Milliseconds since 1970. */ usedAt: number };

export const MEGABYTE = 1_000_000;
/** What a person may choose, in bytes; 0 keeps none. */
export const THUMB_BUDGETS = [0, 25 * MEGABYTE, 100 * MEGABYTE, 500 * MEGABYTE] as const;
export const DEFAULT_THUMB_BUDGET = 100 * MEGABYTE;

/** Room is made in larger steps, so that a full cache does not sort itself at every picture. */
const FILL_AFTER_EVICTION = 0.9;

/** @param budget In bytes. @returns Keys to drop, the least recently used first. */
export function pickEvictions(kept: ReadonlyMap<string, KeptThumb>, budget: number): string[] {
  let total = 0;
  for (const { bytes } of kept.values()) total += bytes;
  if (total <= budget) return [];
  const evicted: string[] = [];
  for (const [key, { bytes }] of [...kept].sort(([, a], [, b]) => a.usedAt - b.usedAt)) {
    if (total <= budget * FILL_AFTER_EVICTION) break;
    evicted.push(key);
    total -= bytes;
  }
  return evicted;
}
