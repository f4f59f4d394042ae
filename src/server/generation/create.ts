import { and, eq } from 'drizzle-orm';
import { randomInt } from 'node:crypto';
import { uuidv7 } from 'uuidv7';
import type { z } from 'zod';
import { AppError } from '#core/errors.ts';
import type { CreateGenerationInput, Generation } from '#core/generation.ts';
import { jsonBytes, type JsonObject } from '#core/json.ts';
import { GenerationId, MediaId } from '#core/media.ts';
import { ImageSettings, splitSettings, VideoSettings, type Kind } from '#core/settings.ts';
import type { LibraryCtx } from '../context.ts';
import { writeLibrary } from '../db/doors.ts';
import { generations } from '../db/schema.ts';
import { toGeneration } from './rows.ts';

const SETTINGS_OF = { image: ImageSettings, video: VideoSettings } as const satisfies Record<Kind, z.ZodType>;

const EXTRA_BYTES = 16_384;

/** Checks the fields of the kind; what this version does not know is kept beside them. */
function parseSettings(
  kind: Kind,
  sent: JsonObject,
): { settings: ImageSettings | VideoSettings; extra: JsonObject } {
  const { known, extra } = splitSettings(kind, sent);
  const parsed = SETTINGS_OF[kind].safeParse(known);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new AppError('BAD_INPUT', issue?.message ?? 'These settings cannot be used.', {
      field: ['settings', ...(issue?.path ?? [])].join('.'),
    });
  }
  if (jsonBytes(extra) > EXTRA_BYTES) {
    throw new AppError(
      'BAD_INPUT',
      `Settings beyond the known fields must be at most ${EXTRA_BYTES} bytes.`,
      {
        field: 'settings',
      },
    );
  }
  return { settings: parsed.data, extra };
}

/**
 * Accepts a request and enqueues it, both or neither. The same `requestId` answers with the same generation.
 * @throws AppError BAD_INPUT naming the field.
 */
export async function createGeneration(ctx: LibraryCtx, input: CreateGenerationInput): Promise<Generation> {
  const { settings, extra } = parseSettings(input.kind, input.settings);
  const { provider, model } = ctx.providers.find(input.kind, input.model);
  const id = GenerationId.parse(uuidv7());
  return writeLibrary(ctx, async (tx, head) => {
    if (input.requestId !== undefined) {
      const [before] = await tx
        .select()
        .from(generations)
        .where(and(eq(generations.libraryId, ctx.library), eq(generations.requestId, input.requestId)));
      if (before) return toGeneration(before);
    }
    const [row] = await tx
      .insert(generations)
      .values({
        id,
        libraryId: ctx.library,
        version: head.version,
        requestId: input.requestId ?? null,
        state: 'queued',
        kind: input.kind,
        prompt: input.prompt,
        provider: provider.id,
        model: model.id,
        seed: settings.seed ?? randomInt(2 ** 32),
        settings: { ...settings },
        metadata: Object.keys(extra).length === 0 ? input.metadata : { ...input.metadata, settings: extra },
        outputs: Array.from({ length: input.count }, (_, index) => ({
          index,
          mediaId: MediaId.parse(uuidv7()),
          state: 'waiting' as const,
          error: null,
        })),
        createdAt: ctx.now(),
      })
      .returning();
    if (!row) throw new Error('insert returned no row');
    await ctx.queue.sendGeneration(tx, id);
    return toGeneration(row);
  });
}
