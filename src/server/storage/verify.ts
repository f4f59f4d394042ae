import { createHash, randomBytes } from 'node:crypto';
import { newStorageKey, StorageKey } from './keys.ts';
import { StorageError, type Digest, type Storage } from './port.ts';

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

const PROBE = 'pr/ob/';

/** Whether an object is no one's but a question whether the storage is ready; it lives for seconds. */
export const isProbe = (key: StorageKey) => key.startsWith(PROBE);

/** Writes, reads back and deletes a small object, and sees that it is gone. */
export async function probeStorage(storage: Storage): Promise<void> {
  const probe = StorageKey.parse(PROBE + newStorageKey().slice(6));
  try {
    const written = await storage.put(probe, randomBytes(64), { mime: 'application/octet-stream' });
    const read = await verifyObject(storage, probe);
    if (read?.sha256 !== written.sha256)
      throw new StorageError('CORRUPT', 'Storage does not return what was written.');
  } finally {
    await storage.delete(probe);
  }
  if ((await storage.head(probe)) !== null)
    throw new StorageError('CORRUPT', 'Storage does not delete what it says is deleted.');
}
