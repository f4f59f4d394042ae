/** What people call an item, in words and as a file. Free of schemas, since pages use it too. */

type Called = {
  headline: string | null;
  prompt: string;
  /** `filename`, if it is a text: the name that a file had when it was brought. */
  metadata: Record<string, unknown>;
};
type Filed = Called & { id: string; createdAt: string | Date; mime: string };

/** Of a file's name, without the dot. */
export const extensionOf = (mime: string) =>
  mime === 'image/jpeg'
    ? 'jpg'
    : mime === 'video/quicktime'
      ? 'mov'
      : (/^\w+\/([a-z0-9]+)$/.exec(mime)?.[1] ?? 'bin');

/** The name that the file had, without folders; null when it had none. */
export function ownNameOf({ metadata: { filename } }: Pick<Called, 'metadata'>): string | null {
  const name = typeof filename === 'string' ? filename.split(/[/\\]/).at(-1)?.trim() : '';
  return name || null;
}

/** By headline, prompt or own name; null for one of which nothing is known. */
export const nameOf = (item: Called): string | null =>
  item.headline?.trim() || item.prompt.trim() || ownNameOf(item);

const ENDING = /\.(png|jpe?g|webp|gif|avif|mp4|m4v|webm|mov|qt)$/i;

/** How many letters of a name are kept in a file's. */
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

/** Without its ending, such as `2026-11-21-a-fox-in-snow-<id>`: nothing of it comes as a person or a file wrote it. */
export function stemOf(item: Omit<Filed, 'mime'>, id = item.id): string {
  const date = new Date(item.createdAt).toISOString().slice(0, 10);
  const slug = slugOf(nameOf(item)?.replace(ENDING, '') ?? '');
  return [date, slug, id].filter(Boolean).join('-');
}

/** The name of a download: its own, as it was brought, unless it has words; and always the ending of what it is. */
export function downloadNameOf(item: Filed): string {
  const extension = extensionOf(item.mime);
  const own = ownNameOf(item);
  if (own === null || nameOf(item) !== own) return `${stemOf(item, item.id.slice(-8))}.${extension}`;
  const given = ENDING.exec(own)?.[1]?.toLowerCase().replace('jpeg', 'jpg');
  return given === extension ? own : `${own.replace(ENDING, '')}.${extension}`;
}
