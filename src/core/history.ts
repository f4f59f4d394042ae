/**
 * Reads histories that other galleries kept in a browser's storage: lists of `{ url, prompt, model, timestamp, ... }`
 * of whatever spelling. Nothing is dropped in silence: what has no place of its own goes into `metadata`, and an entry
 * that cannot be read says why. Free of schemas, since the page reads a file before any server does.
 */
import type { JsonObject } from './json.ts';
import { findSourceUuid } from './source.ts';

export type HistorySource =
  | { type: 'link'; url: string }
  | { type: 'data'; data: string }
  /** In place of bytes, where the question is only whether they are here. */
  | { type: 'hash'; sha256: string };

export type HistoryItem = {
  source: HistorySource;
  prompt: string;
  headline: string | null;
  model: string | null;
  seed: number | null;
  tags: string[];
  starred: boolean;
  settings: JsonObject;
  metadata: JsonObject;
  /** ISO; null when the entry does not tell. */
  createdAt: string | null;
};

export type ReadEntry =
  /** shortened: what of the entry is too long to be kept whole, in a sentence; null when all of it is kept. */
  { type: 'item'; item: HistoryItem; shortened: string | null } | { type: 'invalid'; reason: string };

export type Json = JsonObject[string];
export type Entry = Record<string, unknown>;

export const isEntry = (value: unknown): value is Entry =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';
const isJson = (value: unknown): value is Json =>
  value === null ||
  ['string', 'boolean'].includes(typeof value) ||
  (typeof value === 'number' && Number.isFinite(value)) ||
  (Array.isArray(value) ? value.every(isJson) : isEntry(value) && Object.values(value).every(isJson));

const LINKS = [
  'url',
  'imageUrl',
  'image_url',
  'videoUrl',
  'video_url',
  'src',
  'href',
  'link',
  'dataUrl',
  'data_url',
];
const BYTES = ['image', 'video', 'output', 'result', 'data', 'base64', 'b64_json'];
const PROMPTS = ['prompt', 'originalPrompt', 'text', 'description', 'caption'];
const HEADLINES = ['headline', 'title'];
const MODELS = ['model', 'modelName', 'model_name', 'modelId', 'model_id', 'engine'];
const TIMES = ['timestamp', 'createdAt', 'created_at', 'created', 'generatedAt', 'date', 'time'];
const STARS = ['starred', 'isStarred', 'favorite', 'isFavorite', 'favourite', 'liked'];
const SETTINGS = ['settings', 'params', 'parameters', 'options', 'config'];
/** What an entry may say beside its settings and means as one of them. */
const SETTING = new Set(
  (
    'aspect aspectRatio aspect_ratio width height size quality style negativePrompt negative_prompt steps guidance ' +
    'cfgScale cfg_scale sampler scheduler strength duration durationSeconds fps resolution'
  ).split(' '),
);

/** Texts that fields hold, as `core/media.ts` limits them. */
const MOST = { prompt: 8000, headline: 200, model: 200, tag: 60, tags: 50, seed: 4_294_967_295 };
const MOST_BYTES = 12_000;

/** Takes the first of these keys whose value fits, out of the entry. */
function take<T>(rest: Entry, keys: readonly string[], fits: (value: unknown) => value is T): T | null {
  for (const key of keys) {
    const value = rest[key];
    if (!fits(value)) continue;
    delete rest[key];
    return value;
  }
  return null;
}

const isSeed = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST.seed;
const isFlag = (value: unknown): value is boolean => typeof value === 'boolean';

/** Milliseconds, seconds, either as text, or a date as text; null for what is none or lies outside of 1000 to 9999. */
function readTime(value: unknown): string | null {
  const number =
    typeof value === 'number' ? value : isText(value) && /^\d+(\.\d+)?$/.test(value) ? Number(value) : NaN;
  const ms = Number.isNaN(number)
    ? isText(value)
      ? Date.parse(value)
      : NaN
    : number < 1e11
      ? number * 1000
      : number;
  if (!(ms > 0) && !(isText(value) && ms > -3.06e13)) return null;
  if (ms >= 253_402_300_800_000) return null;
  return new Date(ms).toISOString();
}
const isTime = (value: unknown): value is string | number => readTime(value) !== null;

const isBase64 = (text: string) =>
  text.length > 64 && /^[A-Za-z0-9+/]+={0,2}$/.test(text.slice(0, 2000).replace(/\s/g, ''));

