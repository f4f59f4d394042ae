/**
 * The history that is being brought in, for as long as this tab lives: after a reload it is looked at again, and what
 * is here already says so. Kept under the library that it goes into, and nobody else's.
 */
import type { LibraryId } from '#core/owner.ts';

const KEY = 'afterimage:import';

/** Characters; a browser keeps about five million. */
const MOST = 2_000_000;

/** @returns Whether it was kept: one that holds pictures themselves is too large. */
export function keepTexts(library: LibraryId, texts: readonly string[]): boolean {
  const value = JSON.stringify({ library, texts });
  if (value.length > MOST) return false;
  try {
    sessionStorage.setItem(KEY, value);
    return true;
  } catch {
    return false;
  }
}

export function recallTexts(library: LibraryId): string[] | null {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? 'null');
    if (typeof kept !== 'object' || kept === null || !('library' in kept) || !('texts' in kept)) return null;
    if (kept.library !== library || !Array.isArray(kept.texts)) return null;
    return kept.texts.filter((text) => typeof text === 'string');
  } catch {
    return null;
  }
}

export function forgetTexts(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // A browser without a storage has kept nothing.
  }
}
