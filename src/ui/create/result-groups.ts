import type { GenerateInput } from '#client/use-generate.ts';
import type { Generation, GenerationOutput, GenerationState, OutputError } from '#core/generation.ts';
import { ratioOf } from './draft.ts';
import { GENERATION_STATES } from '../kit/generation-states.ts';

/** A request that was made here and that this device does not hold as a generation yet. */
export type Started = { requestId: string; input: GenerateInput; at: string; error: string | null };

export type ResultOutput = Pick<GenerationOutput, 'index' | 'state' | 'error'> & {
  mediaId: GenerationOutput['mediaId'] | null;
};

/** One request with its outputs as the page shows it, from the press of the button to the last picture. */
export type ResultGroup = {
  /** The same before and after the server has accepted it, so that its placeholders stay in place. */
  key: string;
  prompt: string;
  kind: Generation['kind'];
  ratio: number;
  status: 'starting' | 'refused' | GenerationState;
  createdAt: string;
  outputs: ResultOutput[];
  error: Pick<OutputError, 'message'> | null;
  generation: Generation | null;
  started: Started | null;
};

export function resultGroups(recent: readonly Generation[], started: readonly Started[]): ResultGroup[] {
  const known = new Set(recent.map((generation) => generation.requestId));
  const here = started.filter(({ requestId }) => !known.has(requestId)).map(fromStarted);
  return [...here, ...recent.map(fromGeneration)];
}

function fromStarted(started: Started): ResultGroup {
  const { input, error, requestId, at } = started;
  return {
    key: requestId,
    prompt: input.prompt,
    kind: input.kind,
    ratio: ratioOf(input.settings?.['aspect']),
    status: error === null ? 'starting' : 'refused',
    createdAt: at,
    outputs: Array.from({ length: input.count ?? 1 }, (_, index) => ({
      index,
      mediaId: null,
      state: 'waiting',
      error: null,
    })),
    error: error === null ? null : { message: error },
    generation: null,
    started,
  };
}

function fromGeneration(generation: Generation): ResultGroup {
  const { settings } = generation;
  const width = settings['width'];
  const height = settings['height'];
  return {
    key: generation.requestId ?? generation.id,
    prompt: generation.prompt,
    kind: generation.kind,
    ratio:
      typeof width === 'number' && typeof height === 'number' && height > 0
        ? width / height
        : ratioOf(settings['aspect'] ?? (generation.kind === 'video' ? '16:9' : '1:1')),
    status: generation.status,
    createdAt: generation.createdAt,
    outputs: generation.outputs,
    error: generation.error,
    generation,
    started: null,
  };
}

const STAGE: Record<ResultGroup['status'], string> = {
  starting: 'Sending',
  refused: 'Not started',
  ...GENERATION_STATES,
};

export const stageOf = (group: ResultGroup) => STAGE[group.status];

export const isWaiting = ({ status }: Pick<ResultGroup, 'status'>) =>
  status === 'starting' || status === 'queued' || status === 'running' || status === 'saving';

/** The request for one output of a generation again, linked to it. The seed moves on with the index. */
export function retryInput(generation: Generation, index: number, requestId: string): GenerateInput {
  const { seed, demo: _demo, ...settings } = generation.settings;
  return {
    kind: generation.kind,
    prompt: generation.prompt,
    count: 1,
    model: generation.model,
    settings: typeof seed === 'number' ? { ...settings, seed: (seed + index) >>> 0 } : settings,
    metadata: { retryOf: generation.id, retryIndex: index },
    requestId,
  };
}

/** `9 s`, `1:05`. */
export function elapsed(since: string, now: number): string {
  const seconds = Math.max(0, Math.floor((now - Date.parse(since)) / 1000));
  return seconds < 60
    ? `${seconds} s`
    : `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
