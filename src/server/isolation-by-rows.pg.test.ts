import { sql, type Column } from 'drizzle-orm';
import { vi } from 'vitest';
import { describeIsolation } from './testing/isolation.ts';

/** The verbs' own filters by owner say yes to everything: row level security stands alone. */
vi.mock('drizzle-orm', async (importOriginal) => {
  const original = await importOriginal<typeof import('drizzle-orm')>();
  const isOwner = (column: unknown) =>
    typeof column === 'object' && column !== null && 'name' in column && column.name === 'library_id';
  return {
    ...original,
    eq: (column: Column, value: unknown) => (isOwner(column) ? sql`true` : original.eq(column, value)),
  };
});

describeIsolation();
