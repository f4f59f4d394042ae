/**
 * Files that are still arriving, on this machine alone. What has come of one stays when its connection breaks, and the
 * rest is appended exactly where it ended. Invariant: one sender has a file at a time, from asking how much has come to
 * having it kept; whoever comes next ends the one before.
 */
import { createHash } from 'node:crypto';
import { lstat, mkdir, open, opendir, readdir, unlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AppError } from '#core/errors.ts';
import type { UploadId } from '#core/media.ts';
import type { LibraryId } from '#core/owner.ts';
import { asStorageError, ignoreMissing, orMissing } from './storage/file-errors.ts';

/** How long a sender may be silent before what came is let go, in milliseconds. */
export const PARTS_KEPT_FOR = 3_600_000;
const SWEEP_EVERY = 600_000;

export type ArrivingFile = {
  readonly path: string;
  /** Bytes that have arrived. */
  size(): Promise<number>;
  /**
   * Adds what comes at `offset`, up to `length` in all, and keeps what came when the sender leaves.
   * @returns Bytes that have arrived.
   * @throws AppError CONFLICT when they end elsewhere, or when another sender comes; TOO_LARGE beyond the length.
   */
  append(part: UploadPart): Promise<number>;
  forget(): Promise<void>;
};

export type UploadPart = { offset: number; length: number; body: AsyncIterable<Uint8Array> | null };

export type UploadParts = {
  /** Lets `work` have the file alone. A new connection means that the old one is dead: its sender is ended first. */
  withFile<T>(library: LibraryId, id: UploadId, work: (file: ArrivingFile) => Promise<T>): Promise<T>;
  /** Lets go of all that has come for this library. */
  forgetLibrary(library: LibraryId): Promise<void>;
  /** @returns How many were let go. */
  sweep(olderThanMs: number): Promise<number>;
};

const nameOf = (id: LibraryId | UploadId) => createHash('sha256').update(id).digest('hex');
const sizeOf = async (path: string) => (await orMissing(() => lstat(path)))?.size ?? 0;

function brokenOff(cause: unknown): never {
  const message = 'The connection broke off. What came is kept: go on where it ended.';
  throw new AppError('BAD_INPUT', message, { field: 'body', cause });
}

/** Adds chunks until they end, or until `signal` says that another sender has come. @returns The size then. */
async function write(
  path: string,
  { offset, length, body }: UploadPart & { body: AsyncIterable<Uint8Array> },
  signal: AbortSignal,
): Promise<number> {
  const left = Promise.withResolvers<never>();
  left.promise.catch(() => {});
  const leave = () =>
    left.reject(new AppError('CONFLICT', 'The file is being sent over another connection.'));
  if (signal.aborted) leave();
  signal.addEventListener('abort', leave);
  const handle = await open(path, 'a', 0o600);
  const chunks = body[Symbol.asyncIterator]();
  let at = offset;
  try {
    for (;;) {
      const { done, value } = await Promise.race([left.promise, chunks.next().catch(brokenOff)]);
      if (done) return at;
      if (at + value.byteLength > length)
        throw new AppError('TOO_LARGE', 'More bytes came than were announced.', { field: 'body' });
      await handle.writeFile(value);
      at += value.byteLength;
    }
  } finally {
    signal.removeEventListener('abort', leave);
    await handle.close();
    void chunks.return?.().catch(() => {});
  }
}

export function createUploadParts(folder: string): UploadParts {
  const senders = new Map<string, { stop: AbortController; ended: Promise<void> }>();
  let sweptAt = -Infinity;

  // Named by both, so that nobody meets the bytes of another library under an id that they share.
  const pathOf = (library: LibraryId, id: UploadId) => join(folder, `${nameOf(library)}-${nameOf(id)}`);

  async function append(path: string, part: UploadPart, signal: AbortSignal): Promise<number> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    if (Date.now() - sweptAt > SWEEP_EVERY) {
      sweptAt = Date.now();
      await sweep(PARTS_KEPT_FOR);
    }
    const size = await sizeOf(path);
    const { body } = part;
    if (size !== part.offset || size > part.length)
      throw new AppError('CONFLICT', `${size} bytes have arrived: go on there.`, { field: 'upload-offset' });
    return body === null ? size : write(path, { ...part, body }, signal);
  }

  async function sweep(olderThanMs: number): Promise<number> {
    const before = Date.now() - olderThanMs;
    let swept = 0;
    for await (const entry of (await orMissing(() => opendir(folder))) ?? []) {
      const path = join(folder, entry.name);
      const found = await orMissing(() => lstat(path));
      if (!found || found.mtimeMs > before || senders.has(path)) continue;
      await unlink(path).catch(ignoreMissing);
      swept += 1;
    }
    return swept;
  }

  return {
    async withFile(library, id, work) {
      const path = pathOf(library, id);
      for (let sender = senders.get(path); sender; sender = senders.get(path)) {
        sender.stop.abort();
        await sender.ended;
      }
      // Nothing may be awaited between the last look and this: two would take the file.
      const stop = new AbortController();
      const ended = Promise.withResolvers<void>();
      senders.set(path, { stop, ended: ended.promise });
      try {
        return await work({
          path,
          size: () => sizeOf(path),
          append: (part) =>
            append(path, part, stop.signal).catch((error: unknown) => {
              throw asStorageError(error);
            }),
          forget: () => unlink(path).catch(ignoreMissing),
        });
      } finally {
        senders.delete(path);
        ended.resolve();
      }
    },
    async forgetLibrary(library) {
      const isOf = (name: string) => name.startsWith(`${nameOf(library)}-`);
      for (const [path, { stop }] of senders) if (isOf(basename(path))) stop.abort();
      for (const name of (await orMissing(() => readdir(folder))) ?? [])
        if (isOf(name)) await unlink(join(folder, name)).catch(ignoreMissing);
    },
    sweep,
  };
}
