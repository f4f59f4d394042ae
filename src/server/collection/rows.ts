import { isNull } from 'drizzle-orm';
import type { Collection } from '#core/collection.ts';
import { collections } from '../db/schema.ts';

export const isLive = isNull(collections.deletedAt);

export const toCollection = (row: typeof collections.$inferSelect): Collection => ({
  id: row.id,
  version: row.version,
  name: row.name,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
});
