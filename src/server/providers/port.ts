import type { JsonObject } from '#core/json.ts';
import type { ImageSettings, Kind, VideoSettings } from '#core/settings.ts';

type RequestOf<K extends Kind, S> = {
  kind: K;
  /** Id of one of the provider's models, of this kind. */
  model: string;
  prompt: string;
  settings: S;
  /** Which output of the generation this is: 0 to 3. */
  index: number;
  /** The seed of this output, see `outputSeed`; the one in `settings` is the whole generation's. */
  seed: number;
  /** Stable over retries of the same output, so that a provider that knows idempotency keys charges once. */
  requestId: string;
};

/** One output to make. A generation of n outputs is n requests. */
export type ProviderRequest = RequestOf<'image', ImageSettings> | RequestOf<'video', VideoSettings>;

export type ProviderOutput = {
  /** The original, a whole file of an allowed type (`Mime` in core). */
  bytes: Uint8Array;
  /** A still of a video, as WebP or PNG; null for an image. */
  poster: Uint8Array | null;
  seed: number;
  /** What the provider really did: sizes in pixels, times in milliseconds. Kept as `metadata.actual`. */
  actual: JsonObject;
};

export type Model = {
  id: string;
  kind: Kind;
  label: string;
  /** True for pictures made here without a model: said in the metadata, never on the picture. */
  demo: boolean;
  /** Names of the settings that it honours; others are kept with the generation and have no effect. */
  fields: readonly string[];
};

export type Provider = {
  id: string;
  models: readonly Model[];
  /**
   * Makes one output. Rejects with `signal.reason` soon after the signal fires, and with `ProviderError` for
   * every failure that is the provider's.
   */
  generate(request: ProviderRequest, signal: AbortSignal): Promise<ProviderOutput>;
  /** Ends what runs and frees threads and connections; `generate` rejects from then on. */
  close(): Promise<void>;
};

/** refused: this input will never work; failed: it went wrong this time; unavailable: try again later. */
export type ProviderErrorCode = 'refused' | 'failed' | 'unavailable';

export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  readonly code: ProviderErrorCode;

  /** @param message Shown to people as it stands. */
  constructor(code: ProviderErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
  }

  /** As AppError: copies of this class know each other by name. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === 'ProviderError';
  }
}
