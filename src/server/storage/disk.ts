import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import {
  link,
  lstat,
  mkdir,
  open,
  opendir,
  realpath,
  rename,
  unlink,
  type FileHandle,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { log } from '../log.ts';
import { openDrafts } from './drafts.ts';
import { asStorageError, codeOf, notAFile, orMissing } from './file-errors.ts';
import { StorageKey } from './keys.ts';
import {
  badRange,
  checkKey,
  isWithin,
  StorageError,
  type ByteRange,
  type ByteSource,
  type Digest,
  type PutOptions,
  type Storage,
  type StoredObject,
} from './port.ts';
import { probeStorage } from './verify.ts';

const READ_BYTES = 256 * 1024;
/** O_NOFOLLOW refuses a link in the last part; O_NONBLOCK keeps a planted pipe from hanging the open. Windows has neither. */
const READ_ONLY = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * Objects as files in `root/objects/ab/cd/...`. A write goes to `root/temporary`, is flushed, and is then linked to
 * its final name, which fails when that name exists: of two writers of one key, one wins and the other learns it.
 */
export async function createDiskStorage(root: string): Promise<Storage> {
  await mkdir(root, { recursive: true, mode: 0o700 });
  const base = await realpath(root);
  const objects = join(base, 'objects');
  await mkdir(objects, { recursive: true, mode: 0o700 });
  const drafts = await openDrafts(join(base, 'temporary'));

  function pathOf(key: StorageKey): string {
    checkKey(key);
    return join(objects, ...key.split('/'));
  }

  function put(key: StorageKey, body: ByteSource, options: PutOptions): Promise<Digest> {
    return drafts.receive(body, options, async (draft, digest) => {
      const path = pathOf(key);
      const folder = dirname(path);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await refuseLinks(folder);
      await publish(draft, path, digest);
      for (const dir of [folder, dirname(folder), objects]) await flushFolder(dir);
      return digest;
    });
  }

  async function get(key: StorageKey, range?: ByteRange) {
    const opened = await openObject(pathOf(key));
    if (opened === null) return null;
    const { handle, bytes } = opened;
    const { start, end } = range ?? { start: 0, end: bytes - 1 };
    if (range && !isWithin(range, bytes)) {
      await handle.close();
      throw badRange(range, bytes);
    }
    return { bytes, stream: readSlice(handle, start, end) };
  }

  async function head(key: StorageKey) {
    const path = pathOf(key);
    const found = await orMissing(async () => {
      await refuseLinks(dirname(path));
      return lstat(path);
    });
    if (found === null) return null;
    if (!found.isFile()) throw notAFile();
    return { bytes: found.size };
  }

  async function lend<T>(key: StorageKey, use: (path: string) => Promise<T>): Promise<T | null> {
    return (await head(key)) === null ? null : use(pathOf(key));
  }

  async function remove(key: StorageKey): Promise<void> {
    const path = pathOf(key);
    await orMissing(async () => {
      await refuseLinks(dirname(path));
      await unlink(path);
      await flushFolder(dirname(path));
    });
  }

  async function* list(): AsyncIterable<StoredObject> {
    for await (const first of foldersIn(objects)) {
      for await (const second of foldersIn(join(objects, first))) {
        for await (const entry of await opendir(join(objects, first, second))) {
          const key = StorageKey.safeParse(`${first}/${second}/${entry.name}`);
          if (!key.success || !entry.isFile()) continue;
          const found = await orMissing(() => lstat(join(objects, first, second, entry.name)));
          if (found) yield { key: key.data, bytes: found.size, modifiedAt: found.mtime };
        }
      }
    }
  }

  const storage: Storage = {
    backend: 'disk',
    put,
    get,
    head,
    lend,
    delete: remove,
    list,
    link: async () => null,
    sweepTemporary: (olderThanMs) => drafts.sweep(olderThanMs),
    check: () => probeStorage(storage),
  };
  return storage;
}

async function publish(draft: string, path: string, digest: Digest): Promise<void> {
  try {
    await link(draft, path);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return refuseOtherBytes(path, digest);
    if (!NO_HARD_LINKS.has(codeOf(error))) throw error;
    if ((await orMissing(() => lstat(path))) !== null) return refuseOtherBytes(path, digest);
    await rename(draft, path);
  }
}

/** exFAT and some network volumes have no hard links; there a check and a rename must do. */
const NO_HARD_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

async function refuseOtherBytes(path: string, digest: Digest): Promise<void> {
  const opened = await openObject(path);
  const hash = createHash('sha256');
  if (opened) for await (const chunk of readSlice(opened.handle, 0, opened.bytes - 1)) hash.update(chunk);
  if (hash.digest('hex') !== digest.sha256)
    throw new StorageError('CONFLICT', 'The key holds other bytes already.');
}

async function openObject(path: string): Promise<{ handle: FileHandle; bytes: number } | null> {
  const handle = await orMissing(async () => {
    await refuseLinks(dirname(path));
    return open(path, READ_ONLY);
  });
  if (handle === null) return null;
  try {
    const found = await handle.stat();
    if (!found.isFile()) throw notAFile();
    return { handle, bytes: found.size };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Reads on demand alone, and closes the file at the end, at an error, and when the reader goes away. */
function readSlice(handle: FileHandle, start: number, end: number): ReadableStream<Uint8Array> {
  let at = start;
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const wanted = Math.min(READ_BYTES, end + 1 - at);
          if (wanted > 0) {
            const { bytesRead, buffer } = await handle.read(new Uint8Array(wanted), 0, wanted, at);
            if (bytesRead === 0)
              throw new StorageError('CORRUPT', 'The file became shorter while it was read.');
            at += bytesRead;
            controller.enqueue(buffer.subarray(0, bytesRead));
          }
          if (at > end) {
            await handle.close();
            controller.close();
          }
        } catch (error) {
          await handle.close();
          throw asStorageError(error);
        }
      },
      cancel: () => handle.close(),
    },
    { highWaterMark: 0 },
  );
  forgotten.register(stream, handle);
  return stream;
}

/**
 * A response that nobody reads or cancels takes its stream along when it is collected. Node ends the process for a
 * file handle lost in this way, so the registry keeps the handle alive and closes it.
 */
const forgotten = new FinalizationRegistry((handle: FileHandle) => {
  handle.close().catch((error: unknown) => log.error('a file that nobody read could not be closed', error));
});

/** The keys' shape already rules out `..`; this catches a folder that was replaced by a link to elsewhere. */
async function refuseLinks(folder: string): Promise<void> {
  if ((await realpath(folder)) !== folder)
    throw new StorageError('UNSAFE', 'A storage folder is a symbolic link.');
}

async function* foldersIn(path: string): AsyncIterable<string> {
  for await (const entry of await opendir(path)) if (entry.isDirectory()) yield entry.name;
}

async function flushFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return; // a folder cannot be opened for flushing there
  const handle = await open(path, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
