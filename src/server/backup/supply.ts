import path from 'node:path';
import { openShelf, readManifest, readObjects } from './manifest.ts';
import type { StorageKey } from '../storage/keys.ts';

/** Bytes by their hash, unread as yet: whoever takes them hashes them. Null when the backup has none such. */
export type Supply = (sha256: string) => Promise<ReadableStream<Uint8Array> | null>;

/** By hash and not by key: what was moved to another storage since then has another key. @throws Error as `readManifest`. */
export async function openSupply(dir: string): Promise<Supply> {
  const { folder, objects } = await readManifest(dir);
  const keys = new Map<string, StorageKey>();
  for await (const { sha256, key } of readObjects(path.join(dir, folder, objects.file)))
    keys.set(sha256, key);
  const shelf = await openShelf(dir);
  return async (sha256) => {
    const key = keys.get(sha256);
    return (key && (await shelf.get(key))?.stream) ?? null;
  };
}
