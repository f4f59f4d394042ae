import type * as Drizzle from 'drizzle-orm';
import { vi } from 'vitest';
import { describeIsolation } from './testing/isolation.ts';

/** The verbs' own filters by owner say yes to everything: row level security stands alone. */
vi.mock('drizzle-orm', async (importOriginal) => {
  const original = await importOriginal<typeof Drizzle>();
  const { eq, sql, Column } = original;
  const anyOwner: typeof eq = (...sides: [unknown, unknown]) => {
    const [column, value] = sides;
    return column instanceof Column && column.name !== 'library_id' ? eq(column, value) : sql`true`;
  };
  return { ...original, eq: anyOwner };
});

describeIsolation();
