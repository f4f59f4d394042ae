/** Names that page and server share. */
import { toLibraryId } from '#client/ids.ts';

const library = toLibraryId('0190aaaa-0000-7000-8000-000000000001');
if (!library) throw new Error('Not a library.');
export const LIBRARY = library;
export const EPOCH = '0190bbbb-0000-7000-8000-000000000001';

export const CANDIDATES = [
  'bare',
  'ours',
  'tanstack-query',
  'blob',
  'dexie',
  'rxdb',
  'tinybase',
  'local-storage',
] as const;
export type CandidateName = (typeof CANDIDATES)[number];
