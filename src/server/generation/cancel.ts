import { and, eq } from 'drizzle-orm';
import { notFound } from '#core/errors.ts';
import { transition } from '#core/generation-state.ts';
import type { Generation } from '#core/generation.ts';
import type { GenerationId } from '#core/media.ts';
import type { LibraryCtx } from '../context.ts';
import { writeLibrary } from '../db/doors.ts';
import { generations } from '../db/schema.ts';
import { isListed, toGeneration } from './rows.ts';

/** Stops what has not been made yet and keeps what was saved. Cancelling what has ended changes nothing. */
export function cancelGeneration(ctx: LibraryCtx, id: GenerationId): Promise<Generation> {
  return writeLibrary(ctx, async (tx, head) => {
    const mine = and(eq(generations.libraryId, ctx.library), eq(generations.id, id));
    const [row] = await tx.select().from(generations).where(and(mine, isListed));
    if (!row) throw notFound('generation');
    const state = transition(row.state, 'cancel');
    if (state === null) return toGeneration(row);
    const outputs = row.outputs.map((output) =>
      output.state === 'waiting' ? { ...output, state: 'cancelled' as const } : output,
    );
    const [cancelled] = await tx
      .update(generations)
      .set({ state, outputs, version: head.version, finishedAt: ctx.now() })
      .where(mine)
      .returning();
    return toGeneration(cancelled ?? row);
  });
}
