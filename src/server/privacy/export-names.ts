/** Names within an archive are made of a date, words and an id: nothing of them comes as a person or a file wrote it. */
import { extensionOf } from '#core/media.ts';
import { toMedia, type MediaRow } from '../media/rows.ts';

const WORDS = 40;

/** Letters and digits of any script, joined by hyphens: no separator, dot or control sign is left. */
export function slugOf(text: string): string {
  const words = text
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '-')
    .replace(/^-/, '');
  return Array.from(words).slice(0, WORDS).join('').replace(/-$/, '');
}

/** By headline, prompt or own name, such as `media/2026-11-21-a-fox-in-snow-<id>.png`; `trash/` for what is in the trash. */
export function nameOf(
  item: Pick<MediaRow, 'id' | 'createdAt' | 'headline' | 'prompt' | 'metadata' | 'mime' | 'trashedAt'>,
) {
  const folder = item.trashedAt === null ? 'media' : 'trash';
  const date = item.createdAt.toISOString().slice(0, 10);
  const { filename } = item.metadata;
  const brought = typeof filename === 'string' ? filename.replace(/\.\w+$/, '') : '';
  const slug = slugOf((item.headline ?? item.prompt) || brought);
  return `${folder}/${[date, slug, item.id].filter(Boolean).join('-')}.${extensionOf(item.mime)}`;
}

/** Beside the item that was made from it: `...-source-1.png`. */
export const sourceNameOf = (file: string, { role, mime }: { role: string; mime: string }) =>
  file.replace(/\.\w+$/, `-${role}.${extensionOf(mime)}`);

/** The record as the API gives it, but where it came from instead of where it is. */
export function sidecarOf(item: MediaRow, file: string, sources: readonly string[]) {
  const { urls: _urls, ...record } = toMedia(item);
  return { ...record, file, ...(sources.length > 0 && { sources }), sourceUrl: item.sourceUrl };
}
