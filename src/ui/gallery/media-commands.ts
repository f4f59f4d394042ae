import type { MediaActions } from '#client/use-gallery.ts';
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

const EXTENSIONS: Record<Media['mime'], string> = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/webp': 'webp',
  'image/gif': 'gif',
  'image/avif': 'avif',
  'video/mp4': 'mp4',
  'video/webm': 'webm',
  'video/quicktime': 'mov',
};

/** The prompt's first words and the id: a name that says what it is and never collides. */
export function fileName(media: Pick<Media, 'id' | 'prompt' | 'headline' | 'mime'>): string {
  const words = (media.headline ?? media.prompt)
    .normalize('NFKC')
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .slice(0, 60)
    .replaceAll(/^-+|-+$/g, '')
    .toLowerCase();
  return `${words || 'afterimage'}-${media.id.slice(-8)}.${EXTENSIONS[media.mime]}`;
}

/** Saves the originals, one file each. */
export function downloadMedia(items: readonly Media[]) {
  for (const media of items) {
    const link = document.createElement('a');
    link.href = media.urls.original;
    link.download = fileName(media);
    link.click();
  }
}
