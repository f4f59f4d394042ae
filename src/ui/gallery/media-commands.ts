import type { MediaActions } from '#client/use-gallery.ts';
import { downloadNameOf } from '#core/media-name.ts';
import type { Media, MediaId } from '#core/media.ts';
import { announce, ask, showUndo } from '../kit/feedback.ts';

export const countItems = (count: number) => `${count.toLocaleString('en')} item${count === 1 ? '' : 's'}`;

export function starMedia(actions: MediaActions, ids: readonly MediaId[], on: boolean) {
  actions.star(ids, on);
  announce(on ? `${countItems(ids.length)} starred` : `Star removed from ${countItems(ids.length)}`);
}

export function trashWithUndo(actions: MediaActions, ids: readonly MediaId[]) {
  if (ids.length === 0) return;
  actions.trash(ids);
  showUndo(`${countItems(ids.length)} moved to the trash`, () => actions.restore(ids));
}

export function restoreWithUndo(actions: MediaActions, ids: readonly MediaId[]) {
  if (ids.length === 0) return;
  actions.restore(ids);
  showUndo(`${countItems(ids.length)} restored`, () => actions.trash(ids));
}

/** @returns false when the person backed out. */
export async function purgeWithQuestion(actions: MediaActions, ids: readonly MediaId[]): Promise<boolean> {
  if (ids.length === 0) return false;
  const yes = await ask({
    title: `Delete ${countItems(ids.length)} for good?`,
    body: 'The files are removed from this server. This cannot be undone.',
    confirm: `Delete ${countItems(ids.length)}`,
  });
  if (!yes) return false;
  actions.purge(ids);
  announce(`${countItems(ids.length)} deleted for good`);
  return true;
}

/** Saves the originals, one file each. */
export function downloadMedia(items: readonly Media[]) {
  for (const media of items) {
    const link = document.createElement('a');
    link.href = media.urls.original;
    link.download = downloadNameOf(media);
    link.click();
  }
}
