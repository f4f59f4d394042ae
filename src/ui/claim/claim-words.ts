import type { ClaimCounts } from '#core/claim.ts';

const plural = (count: number, one: string, many: string) =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`;

/** Such as "23 images, 2 videos and 1 collection"; '' for nothing at all. */
export function describeCounts({ images, videos, collections, trashed, unfinished }: ClaimCounts): string {
  const parts = [
    images > 0 && plural(images, 'image', 'images'),
    videos > 0 && plural(videos, 'video', 'videos'),
    collections > 0 && plural(collections, 'collection', 'collections'),
    trashed > 0 && plural(trashed, 'item in the trash', 'items in the trash'),
    unfinished > 0 && plural(unfinished, 'generation under way', 'generations under way'),
  ].filter((part) => part !== false);
  const last = parts.pop();
  if (last === undefined) return '';
  return parts.length > 0 ? `${parts.join(', ')} and ${last}` : last;
}