/** Not lists or records as text, which a dump of a storage is made of. */
const isAddress = (value: unknown): value is string => isText(value) && !/^\s*[[{]/.test(value);

function takeSource(rest: Entry): HistorySource | null {
  const hash = take(
    rest,
    ['sha256'],
    (value): value is string => isText(value) && /^[0-9a-f]{64}$/.test(value),
  );
  if (hash !== null) return { type: 'hash', sha256: hash };
  const text = take(rest, [...LINKS, ...BYTES], isAddress)?.trim();
  if (text === undefined) return null;
  if (text.startsWith('data:') || isBase64(text)) return { type: 'data', data: text };
  return { type: 'link', url: text };
}

/** As much as fits into `most` bytes of JSON; names of the rest. */
function fit(values: Entry, most: number): { kept: JsonObject; omitted: string[] } {
  const kept: JsonObject = {};
  const omitted: string[] = [];
  let bytes = 0;
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    const size = isJson(value)
      ? new TextEncoder().encode(JSON.stringify([name, value])).byteLength
      : Infinity;
    if (isJson(value) && name.length <= 200 && bytes + size <= most) {
      kept[name] = value;
      bytes += size;
    } else omitted.push(name.slice(0, 100));
  }
  return { kept, omitted: omitted.slice(0, 20) };
}

const count = (value: number) => value.toLocaleString('en');

/** In a sentence or two, what an entry loses; null for one that loses nothing. */
function shortenedWords(prompt: string, omitted: readonly string[]): string | null {
  const isCut = prompt.length > MOST.prompt && omitted.includes('prompt');
  const dropped = isCut ? omitted.filter((name) => name !== 'prompt') : omitted;
  const names = [...dropped.slice(0, 5), ...(dropped.length > 5 ? [`${dropped.length - 5} more`] : [])];
  const words = [
    isCut && `The prompt is shortened from ${count(prompt.length)} to ${count(MOST.prompt)} characters.`,
    dropped.length > 0 && `Too large to be kept: ${names.join(', ')}.`,
  ].filter((sentence) => sentence !== false);
  return words.length > 0 ? words.join(' ') : null;
}

/** One entry of a history: a record, or only its link. */
export function readEntry(entry: unknown): ReadEntry {
  const rest: Entry = typeof entry === 'string' ? { url: entry } : isEntry(entry) ? { ...entry } : {};
  if (typeof entry !== 'string' && !isEntry(entry))
    return { type: 'invalid', reason: 'This is not a record.' };
  const source = takeSource(rest);
  if (source === null) return { type: 'invalid', reason: 'This record has no link and no picture.' };

  const asked = take(rest, SETTINGS, isEntry);
  const settings: Entry = { ...asked };
  for (const name of Object.keys(rest)) {
    if (!SETTING.has(name) || name in settings) continue;
    settings[name] = rest[name];
    delete rest[name];
  }
  const prompt = (take(rest, PROMPTS, isText) ?? take(settings, PROMPTS, isText) ?? '').trim();
  const headline = (take(rest, HEADLINES, isText) ?? '').trim();
  const model = (take(rest, MODELS, isText) ?? take(settings, MODELS, isText) ?? '').trim();
  const seed = take(rest, ['seed'], isSeed) ?? take(settings, ['seed'], isSeed);
  const time = take(rest, TIMES, isTime);
  const starred = take(rest, STARS, isFlag) ?? false;
  const tags = (take(rest, ['tags'], Array.isArray) ?? []).filter(isText).map((tag) => tag.trim());
  // The whole of what is cut goes before all else into what is kept beside, where there is room for it.
  const cut: Entry = {
    ...(prompt.length > MOST.prompt && { prompt }),
    ...(headline.length > MOST.headline && { headline }),
    ...(model.length > MOST.model && { model }),
    ...((tags.length > MOST.tags || tags.some(({ length }) => length > MOST.tag)) && { tags }),
  };

  const fitted = fit(settings, MOST_BYTES);
  const beside = fit({ ...cut, ...rest, ...cut }, MOST_BYTES);
  const omitted = [...fitted.omitted, ...beside.omitted];
  return {
    type: 'item',
    shortened: shortenedWords(prompt, omitted),
    item: {
      source,
      prompt: prompt.slice(0, MOST.prompt).toWellFormed(),
      headline: headline.slice(0, MOST.headline).trim().toWellFormed() || null,
      model: model.slice(0, MOST.model).trim().toWellFormed() || null,
      seed,
      tags: [...new Set(tags.map((tag) => tag.slice(0, MOST.tag).trim()))].slice(0, MOST.tags),
      starred,
      settings: fitted.kept,
      metadata: omitted.length > 0 ? { ...beside.kept, omitted } : beside.kept,
      createdAt: readTime(time),
    },
  };
}

export const looksLikeEntry = (value: unknown): value is Entry =>
  isEntry(value) && readEntry(value).type === 'item';

export const hasOwnLink = (entry: Entry) => LINKS.some((key) => isText(entry[key]));

/** Whether a record tells how pictures were made, itself or in its settings. */
export const hasRecipe = (entry: Entry): boolean =>
  [...PROMPTS, ...MODELS].some((key) => isText(entry[key])) ||
  isSeed(entry['seed']) ||
  SETTINGS.some((key) => isEntry(entry[key]) && hasRecipe(entry[key]));

/** What makes two entries the same picture, as far as their text tells. */
export function keyOf({ source }: HistoryItem): string {
  if (source.type === 'hash') return `hash ${source.sha256}`;
  if (source.type === 'data') return source.data;
  if (!URL.canParse(source.url)) return source.url;
  const url = new URL(source.url);
  url.hash = '';
  return findSourceUuid(url) ?? url.href;
}

/** The same as JSON, without what no database text can hold: NUL, and half a surrogate pair. */
export function makeStorable(value: unknown): Json {
  if (typeof value === 'string') return value.replaceAll('\0', '').toWellFormed();
  if (Array.isArray(value)) return value.map(makeStorable);
  if (!isEntry(value)) return isJson(value) ? value : null;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name.replaceAll('\0', '').toWellFormed(),
      makeStorable(inner),
    ]),
  );
}
