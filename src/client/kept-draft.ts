/** What is being written and was not sent yet, kept over a reload: for the library that it was written for, and nobody else. */
import { readCompanion } from './browser.ts';

const KEY = 'afterimage:draft';

type Kept = { owner: string | null; draft: unknown };

function parse(stored: string | null): Kept | null {
  const value: unknown = JSON.parse(stored ?? 'null');
  if (typeof value !== 'object' || value === null || !('owner' in value) || !('draft' in value)) return null;
  const { owner, draft } = value;
  return owner === null || typeof owner === 'string' ? { owner, draft } : null;
}

/** What nobody wrote is for whoever comes: the first picture makes the library. */
export function readDraft(): unknown {
  try {
    const kept = parse(localStorage.getItem(KEY));
    return kept && (kept.owner === null || kept.owner === readCompanion()) ? kept.draft : null;
  } catch {
    return null;
  }
}

export function keepDraft(owner: string | null, draft: unknown): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ owner, draft } satisfies Kept));
  } catch {
    // Storage is closed or full: the draft lives as long as the page.
  }
}

export function forgetDraft(): void {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // A browser without a storage has kept nothing.
  }
}
