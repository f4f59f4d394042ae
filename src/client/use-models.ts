import type { Kind } from '#core/settings.ts';
import { trpc } from './trpc.ts';

export type Model = { id: string; kind: Kind; label: string; demo: boolean; fields: readonly string[] };

export type Models = { models: readonly Model[]; status: 'loading' | 'ready' | 'failed' };

const NONE: readonly Model[] = [];

export function useModels(): Models {
  const { data, isError } = trpc.generation.models.useQuery(undefined, { staleTime: Infinity });
  return { models: data?.models ?? NONE, status: data ? 'ready' : isError ? 'failed' : 'loading' };
}
