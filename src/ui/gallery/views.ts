import type { CollectionId } from '#core/collection.ts';
import type { GalleryFilter } from '#client/use-gallery.ts';
import type { Kind } from '#core/settings.ts';

/** The saved views of one grid. */
export type View = 'gallery' | 'starred' | 'trash' | 'collection';

export const VIEW_TITLE: Record<View, string> = {
  gallery: 'Gallery',
  starred: 'Starred',
  trash: 'Trash',
  collection: 'Collection',
};

export const kindFrom = (params: URLSearchParams): Kind | undefined => {
  const kind = params.get('kind');
  return kind === 'image' || kind === 'video' ? kind : undefined;
};

export function filterOf(view: View, kind: Kind | undefined, collection?: CollectionId): GalleryFilter {
  return {
    kind,
    trash: view === 'trash',
    starred: view === 'starred' ? true : undefined,
    collection,
  };
}

/** Row heights to choose from, in CSS pixels, before they give way to the size of the screen. */
export const SIZES = [110, 160, 220, 300, 420] as const;
export const DEFAULT_SIZE = 2;

/**
 * The wanted row height. A narrow screen gets smaller rows; a huge one larger, so that the tiles that a screen and
 * its surroundings hold stay within the number that may be mounted.
 */
export function targetHeight(size: number, width: number, viewport: number): number {
  const chosen = SIZES[size] ?? SIZES[DEFAULT_SIZE];
  const narrow = width < 640 ? chosen * 0.62 : chosen;
  const least = Math.sqrt((width * viewport) / 110);
  return Math.round(Math.max(narrow, least));
}

/** How long the trash keeps things here; 0: for as long as nobody empties it. */
export function trashNote(days: number | undefined): string {
  if (days === undefined || days === 0) return 'Items stay until you delete them for good.';
  return `Items stay ${days === 1 ? 'a day' : `${days} days`}, then they are deleted for good.`;
}
