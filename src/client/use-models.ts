import type { Kind } from '#core/settings.ts';
import { api } from './browser.ts';
import { useCall } from './use-call.ts';

export type Model = { id: string; kind: Kind; label: string; demo: boolean; fields: readonly string[] };

export type Models = { models: readonly Model[]; status: 'loading' | 'ready' | 'failed' };

const NONE: readonly Model[] = [];

const askModels = () => api.generation.models.query();

export function useModels(): Models {
  const { data, isError } = useCall(['generation', 'models'], askModels, { staleTime: Infinity });
  return { models: data?.models ?? NONE, status: data ? 'ready' : isError ? 'failed' : 'loading' };
}
