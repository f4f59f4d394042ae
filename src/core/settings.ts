import { z } from 'zod';
import { jsonBytes, type JsonObject } from './json.ts';

export const Kind = z.enum(['image', 'video']);
export type Kind = z.infer<typeof Kind>;

/** Width to height, each 1 to 64, within 1:4 and 4:1. */
export const Aspect = z
  .string()
  .regex(/^[1-9]\d?:[1-9]\d?$/, 'Use a ratio such as 16:9.')
  .refine((text) => {
    const ratio = aspectRatio(text);
    return ratio >= 0.25 && ratio <= 4;
  }, 'Use a ratio between 1:4 and 4:1.');

export function aspectRatio(aspect: string): number {
  const [width = 1, height = 1] = aspect.split(':').map(Number);
  return width / height;
}

/** The aspects that the composer offers; the API takes any `Aspect`. */
export const COMMON_ASPECTS = ['1:1', '4:3', '3:4', '3:2', '2:3', '16:9', '9:16', '21:9'] as const;

export const Seed = z.int().min(0).max(4_294_967_295);

export const Prompt = z.string().trim().min(1, 'Write a prompt first.').max(8000);
export const Headline = z.string().trim().min(1).max(200);

/** Directions to the demo provider, so that slow and failing work can be seen without a real one. */
const DemoSettings = z.strictObject({
  /** Added to each output, in milliseconds. */
  slowMs: z.int().min(0).max(120_000).optional(),
  /** Outputs that fail: all of them, or those with these indexes. */
  fail: z.union([z.literal('all'), z.array(z.int().min(0).max(3)).max(4)]).optional(),
});
export type DemoSettings = z.infer<typeof DemoSettings>;

const common = {
  aspect: Aspect.optional(),
  seed: Seed.optional(),
  negativePrompt: z.string().trim().max(8000).optional(),
  style: z.string().trim().max(100).optional(),
  /** BCP 47 tag of the language of words in the picture. */
  language: z
    .string()
    .regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$/, 'Use a language tag such as en or pt-BR.')
    .optional(),
  headline: Headline.optional(),
  searchContext: z.string().max(4000).optional(),
  groundingLinks: z
    .array(z.url({ protocol: /^https?$/ }).max(2000))
    .max(20)
    .optional(),
  demo: DemoSettings.optional(),
};

const SETTINGS_BYTES = 32_768;
const SETTINGS_TOO_LARGE = `Settings must be at most ${SETTINGS_BYTES} bytes as JSON.`;
const withinCap = (value: unknown) => jsonBytes(value) <= SETTINGS_BYTES;

/** Longest edge that a generation may ask for, in pixels. */
const Edge = z.int().min(64).max(2048);

export const ImageSettings = z
  .strictObject({ ...common, width: Edge.optional(), height: Edge.optional() })
  .refine(withinCap, SETTINGS_TOO_LARGE);
export type ImageSettings = z.infer<typeof ImageSettings>;

export const VideoSettings = z
  .strictObject({
    ...common,
    durationSeconds: z.number().min(1).max(10).optional(),
    fps: z.int().min(8).max(60).optional(),
  })
  .refine(withinCap, SETTINGS_TOO_LARGE);
export type VideoSettings = z.infer<typeof VideoSettings>;

const KNOWN = {
  image: new Set(Object.keys(ImageSettings.shape)),
  video: new Set(Object.keys(VideoSettings.shape)),
} as const;

/**
 * Splits what a client sent as settings into the typed fields of that kind and the rest, which is kept as
 * metadata: a setting that this version does not know is data, not an error.
 */
export function splitSettings(kind: Kind, sent: JsonObject): { known: JsonObject; extra: JsonObject } {
  const known: JsonObject = {};
  const extra: JsonObject = {};
  for (const [key, value] of Object.entries(sent)) (KNOWN[kind].has(key) ? known : extra)[key] = value;
  return { known, extra };
}
