import { desc, isNull } from 'drizzle-orm';
import type { Generation } from '#core/generation.ts';
import { generations } from '../db/schema.ts';

export type GenerationRow = typeof generations.$inferSelect;

const iso = (date: Date | null) => date?.toISOString() ?? null;

export function toGeneration(row: GenerationRow): Generation {
  return {
    id: row.id,
    version: row.version,
    requestId: row.requestId,
    status: row.state,
    kind: row.kind,
    prompt: row.prompt,
    count: row.outputs.length,
    model: row.model,
    provider: row.provider,
    settings: row.settings,
    metadata: row.metadata,
    outputs: row.outputs,
    error: row.error,
    createdAt: row.createdAt.toISOString(),
    startedAt: iso(row.startedAt),
    finishedAt: iso(row.finishedAt),
  };
}

export const isListed = isNull(generations.deletedAt);
export const NEWEST_FIRST = [desc(generations.createdAt), desc(generations.id)];
