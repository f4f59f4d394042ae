import { useMutation } from '@tanstack/react-query';
import { useCallback } from 'react';
import type { z } from 'zod';
import type { CreateGenerationInput, Generation } from '#core/generation.ts';
import type { GenerationId } from '#core/media.ts';
import { api, session } from './browser.ts';
import { newRequestId } from './ids.ts';
import { toRemoteError } from './remote.ts';
import { RemoteError } from './sync/remote-port.ts';
import { useEngineState } from './use-client.ts';

export type Generations = {
  /** Queued, running or saving, newest first. */
  active: readonly Generation[];
  /** All that this device knows, active ones included, newest first. */
  recent: readonly Generation[];
};

const NONE: Generations = { active: [], recent: [] };

export function useGenerations(): Generations {
  return useEngineState(({ snapshot }, { views }) => views.generations(snapshot.base.generations), NONE);
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

async function create(input: GenerateInput): Promise<Generation> {
  const current = session;
  if (!current) throw new Error('Generations are started in a browser.');
  // One request id for all attempts: an answer that was lost is given again, not generated again.
  const request = { requestId: newRequestId(), ...input };
  const attempt = async () => {
    const engine = await current.ensureLibrary();
    const context = { library: engine.library };
    const generation = await api.generation.create.mutate(request, { context });
    await engine.know(generation);
    return generation;
  };
  try {
    return await attempt();
  } catch (error) {
    const refusal = toRemoteError(error);
    if (!refusal.isOwnerChange) throw refusal;
    await current.refresh();
    return attempt();
  }
}

async function cancelGeneration(id: GenerationId): Promise<void> {
  const engine = session?.getState().engine;
  if (!engine) return;
  await engine.know(await api.generation.cancel.mutate({ id }, { context: { library: engine.library } }));
}

const again = ({ kind, prompt, count, model, settings, metadata }: Generation): GenerateInput => ({
  kind,
  prompt,
  count,
  model,
  settings,
  metadata,
});

export function useGenerate(): Generate {
  const creation = useMutation({ mutationFn: create });
  const cancellation = useMutation({ mutationFn: cancelGeneration });
  const { mutateAsync } = creation;
  const { mutate } = cancellation;
  const error = creation.error ?? cancellation.error;
  return {
    generate: mutateAsync,
    retry: useCallback((generation) => mutateAsync(again(generation)), [mutateAsync]),
    cancel: useCallback((id) => mutate(id), [mutate]),
    isStarting: creation.isPending,
    error: error ? (error instanceof RemoteError ? error : toRemoteError(error)).message : null,
  };
}
