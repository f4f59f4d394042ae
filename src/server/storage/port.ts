/**
 * The storage port: opaque bytes under unguessable keys, written once and never changed. An object is whole or
 * absent: whatever happens during a `put`, no reader ever meets a part of it under its key.
 */
import { AppError } from '#core/errors.ts';
import { StorageKey } from './keys.ts';

/** Both ends are counted, as in HTTP: `{ start: 0, end: 0 }` is the first byte. */
export type ByteRange = { start: number; end: number };

/** `sha256` in lower case hexadecimal. */
export type Digest = { bytes: number; sha256: string };

export type StoredObject = { key: StorageKey; bytes: number; modifiedAt: Date };

export type ByteSource = Uint8Array | AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>;

export type PutOptions = {
  /** Kept by backends that serve bytes themselves; disk has no use for it. */
  mime: string;
  /** The size that was announced; another size is refused with SIZE_MISMATCH. */
  bytes?: number;
  /** More than this is refused with TOO_LARGE as soon as it is seen. */
  maxBytes?: number;
};

export const BACKENDS = ['disk', 's3', 'uploadthing', 'imagekit', 'cloudinary'] as const;
export type Backend = (typeof BACKENDS)[number];

/** What a link must answer as. To `download`, a backend must say the disposition; `show` is for an element of a page. */
export type LinkOptions = { use: 'show' | 'download'; mime: string; contentDisposition: string };

/** Whoever has a link can read the object without asking us, so it dies soon. */
export const LINK_SECONDS = 600;

export type Storage = {
  backend: Backend;
  /**
   * Stores the bytes for good; after it returns they survive a loss of power. Repeating it with equal bytes is
   * harmless; other bytes under a key that exists are refused with CONFLICT. An error of the source leaves
   * nothing under the key; one of the backend may leave bytes there, which the caller's ledger has to know.
   * No object is empty: that is refused with EMPTY, since most vendors keep none.
   */
  put(key: StorageKey, body: ByteSource, options: PutOptions): Promise<Digest>;
  /**
   * `bytes` is the size of the whole object, whatever the range. Null when there is no such object. The caller
   * reads the stream to its end or cancels it; a range outside of the object is refused with BAD_RANGE.
   */
  get(
    key: StorageKey,
    range?: ByteRange,
  ): Promise<{ bytes: number; stream: ReadableStream<Uint8Array> } | null>;
  head(key: StorageKey): Promise<{ bytes: number } | null>;
  /**
   * Lends the object as a file of this machine until `use` ends, to be read and left as it is. Null when there is no
   * such object.
   */
  lend<T>(key: StorageKey, use: (path: string) => Promise<T>): Promise<T | null>;
  /** Deleting what is not there succeeds. After it returns the deletion survives a loss of power. */
  delete(key: StorageKey): Promise<void>;
  /** Each object with a key of ours, in no order; whatever else lies there is passed over. */
  list(): AsyncIterable<StoredObject>;
  /** An address at which a browser reads the object from the backend itself; null when it must come through us. */
  link(key: StorageKey, options: LinkOptions): Promise<string | null>;
  /** Removes what interrupted writes left behind; answers how many. Writes under way touch their file meanwhile. */
  sweepTemporary(olderThanMs: number): Promise<number>;
  /** Writes, reads and deletes a probe; throws when the backend cannot be relied on. */
  check(): Promise<void>;
};

export type StorageFailure =
  | 'BAD_KEY'
  | 'BAD_RANGE'
  | 'CONFLICT'
  | 'CORRUPT'
  | 'EMPTY'
  | 'FULL'
  | 'SIZE_MISMATCH'
  | 'TOO_LARGE'
  | 'UNAVAILABLE'
  | 'UNCONFIGURED'
  | 'UNSAFE';

export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly code: StorageFailure;

  constructor(code: StorageFailure, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }

  /** As AppError: copies of this class know each other by name. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === 'StorageError';
  }
}

/** @throws StorageError BAD_KEY; the type keeps forged keys out already, this keeps them out of whoever evades it. */
export function checkKey(key: StorageKey): void {
  if (!StorageKey.safeParse(key).success) throw new StorageError('BAD_KEY', 'Not a storage key.');
}

export const isWithin = ({ start, end }: ByteRange, bytes: number): boolean =>
  Number.isInteger(start) && Number.isInteger(end) && 0 <= start && start <= end && end < bytes;

export const badRange = ({ start, end }: ByteRange, bytes?: number) =>
  new StorageError('BAD_RANGE', `No bytes ${start} to ${end} in an object of ${bytes ?? 'any size'}.`);

/** What a person is told when storing the bytes of `field` failed; anything but a StorageError passes through. */
export function storageFailure(error: unknown, field: string): unknown {
  if (!(error instanceof StorageError)) return error;
  switch (error.code) {
    case 'TOO_LARGE':
      return new AppError('TOO_LARGE', error.message, { field, cause: error });
    case 'SIZE_MISMATCH':
    case 'EMPTY':
      return new AppError('BAD_INPUT', error.message, { field, cause: error });
    case 'FULL':
      return new AppError('UNAVAILABLE', 'The storage of this server is full. Nothing was saved.', {
        cause: error,
      });
    case 'UNAVAILABLE':
    case 'UNCONFIGURED':
      return new AppError('UNAVAILABLE', 'The storage of this server does not answer. Nothing was saved.', {
        cause: error,
      });
    case 'BAD_KEY':
    case 'BAD_RANGE':
    case 'CONFLICT':
    case 'CORRUPT':
    case 'UNSAFE':
      break;
  }
  return error;
}
