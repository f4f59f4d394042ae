import { z } from 'zod';
import {
  CreateGenerationInput,
  Generation,
  GenerationIdInput,
  GenerationPage,
  GenerationWithMedia,
  ListGenerationsInput,
} from '#core/generation.ts';
import { Kind } from '#core/settings.ts';
import { cancelGeneration } from '../generation/cancel.ts';
import { createGeneration } from '../generation/create.ts';
import { getGeneration, listGenerations } from '../generation/read.ts';
import { creatorProcedure, ownerProcedure, publicProcedure, router } from './init.ts';

const tags = ['generations'];

const Model = z.object({
  id: z.string(),
  kind: Kind,
  label: z.string(),
  demo: z.boolean(),
  fields: z.array(z.string()),
});

export const generationRouter = router({
  create: creatorProcedure
    .meta({
      status: 202,
      limit: 'generate',
      openapi: {
        method: 'POST',
        path: '/generations',
        tags,
        summary: 'Generate images or a video',
        description:
          'Answers at once; ask GET /generations/{id} for the outcome. The same requestId answers with the same generation.',
      },
    })
    .input(CreateGenerationInput)
    .output(Generation)
    .mutation(({ ctx, input }) => createGeneration(ctx.library, input)),

  list: ownerProcedure
    .meta({
      openapi: { method: 'GET', path: '/generations', tags, summary: 'List generations, newest first' },
    })
    .input(ListGenerationsInput)
    .output(GenerationPage)
    .query(({ ctx, input }) => listGenerations(ctx.library, input)),

  get: ownerProcedure
    .meta({
      openapi: {
        method: 'GET',
        path: '/generations/{id}',
        tags,
        summary: 'Get one generation with its media',
      },
    })
    .input(GenerationIdInput)
    .output(GenerationWithMedia)
    .query(({ ctx, input }) => getGeneration(ctx.library, input.id)),

  cancel: ownerProcedure
    .meta({
      openapi: {
        method: 'POST',
        path: '/generations/{id}/cancel',
        tags,
        summary: 'Stop what has not been made yet',
      },
    })
    .input(GenerationIdInput)
    .output(Generation)
    .mutation(({ ctx, input }) => cancelGeneration(ctx.library, input.id)),

  models: publicProcedure
    .meta({ openapi: { method: 'GET', path: '/models', tags, summary: 'List the models' } })
    .output(z.object({ models: z.array(Model) }))
    .query(({ ctx }) => ({
      models: ctx.server.providers.models.map((model) => ({ ...model, fields: [...model.fields] })),
    })),
});
