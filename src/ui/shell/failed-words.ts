import type { FailedOp } from '#client/use-connection.ts';

const WHAT: Record<FailedOp['type'], string> = {
  save: 'Save',
  patch: 'Edit',
  trash: 'Move to trash',
  restore: 'Restore',
  purge: 'Delete for good',
  collect: 'Add to collections',
  'collection-create': 'New collection',
  'collection-rename': 'Rename of a collection',
  'collection-delete': 'Delete of a collection',
};

/** What did not happen: of a file by its name, since who chose it may look at it hours later. */
export const describeFailed = ({ type, filename }: Pick<FailedOp, 'type' | 'filename'>): string =>
  filename ? `${filename} was not saved` : `${WHAT[type]} did not go through`;
