import { z } from 'zod';
import { Collection, CollectionId, CollectionName, NewCollectionId } from '#core/collection.ts';
import { Media, MediaId } from '#core/media.ts';
import { changeItems, createCollection, deleteCollection, renameCollection } from '../collection/change.ts';
import { listCollections } from '../collection/read.ts';
import { creatorProcedure, ownerProcedure, router } from './init.ts';

const tags = ['collections'];
const IdInput = z.strictObject({ id: CollectionId });
const Id = z.object({ id: CollectionId });
const Items = z.array(MediaId).max(500).default([]);
const ItemsInput = z
  .strictObject({ id: CollectionId, add: Items, remove: Items })
  .refine(({ add, remove }) => add.length + remove.length > 0, {
    message: 'Name at least one item to add or to remove.',
    path: ['add'],
  });

/** How many items, and the newest of them, not counting the trash. */
const Summary = Collection.extend({ size: z.int(), cover: Media.nullable() });

export const collectionRouter = router({
  list: ownerProcedure
    .meta({ openapi: { method: 'GET', path: '/collections', tags, summary: 'List collections, by name' } })
    .output(z.object({ items: z.array(Summary) }))
    .query(async ({ ctx }) => ({ items: await listCollections(ctx.library) })),

  create: creatorProcedure
    .meta({
      status: 201,
      openapi: {
        method: 'POST',
        path: '/collections',
        tags,
        summary: 'Create a collection',
        description: 'With an id of your own (UUIDv7) the request can be repeated.',
      },
    })
    .input(z.strictObject({ id: NewCollectionId.optional(), name: CollectionName }))
    .output(Collection)
    .mutation(({ ctx, input }) => createCollection(ctx.library, input)),

  rename: ownerProcedure
    .meta({
      openapi: { method: 'PATCH', path: '/collections/{id}', tags, summary: 'Rename a collection' },
    })
    .input(z.strictObject({ id: CollectionId, name: CollectionName }))
    .output(Collection)
    .mutation(({ ctx, input }) => renameCollection(ctx.library, input)),

  remove: ownerProcedure
    .meta({
      openapi: {
        method: 'DELETE',
        path: '/collections/{id}',
        tags,
        summary: 'Delete a collection and keep its media',
      },
    })
    .input(IdInput)
    .output(Id)
    .mutation(({ ctx, input }) => deleteCollection(ctx.library, input.id)),

  changeItems: ownerProcedure
    .meta({
      openapi: {
        method: 'PATCH',
        path: '/collections/{id}/items',
        tags,
        summary: 'Put items into a collection, or take them out',
        description: 'To list what is in a collection, list media with its id as collection.',
      },
    })
    .input(ItemsInput)
    .output(Id)
    .mutation(({ ctx, input }) => changeItems(ctx.library, input)),
});
