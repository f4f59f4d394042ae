/**
 * The history that was looked at, for as long as this tab lives: after a reload it is looked at again, and what is here
 * already says so. Kept under the library that it goes into, and nobody else's.
 */
import type { LibraryId } from '#core/owner.ts';

const KEY = 'afterimage:import';

/** Characters; a browser keeps about five million. */
const MOST = 2_000_000;

export type KeptTexts = {
  texts: readonly string[];
  /** It came as one text into the box, and not as files. */
  isPasted: boolean;
  /** Some of it may have been brought in. */
  isBegun: boolean;
};

/**
 * @param library Null for a person without a library.
 * @returns Whether it was kept: one that holds pictures themselves is too large.
 */
export function keepTexts(library: LibraryId | null, kept: KeptTexts): boolean {
  const value = JSON.stringify({ library, ...kept });
  try {
    // Rather nothing than the list before this one.
    sessionStorage.removeItem(KEY);
    if (value.length > MOST) return false;
    sessionStorage.setItem(KEY, value);
    return true;
  } catch {
    return false;
  }
}

export function recallTexts(library: LibraryId | null): KeptTexts | null {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? 'null');
    if (typeof kept !== 'object' || kept === null || !('library' in kept) || !('texts' in kept)) return null;
    if (kept.library !== library || !Array.isArray(kept.texts)) return null;
    return {
      texts: kept.texts.filter((text) => typeof text === 'string'),
      isPasted: 'isPasted' in kept && kept.isPasted === true,
      isBegun: 'isBegun' in kept && kept.isBegun === true,
    };
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
