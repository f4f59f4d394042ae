import type { Kind } from '#core/settings.ts';

export type Model = { id: string; kind: Kind; label: string; demo: boolean; fields: readonly string[] };

export type Models = { models: readonly Model[]; status: 'loading' | 'ready' | 'failed' };

export function useModels(): Models {
  return { models: [], status: 'loading' };
}
