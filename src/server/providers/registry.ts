import { AppError } from '#core/errors.ts';
import type { Kind } from '#core/settings.ts';
import { createDemoProvider } from './demo/demo.ts';
import type { Model, Provider } from './port.ts';

export type Providers = {
  models: readonly Model[];
  /**
   * The named model, or the first one of the kind.
   * @throws AppError BAD_INPUT on the field `model` when there is none, or when it makes the other kind.
   */
  find(kind: Kind, modelId?: string): { provider: Provider; model: Model };
  close(): Promise<void>;
};

/** The providers of this server. Threads and connections start with the first generation, not here. */
export const createProviders = (): Providers => providersFrom([createDemoProvider()]);

export function providersFrom(providers: readonly Provider[]): Providers {
  const entries = providers.flatMap((provider) => provider.models.map((model) => ({ provider, model })));
  return {
    models: entries.map(({ model }) => model),
    find(kind, modelId) {
      const entry = entries.find(({ model }) => (modelId ? model.id === modelId : model.kind === kind));
      if (entry?.model.kind === kind) return entry;
      throw new AppError('BAD_INPUT', explainMiss(kind, modelId, entry?.model), { field: 'model' });
    },
    async close() {
      await Promise.all(providers.map((provider) => provider.close()));
    },
  };
}

function explainMiss(kind: Kind, modelId: string | undefined, found: Model | undefined): string {
  if (!modelId) return `This server has no model for the kind ${kind}.`;
  if (found)
    return `The model ${modelId} makes the kind ${found.kind}, not ${kind}. Choose another model or kind.`;
  return `This server has no model called ${modelId}. Leave it out to use the default.`;
}

/** The seed of output `index` (0 to 3) of a generation whose seed is `base`: consecutive, within 32 bits. */
export const outputSeed = (base: number, index: number) => (base + index) >>> 0;
