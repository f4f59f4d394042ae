import type { JsonObject } from '#core/json.ts';
import { clean } from './texts.ts';

export type Generator = 'afterimage' | 'a1111' | 'comfyui' | 'invokeai' | 'novelai';

/** How a file was made, by its own account. Absent is null; all texts can be stored as they are. */
export type EmbeddedRecipe = {
  generator: Generator;
  prompt: string | null;
  headline: string | null;
  model: string | null;
  provider: string | null;
  seed: number | null;
  settings: JsonObject;
  /** What the generator wrote, cut to `MAX_RAW`: the file itself holds it whole. */
  raw: string;
};

/** Characters of the original text that are kept beside a record. Devices hold hundreds of records. */
const MAX_RAW = 4000;
const MAX_PROMPT = 8000;
const MAX_NAME = 200;
const MAX_SEED = 4_294_967_295;

/** As a parser found them: texts of any length, numbers also as text. Empty and unusable ones are left out. */
export type Found = {
  prompt?: unknown;
  negativePrompt?: unknown;
  model?: unknown;
  seed?: unknown;
  steps?: unknown;
  cfg?: unknown;
  guidance?: unknown;
  denoise?: unknown;
  clipSkip?: unknown;
  sampler?: unknown;
  scheduler?: unknown;
  width?: unknown;
  height?: unknown;
};

const NUMBERS = ['steps', 'cfg', 'guidance', 'denoise', 'clipSkip', 'width', 'height'] as const;
const NAMES = ['sampler', 'scheduler'] as const;

const textOrNull = (value: unknown, max: number): string | null =>
  typeof value === 'string' ? clean(value, max) || null : null;

function numberOrNull(value: unknown): number | null {
  const number = typeof value === 'string' && /^\d{1,9}(\.\d{1,9})?$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) && number >= 0 && number < 1e9 ? number : null;
}

/** Digits, however many: some generators use 64 bits, which a number cannot hold. */
function seedDigits(value: unknown): string | null {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return String(value);
  return typeof value === 'string' && /^\d{1,20}$/.test(value) ? value : null;
}

/** Null when nothing was found that says how the file was made. */
export function toRecipe(generator: Generator, found: Found, raw: string): EmbeddedRecipe | null {
  const settings: JsonObject = {};
  const negative = textOrNull(found.negativePrompt, MAX_PROMPT);
  if (negative) settings['negativePrompt'] = negative;
  for (const name of NUMBERS) {
    const number = numberOrNull(found[name]);
    if (number !== null) settings[name] = number;
  }
  for (const name of NAMES) {
    const text = textOrNull(found[name], MAX_NAME);
    if (text) settings[name] = text;
  }
  const digits = seedDigits(found.seed);
  const fits = digits !== null && Number(digits) <= MAX_SEED;
  // One that no model here takes is told all the same.
  if (digits !== null && !fits) settings['seed'] = digits;
  const prompt = textOrNull(found.prompt, MAX_PROMPT);
  const model = textOrNull(found.model, MAX_NAME);
  if (!prompt && !model && Object.keys(settings).length === 0 && !fits) return null;
  return {
    generator,
    prompt,
    headline: null,
    model,
    provider: null,
    seed: fits ? Number(digits) : null,
    settings,
    raw: clean(raw, MAX_RAW),
  };
}

/** The name of a model without its folder and the ending of its file. */
export const modelName = (value: unknown): unknown =>
  typeof value === 'string'
    ? value
        .slice(Math.max(value.lastIndexOf('/'), value.lastIndexOf('\\')) + 1)
        .replace(/\.(safetensors|ckpt|gguf|pth?|sft)$/i, '')
    : value;
