import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDiskStorage } from './disk.ts';
import { newStorageKey } from './keys.ts';
import { StorageError, type Storage } from './port.ts';
import { inTime } from './in-time.ts';
import { reachStorage } from './reach.ts';

let folder = '';
let disk: Storage;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'afterimage-reach-'));
  disk = await createDiskStorage(folder);
});
afterAll(() => rm(folder, { recursive: true }));

test('what never answers is not waited for longer than was said', async () => {
  await expect(inTime(new Promise<never>(() => {}), 5)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  await expect(inTime(Promise.resolve('an answer'), 60_000)).resolves.toBe('an answer');
});

test('a storage is reached when one of its objects can be asked for, be it missing', async () => {
  const [bad, good] = [newStorageKey(), newStorageKey()];
  const down = new StorageError('UNAVAILABLE', 'The storage answered 500.');
  const storage: Storage = {
    ...disk,
    async head(key) {
      if (key === bad) throw down;
      return disk.head(key);
    },
  };
  const places = { storage, otherStorage: async () => null };
  const reach = (...keys: (typeof bad)[]) => reachStorage(places, 'disk', keys);
  await expect(reach(bad, good)).resolves.toBeUndefined();
  await expect(reach(bad)).rejects.toBe(down);
  await expect(reachStorage(places, 's3', [good])).rejects.toMatchObject({
    code: 'UNCONFIGURED',
  });
});
