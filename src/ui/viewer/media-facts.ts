import { ownNameOf } from '#core/media-name.ts';
import type { Media } from '#core/media.ts';
import { clockTime } from '../gallery/duration.ts';

export type Fact = { name: string; value: string };

export function byteSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB'];
  let value = bytes;
  let unit = 'B';
  for (const next of units) {
    if (value < 999.5) break;
    value /= 1000;
    unit = next;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

const LABELS: Record<string, string> = {
  aspect: 'Aspect',
  style: 'Style',
  negativePrompt: 'Left out',
  language: 'Language',
  steps: 'Steps',
  cfg: 'CFG scale',
  guidance: 'Guidance',
  sampler: 'Sampler',
  scheduler: 'Scheduler',
  denoise: 'Denoising',
  clipSkip: 'CLIP skip',
  searchContext: 'Search context',
  durationSeconds: 'Seconds asked for',
  fps: 'Frames per second',
  width: 'Width asked for',
  height: 'Height asked for',
};

const GENERATORS: Record<string, string> = {
  afterimage: 'Afterimage',
  a1111: 'A1111 or Forge',
  comfyui: 'ComfyUI',
  invokeai: 'InvokeAI',
  novelai: 'NovelAI',
};

/** What wrote the recipe that an uploaded file carried; null when it carried none. */
function recipeSource({ metadata }: Pick<Media, 'metadata'>): string | null {
  const { embedded } = metadata;
  if (typeof embedded !== 'object' || embedded === null || Array.isArray(embedded)) return null;
  const { generator } = embedded;
  return typeof generator === 'string' ? (GENERATORS[generator] ?? null) : null;
}

const ORIGINS = { generated: 'Generated', uploaded: 'Uploaded', imported: 'Imported' } as const;

export const isDemo = (media: Pick<Media, 'provider' | 'metadata'>) =>
  media.provider === 'demo' || media.metadata['demo'] === true;

/** Seeds of 64 bits come as text. */
const textOf = (value: unknown) => (typeof value === 'string' ? value : null);

/** What is known of a picture, in the order of the panel; only what is known. */
export function mediaFacts(media: Media, locale?: string): Fact[] {
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  const facts: [string, string | number | null][] = [
    ['Headline', media.headline],
    ['Name', ownNameOf(media)],
    ['Model', media.model],
    ['Provider', media.provider],
    ['Seed', media.seed ?? textOf(media.settings['seed'])],
    ...Object.entries(LABELS).map(([key, label]): [string, string | number | null] => {
      const value = media.settings[key];
      return [label, typeof value === 'string' || typeof value === 'number' ? value : null];
    }),
    ['Size', `${media.width} x ${media.height}`],
    ['Length', media.durationMs === null ? null : clockTime(media.durationMs)],
    ['File', `${byteSize(media.bytes)}, ${media.mime.split('/')[1]?.toUpperCase() ?? media.mime}`],
    ['Origin', ORIGINS[media.origin]],
    ['Recipe in the file by', recipeSource(media)],
    ['Made', date.format(new Date(media.createdAt))],
    ['In the trash since', media.trashedAt && date.format(new Date(media.trashedAt))],
  ];
  return facts.flatMap(([name, value]) =>
    value === null || value === '' ? [] : [{ name, value: String(value) }],
  );
}

/** Links that the prompt was grounded on; anything but a web address is left out. */
export function groundingLinks(media: Pick<Media, 'settings'>): string[] {
  const links = media.settings['groundingLinks'];
  if (!Array.isArray(links)) return [];
  return links.filter((link) => typeof link === 'string').filter((link) => /^https?:\/\//i.test(link));
}
