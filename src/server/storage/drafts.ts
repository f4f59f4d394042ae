import { createHash, randomBytes } from 'node:crypto';
import { lstat, mkdir, open, opendir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { asStorageError, ignoreMissing, orMissing } from './file-errors.ts';
import { StorageError, type ByteSource, type Digest, type PutOptions } from './port.ts';

const WRITE_BYTES = 1024 * 1024;

/** Files in which a source is received whole, counted and hashed, before anything of it can be seen. */
export type Drafts = {
  /** Receives the source, hands the flushed file to `use`, and removes it whatever happens. */
  receive<T>(
    source: ByteSource,
    options: PutOptions,
    use: (path: string, digest: Digest) => Promise<T>,
  ): Promise<T>;
  /** Removes what a killed process left behind; answers how many. */
  sweep(olderThanMs: number): Promise<number>;
};

export async function openDrafts(folder: string): Promise<Drafts> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return {
    async receive(source, options, use) {
      const path = join(folder, randomBytes(16).toString('hex'));
      try {
        return await use(path, await writeDraft(path, source, options));
      } catch (error) {
        throw asStorageError(error);
      } finally {
        await unlink(path).catch(ignoreMissing);
      }
    },
    async sweep(olderThanMs) {
      const before = Date.now() - olderThanMs;
      let swept = 0;
      for await (const entry of await opendir(folder)) {
        const path = join(folder, entry.name);
        const found = await orMissing(() => lstat(path));
        if (found === null || found.isDirectory() || found.mtimeMs > before) continue;
        await orMissing(() => unlink(path));
        swept += 1;
      }
      return swept;
    },
  };
}

async function writeDraft(path: string, source: ByteSource, options: PutOptions): Promise<Digest> {
  const { bytes, maxBytes = Infinity } = options;
  const hash = createHash('sha256');
  let written = 0;
  const handle = await open(path, 'wx', 0o600);
  try {
    for await (const chunk of source instanceof Uint8Array ? slices(source) : source) {
      written += chunk.byteLength;
      if (written > maxBytes)
        throw new StorageError('TOO_LARGE', `The file is larger than the ${maxBytes} bytes allowed.`);
      hash.update(chunk);
      await handle.writeFile(chunk);
    }
    if (bytes !== undefined && bytes !== written) {
      throw new StorageError('SIZE_MISMATCH', `The file has ${written} bytes, but ${bytes} were announced.`);
    }
    if (written === 0) throw new StorageError('EMPTY', 'The file is empty. Nothing was kept.');
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { bytes: written, sha256: hash.digest('hex') };
}

/** One hash update of hundreds of megabytes would hold the event loop for its whole length. */
function* slices(body: Uint8Array): Iterable<Uint8Array> {
  for (let at = 0; at < body.byteLength; at += WRITE_BYTES) yield body.subarray(at, at + WRITE_BYTES);
}
