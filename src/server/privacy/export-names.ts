/** Names within an archive are made of a date, words and an id: nothing of them comes as a person or a file wrote it. */
import { extensionOf, stemOf } from '#core/media-name.ts';
import { toMedia, type MediaRow } from '../media/rows.ts';

/** Such as `media/2026-11-21-a-fox-in-snow-<id>.png`; `trash/` for what is in the trash. */
export function archiveNameOf(
  item: Pick<MediaRow, 'id' | 'createdAt' | 'headline' | 'prompt' | 'metadata' | 'mime' | 'trashedAt'>,
) {
  const folder = item.trashedAt === null ? 'media' : 'trash';
  return `${folder}/${stemOf(item)}.${extensionOf(item.mime)}`;
}

/** Beside the item that was made from it: `...-source-1.png`. */
export const sourceNameOf = (file: string, { role, mime }: { role: string; mime: string }) =>
  file.replace(/\.\w+$/, `-${role}.${extensionOf(mime)}`);

/** The record as the API gives it, but where it came from instead of where it is. */
export function sidecarOf(item: MediaRow, file: string, sources: readonly string[]) {
  const { urls: _urls, ...record } = toMedia(item);
  return { ...record, file, ...(sources.length > 0 && { sources }), sourceUrl: item.sourceUrl };
}
