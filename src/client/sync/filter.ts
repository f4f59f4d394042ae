import type { Media } from '#core/media.ts';
import type { Kind } from '#core/settings.ts';

export type Filter = { kind?: Kind; trash?: boolean; starred?: boolean };

/** The same rule as the server's `media.list`. */
export const matches = ({ kind, trash = false, starred }: Filter, row: Media) =>
  (row.trashedAt !== null) === trash &&
  (kind === undefined || row.kind === kind) &&
  (starred === undefined || row.starred === starred);

export const nameOfFilter = ({ kind, trash = false, starred }: Filter) =>
  `${kind ?? ''}|${trash}|${starred ?? ''}`;
