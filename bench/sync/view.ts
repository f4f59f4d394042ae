import type { Media } from '#core/media.ts';

/** Rows that are compared with the oracle, and that a page has loaded. */
export const VIEW = 500;

/** What two equal views have in common, whatever order a candidate keeps fields in. */
export function fingerprint(rows: readonly Media[]): string {
  const text = rows.map((row) => JSON.stringify(row, Object.keys(row).sort())).join('\n');
  let hash = 0xcbf29ce484222325n;
  for (let index = 0; index < text.length; index++) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(index))) * 0x100000001b3n);
  }
  return `${rows.length}:${hash.toString(16)}`;
}
