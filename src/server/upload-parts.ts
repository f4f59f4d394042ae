/**
 * Files that are still arriving, on this machine alone. What has come of one stays when its connection breaks, and the
 * rest is appended exactly where it ended; two senders of one file never write at the same time.
 */
import { createHash } from 'node:crypto';
import { lstat, mkdir, open, opendir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '#core/errors.ts';
import type { UploadId } from '#core/media.ts';
import type { LibraryId } from '#core/owner.ts';
import { asStorageError, ignoreMissing, orMissing } from './storage/file-errors.ts';

/** How long a sender may be silent before what came is let go, in milliseconds. */
const KEPT_FOR = 3_600_000;
const SWEEP_EVERY = 600_000;

export type UploadParts = {
  /** Bytes that have arrived. Ends whoever is sending: a new connection means that the old one is dead. */
  size(library: LibraryId, id: UploadId): Promise<number>;
  /**
   * Adds what comes at `offset`, up to `length` in all, and keeps what came when the sender leaves.
   * @returns Bytes that have arrived.
   * @throws AppError CONFLICT when they end elsewhere, TOO_LARGE beyond the length.
   */
  append(
    library: LibraryId,
    id: UploadId,
    part: { offset: number; length: number; body: AsyncIterable<Uint8Array> | null },
  ): Promise<number>;
  /** Where the whole file lies. */
  pathOf(library: LibraryId, id: UploadId): string;
  forget(library: LibraryId, id: UploadId): Promise<void>;
  /** @returns How many were let go. */
  sweep(olderThanMs: number): Promise<number>;
};

const sizeOf = async (path: string) => (await orMissing(() => lstat(path)))?.size ?? 0;

function brokenOff(cause: unknown): never {
  const message = 'The connection broke off. What came is kept: go on where it ended.';
  throw new AppError('BAD_INPUT', message, { field: 'body', cause });
}

export function createUploadParts(folder: string): UploadParts {
  const writers = new Map<string, { stop: AbortController; ended: Promise<void> }>();
  let sweptAt = -Infinity;

  // Named by both, so that nobody meets the bytes of another library under an id that they share.
  const pathOf = (library: LibraryId, id: UploadId) =>
    join(folder, createHash('sha256').update(`${library}/${id}`).digest('hex'));

  async function endWriter(path: string): Promise<void> {
    for (let writer = writers.get(path); writer; writer = writers.get(path)) {
      writer.stop.abort();
      await writer.ended;
    }
  }

  async function write(path: string, offset: number, length: number, body: AsyncIterable<Uint8Array>) {
    const stop = new AbortController();
    const ended = Promise.withResolvers<void>();
    writers.set(path, { stop, ended: ended.promise });
    const left = new Promise<never>((_, reject) =>
      stop.signal.addEventListener('abort', () =>
        reject(new AppError('CONFLICT', 'The file is being sent over another connection.')),
      ),
    );
    left.catch(() => {});
    const handle = await open(path, 'a', 0o600);
    const chunks = body[Symbol.asyncIterator]();
    let at = offset;
    try {
      for (;;) {
        const { done, value } = await Promise.race([chunks.next().catch(brokenOff), left]);
        if (done) return at;
        if (at + value.byteLength > length)
          throw new AppError('TOO_LARGE', 'More bytes came than were announced.', { field: 'body' });
        await handle.writeFile(value);
        at += value.byteLength;
      }
    } finally {
      await handle.close();
      writers.delete(path);
      ended.resolve();
      void chunks.return?.().catch(() => {});
    }
  }

  async function sweep(olderThanMs: number): Promise<number> {
    const before = Date.now() - olderThanMs;
    let swept = 0;
    for await (const entry of (await orMissing(() => opendir(folder))) ?? []) {
      const path = join(folder, entry.name);
      const found = await orMissing(() => lstat(path));
      if (!found || found.mtimeMs > before || writers.has(path)) continue;
      await unlink(path).catch(ignoreMissing);
      swept += 1;
    }
    return swept;
  }

  return {
    async size(library, id) {
      const path = pathOf(library, id);
      await endWriter(path);
      return sizeOf(path);
    },
    async append(library, id, { offset, length, body }) {
      const path = pathOf(library, id);
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        if (Date.now() - sweptAt > SWEEP_EVERY) {
          sweptAt = Date.now();
          await sweep(KEPT_FOR);
        }
        await endWriter(path);
        const size = await sizeOf(path);
        if (size !== offset)
          throw new AppError('CONFLICT', `${size} bytes have arrived: go on there.`, {
            field: 'upload-offset',
          });
        return body === null ? size : await write(path, offset, length, body);
      } catch (error) {
        throw asStorageError(error);
      }
    },
    pathOf,
    forget: (library, id) => unlink(pathOf(library, id)).catch(ignoreMissing),
    sweep,
  };
}
