/**
 * A collection: a name under which media are gathered. Membership is a set on each item, so that an item added on one
 * device and another added elsewhere are both in it. Deleting a collection keeps its media.
 */
import { z } from 'zod';

export const CollectionId = z.uuid().brand<'CollectionId'>();
export type CollectionId = z.infer<typeof CollectionId>;

export const CollectionName = z.string().trim().min(1, 'Give the collection a name.').max(120);

export const Collection = z.object({
  id: CollectionId,
  version: z.int().min(0),
  name: z.string(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type Collection = z.infer<typeof Collection>;
