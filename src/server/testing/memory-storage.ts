import { createHash } from 'node:crypto';
import type { StorageKey } from '../storage/keys.ts';
import { StorageError, type ByteSource, type Digest, type Storage } from '../storage/port.ts';

async function readAll(body: ByteSource): Promise<Uint8Array<ArrayBuffer>> {
  if (body instanceof Uint8Array) return new Uint8Array(body);
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  return new Uint8Array(Buffer.concat(parts));
}

/** Whole objects in memory, for thousands of small ones that need not survive. Knows no ranges, links and files. */
export function createMemoryStorage(): Storage {
  const objects = new Map<StorageKey, { bytes: Uint8Array<ArrayBuffer>; modifiedAt: Date }>();
  return {
    backend: 'disk',
    async put(key, body): Promise<Digest> {
      const bytes = await readAll(body);
      if (objects.has(key)) throw new StorageError('CONFLICT', 'The key holds bytes already.');
      objects.set(key, { bytes, modifiedAt: new Date() });
      return { bytes: bytes.byteLength, sha256: createHash('sha256').update(bytes).digest('hex') };
    },
    async get(key, range) {
      if (range) throw new StorageError('BAD_RANGE', 'Whole objects only.');
      const found = objects.get(key);
      return found ? { bytes: found.bytes.byteLength, stream: new Blob([found.bytes]).stream() } : null;
    },
    async head(key) {
      const found = objects.get(key);
      return found ? { bytes: found.bytes.byteLength } : null;
    },
    lend: () => Promise.reject(new StorageError('UNAVAILABLE', 'There are no files here.')),
    async delete(key) {
      objects.delete(key);
    },
    async *list() {
      for (const [key, { bytes, modifiedAt }] of objects) yield { key, bytes: bytes.byteLength, modifiedAt };
    },
    link: async () => null,
    sweepTemporary: async () => 0,
    check: async () => {},
  };
}
