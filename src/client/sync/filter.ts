import type { CollectionId } from '#core/collection.ts';
import type { Media } from '#core/media.ts';
import type { Kind } from '#core/settings.ts';

export type Filter = { kind?: Kind; trash?: boolean; starred?: boolean; collection?: CollectionId };

/** The same rule as the server's `media.list`. */
export const matches = ({ kind, trash = false, starred, collection }: Filter, row: Media) =>
  (row.trashedAt !== null) === trash &&
  (kind === undefined || row.kind === kind) &&
  (starred === undefined || row.starred === starred) &&
  (collection === undefined || row.collectionIds.includes(collection));

export const nameOfFilter = ({ kind, trash = false, starred, collection }: Filter) =>
  `${kind ?? ''}|${trash}|${starred ?? ''}|${collection ?? ''}`;
