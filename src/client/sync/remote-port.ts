import type { ErrorCode } from '#core/errors.ts';
import type { MediaPage } from '#core/media.ts';
import type {
  Changes,
  ChangesInput,
  Digest,
  PushInput,
  PushResult,
  Window,
  WindowInput,
} from '#core/sync.ts';
import type { Filter } from './filter.ts';

/**
 * The server, as one library's engine knows it. Every call is made in the name of that library.
 * @throws RemoteError for every failure.
 */
export type Remote = {
  changes: (input: ChangesInput, signal?: AbortSignal) => Promise<Changes>;
  window: (input: WindowInput, signal?: AbortSignal) => Promise<Window>;
  push: (input: PushInput, signal?: AbortSignal) => Promise<PushResult>;
  list: (input: Filter & { limit: number; cursor?: string }, signal?: AbortSignal) => Promise<MediaPage>;
  digest: (signal?: AbortSignal) => Promise<Digest>;
  /** Sends the bytes of a file; `onProgress` gets how many have been sent. */
  sendFile: (
    id: string,
    file: Blob,
    onProgress: (bytes: number) => void,
    signal?: AbortSignal,
  ) => Promise<void>;
};

/** What is refused however often it is sent. */
const FINAL: ReadonlySet<string> = new Set(['BAD_INPUT', 'TOO_LARGE', 'UNSUPPORTED_MEDIA']);
export const isFinal = ({ code }: { code: string }) => FINAL.has(code);

export const OFFLINE = 'The server cannot be reached. Try again when the network is back.';

export class RemoteError extends Error {
  override readonly name = 'RemoteError';
  /** NETWORK: no answer came, so whether it took effect is not known. */
  readonly code: ErrorCode | 'NETWORK';
  readonly field: string | null;

  constructor(
    code: ErrorCode | 'NETWORK',
    message: string,
    options: { field?: string | null; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.field = options.field ?? null;
  }

  /** Whether the same request may succeed later without anybody doing anything about it. */
  get isPassing(): boolean {
    return ['NETWORK', 'INTERNAL', 'UNAVAILABLE', 'RATE_LIMITED'].includes(this.code);
  }

  /** Whether this browser's credential does not, or no longer, own the library that was named. */
  get isOwnerChange(): boolean {
    return this.code === 'OWNER_CHANGED' || this.code === 'GUEST_REQUIRED';
  }
}
