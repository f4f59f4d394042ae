/** Earlier prompts, newest first, each once. */
export const promptHistory = (prompts: readonly string[]) => [...new Set(prompts)];

export type HistoryPlace = {
  /** -1 is what was being written. */
  at: number;
  written: string;
};

export const NOW: HistoryPlace = { at: -1, written: '' };

/** One step back (1) or forward (-1); null when there is nothing in that direction. */
export function stepHistory(
  history: readonly string[],
  place: HistoryPlace,
  current: string,
  step: 1 | -1,
): { place: HistoryPlace; prompt: string } | null {
  const written = place.at === -1 ? current : place.written;
  let at = place.at + step;
  // What is in the field already is not a step.
  while (history[at] === current && at >= 0) at += step;
  if (at < -1 || at >= history.length) return null;
  return { place: { at, written }, prompt: at === -1 ? written : (history[at] ?? '') };
}
