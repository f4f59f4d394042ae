import type { GenerateInput } from '#client/use-generate.ts';
import type { Generation } from '#core/generation.ts';
import type { Kind } from '#core/settings.ts';

/** What the composer holds, as typed. What differs by kind is kept per kind, so that switching back finds it again. */
export type Draft = {
  kind: Kind;
  prompt: string;
  /** Model id; empty for the server's default. */
  model: Record<Kind, string>;
  aspect: Record<Kind, string>;
  count: Record<Kind, number>;
  /** Digits, or empty for a new seed each time. */
  seed: string;
  style: string;
  negativePrompt: string;
  language: string;
  headline: string;
  searchContext: string;
  /** One address a line. */
  groundingLinks: string;
};

export const EMPTY_DRAFT: Draft = {
  kind: 'image',
  prompt: '',
  model: { image: '', video: '' },
  aspect: { image: '1:1', video: '16:9' },
  count: { image: 4, video: 1 },
  seed: '',
  style: '',
  negativePrompt: '',
  language: '',
  headline: '',
  searchContext: '',
  groundingLinks: '',
};

/** What the composer offers; the server takes more. Fields named here depend on the model. */
export const MODEL_FIELDS = ['aspect', 'seed', 'style', 'negativePrompt'] as const;
export type ModelField = (typeof MODEL_FIELDS)[number];

export const ASPECTS = ['1:1', '4:3', '3:4', '3:2', '2:3', '16:9', '9:16', '21:9'] as const;
export const STYLES = [
  'Photograph',
  'Watercolour',
  'Oil painting',
  'Ink drawing',
  'Poster',
  'Pixel art',
  '3D render',
];
export const MAX_COUNT = 4;
const MAX_SEED = 4_294_967_295;

export function ratioOf(aspect: unknown): number {
  const [width = 0, height = 0] = typeof aspect === 'string' ? aspect.split(':').map(Number) : [];
  return width > 0 && height > 0 ? width / height : 1;
}

export const randomSeed = () => String(crypto.getRandomValues(new Uint32Array(1))[0] ?? 0);

/** What is wrong with the draft, in words, or null when it can be sent. */
export function problemWith(draft: Draft): string | null {
  if (draft.prompt.trim() === '') return 'Write a prompt first.';
  if (draft.prompt.trim().length > 8000) return 'The prompt is longer than 8,000 characters.';
  if (draft.seed !== '' && !(Number.isInteger(Number(draft.seed)) && Number(draft.seed) <= MAX_SEED)) {
    return 'A seed is a whole number up to 4,294,967,295.';
  }
  const links = linksOf(draft);
  const bad = links.find((link) => !URL.canParse(link) || !/^https?:/i.test(link));
  if (bad) return `Not a web address: ${bad}`;
  if (links.length > 20) return 'At most 20 links.';
  return null;
}

const trimmed = (value: string) => value.trim() || undefined;

const linksOf = (draft: Draft) =>
  draft.groundingLinks
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

/** The request of a draft that has no problem. Fields that the model does not honour stay behind. */
export function toInput(
  draft: Draft,
  supports: (field: ModelField) => boolean,
  requestId: string,
): GenerateInput {
  const links = linksOf(draft);
  const settings = {
    aspect: supports('aspect') ? draft.aspect[draft.kind] : undefined,
    seed: supports('seed') && draft.seed !== '' ? Number(draft.seed) : undefined,
    style: supports('style') ? trimmed(draft.style) : undefined,
    negativePrompt: supports('negativePrompt') ? trimmed(draft.negativePrompt) : undefined,
    language: trimmed(draft.language),
    headline: trimmed(draft.headline),
    searchContext: trimmed(draft.searchContext),
    groundingLinks: links.length > 0 ? links : undefined,
  };
  return {
    kind: draft.kind,
    prompt: draft.prompt.trim(),
    count: draft.count[draft.kind],
    model: draft.model[draft.kind] || undefined,
    settings: Object.fromEntries(
      Object.entries(settings).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
    ),
    requestId,
  };
}

type Recipe = Pick<Generation, 'kind' | 'prompt' | 'model' | 'settings'> & { count?: number };

/** The draft that would ask for the same again; what the recipe does not say is kept. */
export function reuse(draft: Draft, recipe: Recipe): Draft {
  const { kind, settings } = recipe;
  const text = (key: string) => (typeof settings[key] === 'string' ? settings[key] : '');
  const links = settings['groundingLinks'];
  return {
    ...draft,
    kind,
    prompt: recipe.prompt,
    model: { ...draft.model, [kind]: recipe.model },
    aspect: { ...draft.aspect, [kind]: text('aspect') || draft.aspect[kind] },
    count: { ...draft.count, [kind]: recipe.count ?? draft.count[kind] },
    seed: typeof settings['seed'] === 'number' ? String(settings['seed']) : '',
    style: text('style'),
    negativePrompt: text('negativePrompt'),
    language: text('language'),
    headline: text('headline'),
    searchContext: text('searchContext'),
    groundingLinks: Array.isArray(links) ? links.filter((link) => typeof link === 'string').join('\n') : '',
  };
}

/** A draft from storage: whatever is not as it should be gives way to the default. */
export function parseDraft(value: unknown): Draft {
  if (!isRecord(value)) return EMPTY_DRAFT;
  const from: Record<string, unknown> = value;
  const text = (key: keyof Draft) => (typeof from[key] === 'string' ? from[key] : '');
  const perKind = <T>(key: keyof Draft, fallback: Record<Kind, T>, ok: (value: unknown) => value is T) => {
    const pair = from[key];
    const of = (kind: Kind) => (isRecord(pair) && ok(pair[kind]) ? pair[kind] : fallback[kind]);
    return { image: of('image'), video: of('video') };
  };
  return {
    kind: from['kind'] === 'video' ? 'video' : 'image',
    prompt: text('prompt'),
    model: perKind('model', EMPTY_DRAFT.model, isText),
    aspect: perKind('aspect', EMPTY_DRAFT.aspect, isAspect),
    count: perKind('count', EMPTY_DRAFT.count, isCount),
    seed: text('seed'),
    style: text('style'),
    negativePrompt: text('negativePrompt'),
    language: text('language'),
    headline: text('headline'),
    searchContext: text('searchContext'),
    groundingLinks: text('groundingLinks'),
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
const isText = (value: unknown): value is string => typeof value === 'string';
const isAspect = (value: unknown): value is string => isText(value) && /^[1-9]\d?:[1-9]\d?$/.test(value);
const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX_COUNT;
