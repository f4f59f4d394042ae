/**
 * A generation: one request for n outputs, each with its own outcome.
 * Invariant: its state changes only along `transition`; the server saves with `where state = <from>`, so that of
 * two that try one wins. Output i has a media id from the start, so that work done twice saves once.
 */
import { z } from 'zod';
import { GENERATION_STATES } from './generation-state.ts';
import { JsonObject, Metadata } from './json.ts';
import { GenerationId, Media, MediaId } from './media.ts';
import { Kind, Prompt } from './settings.ts';

export const GenerationState = z.enum(GENERATION_STATES);
export type GenerationState = z.infer<typeof GenerationState>;

export const OutputError = z.object({ code: z.string(), message: z.string() });
export type OutputError = z.infer<typeof OutputError>;

export const GenerationOutput = z.object({
  index: z.int(),
  mediaId: MediaId,
  state: z.enum(['waiting', 'saved', 'failed', 'cancelled']),
  error: OutputError.nullable(),
});
export type GenerationOutput = z.infer<typeof GenerationOutput>;

/** What the outputs say of the whole, once none is waiting. One saved output is a success. */
export function outcome(outputs: GenerationOutput[]): 'succeed' | 'fail' | 'cancel' | null {
  if (outputs.some((output) => output.state === 'waiting')) return null;
  if (outputs.some((output) => output.state === 'saved')) return 'succeed';
  return outputs.some((output) => output.state === 'cancelled') ? 'cancel' : 'fail';
}

export const Generation = z.object({
  id: GenerationId,
  version: z.int().min(0),
  requestId: z.string().nullable(),
  status: GenerationState,
  kind: Kind,
  prompt: z.string(),
  count: z.int(),
  model: z.string(),
  provider: z.string(),
  settings: JsonObject,
  metadata: JsonObject,
  outputs: z.array(GenerationOutput),
  error: OutputError.nullable(),
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  finishedAt: z.iso.datetime().nullable(),
});
export type Generation = z.infer<typeof Generation>;

export const GenerationWithMedia = Generation.extend({ media: z.array(Media) });
export type GenerationWithMedia = z.infer<typeof GenerationWithMedia>;

export const MAX_OUTPUTS = 4;

export const CreateGenerationInput = z.strictObject({
  kind: Kind,
  prompt: Prompt,
  count: z.int().min(1).max(MAX_OUTPUTS).default(1),
  model: z.string().trim().min(1).max(200).optional(),
  /** Checked against the fields of the kind; keys that are not among them are kept as metadata. */
  settings: JsonObject.default({}).meta({
    description:
      'ImageSettings or VideoSettings, by the kind. Keys that are not among their fields are kept as metadata.',
  }),
  metadata: Metadata.default({}),
  /** The same request id answers with the same generation: a retry never runs or charges twice. */
  requestId: z.string().min(1).max(100).optional(),
});
export type CreateGenerationInput = z.infer<typeof CreateGenerationInput>;

export const GenerationIdInput = z.strictObject({ id: GenerationId });

export const ListGenerationsInput = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(200).optional(),
});
export type ListGenerationsInput = z.infer<typeof ListGenerationsInput>;

export const GenerationPage = z.object({
  items: z.array(Generation),
  nextCursor: z.string().nullable(),
});
export type GenerationPage = z.infer<typeof GenerationPage>;
