import { createHash } from 'node:crypto';
import type { StorageKey } from './keys.ts';
import type { Digest, Storage } from './port.ts';

/** Reads an object back and hashes what the backend really holds; null when it holds nothing under the key. */
export async function verifyObject(storage: Storage, key: StorageKey): Promise<Digest | null> {
  const object = await storage.get(key);
  if (object === null) return null;
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of object.stream) {
    hash.update(chunk);
    bytes += chunk.byteLength;
  }
  return { bytes, sha256: hash.digest('hex') };
}
