import type { z } from 'zod';
import type { CreateGenerationInput, Generation } from '#core/generation.ts';
import type { GenerationId } from '#core/media.ts';

export type Generations = {
  /** Queued, running or saving, newest first. */
  active: readonly Generation[];
  /** All that this device knows, active ones included, newest first. */
  recent: readonly Generation[];
};

const NONE: Generations = { active: [], recent: [] };

export function useGenerations(): Generations {
  return NONE;
}

export type GenerateInput = z.input<typeof CreateGenerationInput>;

export type Generate = {
  /** Resolves once the server has accepted it; rejects with an Error whose message can be shown. */
  generate: (input: GenerateInput) => Promise<Generation>;
  /** The same recipe again, as a new request. */
  retry: (generation: Generation) => Promise<Generation>;
  cancel: (id: GenerationId) => void;
  isStarting: boolean;
  error: string | null;
};

export function useGenerate(): Generate {
  const notYet = () => Promise.reject(new Error('Not connected yet.'));
  return { generate: notYet, retry: notYet, cancel: () => {}, isStarting: false, error: null };
}
