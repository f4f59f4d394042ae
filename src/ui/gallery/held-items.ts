import type { Media } from '#core/media.ts';

type Position = Pick<Media, 'createdAt' | 'id'>;

const isNewer = (item: Position, than: Position) =>
  item.createdAt > than.createdAt || (item.createdAt === than.createdAt && item.id > than.id);

/**
 * How many items at the head of a list, newest first, came after `frontier`. They are held back while a person looks
 * at what lies below, so that nothing on the screen moves.
 */
export function countNewer(items: readonly Position[], frontier: Position): number {
  let count = 0;
  for (const item of items) {
    if (!isNewer(item, frontier)) break;
    count++;
  }
  return count;
}
