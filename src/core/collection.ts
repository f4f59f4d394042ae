/**
 * A collection: a name under which media are gathered. Membership is a set on each item, so that an item added on one
 * device and another added elsewhere are both in it. Deleting a collection keeps its media.
 */
import { z } from 'zod';

export const CollectionId = z.uuid().brand<'CollectionId'>();
export type CollectionId = z.infer<typeof CollectionId>;

/** Made by the client: creating the same id again changes nothing. */
export const NewCollectionId = z.uuidv7().pipe(CollectionId);

export const CollectionName = z.string().trim().min(1, 'Give the collection a name.').max(120);

export const Collection = z.object({
  id: CollectionId,
  version: z.int().min(0),
  name: z.string(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type Collection = z.infer<typeof Collection>;

/** Collections that a library may have, and that one item may be in. */
export const COLLECTIONS_LIMIT = 1000;
export const COLLECTIONS_OF_ITEM_LIMIT = 50;

const Ids = z.array(CollectionId).max(COLLECTIONS_OF_ITEM_LIMIT);

/** A change of the set of collections that an item is in: sets, so that the order of two devices does not matter. */
export const Membership = z.strictObject({ add: Ids, remove: Ids });
export type Membership = z.infer<typeof Membership>;
