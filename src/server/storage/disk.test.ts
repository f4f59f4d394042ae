import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collectGarbage } from '../testing/held-memory.ts';
import { describeStorage } from './contract.ts';
import { createDiskStorage } from './disk.ts';
import { newStorageKey, StorageKey } from './keys.ts';
import type { Storage } from './port.ts';

const MIME = { mime: 'image/png' };
const newFolder = () => mkdtemp(join(tmpdir(), 'afterimage-disk-'));

describeStorage('disk', async () => {
  const folder = await newFolder();
  return {
    storage: await createDiskStorage(folder),
    close: () => rm(folder, { recursive: true, force: true }),
  };
});

const filesIn = async (path: string) =>
  (await readdir(path, { recursive: true, withFileTypes: true })).filter((entry) => !entry.isDirectory());

async function replaceByLink(path: string, target: string) {
  await rm(path, { recursive: true });
  await symlink(target, path);
}

const openFilesAfterCollecting = async () => {
  collectGarbage();
  return (await readdir('/proc/self/fd')).length;
};

describe('the disk', () => {
  let folder: string;
  let storage: Storage;
  beforeEach(async () => {
    folder = await newFolder();
    storage = await createDiskStorage(folder);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** A process that writes one object with this module; `body` is the source of an expression. */
  const writer = (key: string, body: string) => `
    import { createDiskStorage } from ${JSON.stringify(join(import.meta.dirname, 'disk.ts'))};
    const storage = await createDiskStorage(${JSON.stringify(folder)});
    try {
      await storage.put(${JSON.stringify(key)}, ${body}, { mime: 'image/png' });
    } catch (error) {
      console.log(error.code);
    }
  `;

  it('shows nothing of a write whose process was killed, and sweeps what is left of it', async () => {
    const key = newStorageKey();
    const slow = `(async function* () {
      yield new Uint8Array(300_000);
      console.log('half');
      await new Promise(() => setInterval(() => {}, 1000));
    })()`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', writer(key, slow)]);
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'close');

    expect(await storage.head(key)).toBeNull();
    expect(await filesIn(join(folder, 'temporary'))).toHaveLength(1);
    expect(await storage.sweepTemporary(60_000)).toBe(0);
    expect(await storage.sweepTemporary(-1)).toBe(1);
    expect(await filesIn(folder)).toHaveLength(0);
    await storage.put(key, randomBytes(10), MIME);
    expect(await storage.head(key)).toEqual({ bytes: 10 });
  });

  it('sweeps by age', async () => {
    const old = join(folder, 'temporary', 'old');
    await writeFile(old, 'x');
    await writeFile(join(folder, 'temporary', 'new'), 'x');
    await utimes(old, 1_000_000, 1_000_000);
    expect(await storage.sweepTemporary(3_600_000)).toBe(1);
    expect(await readdir(join(folder, 'temporary'))).toEqual(['new']);
  });

  it.skipIf(process.platform === 'win32')(
    'says FULL when no more can be written, and leaves nothing',
    async () => {
      // A limit on the size of files stands in for a full volume: the same call fails, with another code.
      const script = writer(newStorageKey(), 'new Uint8Array(5_000_000)');
      const limited = [
        '-c',
        'ulimit -f 1000; exec "$0" "$@"',
        process.execPath,
        '--input-type=module',
        '-e',
        script,
      ];
      const { stdout } = await promisify(execFile)('sh', limited);
      expect(stdout.trim()).toBe('FULL');
      expect(await filesIn(folder)).toHaveLength(0);
    },
  );

  it.skipIf(process.platform === 'win32')('follows no link, in whichever place', async () => {
    const outside = join(folder, 'outside');
    await mkdir(outside);
    const secret = join(outside, 'abcdefghijklmnopqrstuvwxyz');
    await writeFile(secret, 'secret');
    const linkedFile = await storedAt('aa/aa');
    const linkedFolder = await storedAt('bb/bb');
    const linkedShard = await storedAt('cc/cc');
    await mkdir(join(outside, 'cc'));
    await writeFile(join(outside, 'cc', 'abcdefghijklmnopqrstuvwxyz'), 'secret');

    await replaceByLink(join(folder, 'objects', linkedFile), secret);
    await replaceByLink(join(folder, 'objects', 'bb', 'bb'), outside);
    await replaceByLink(join(folder, 'objects', 'cc'), outside);

    for (const key of [linkedFile, linkedFolder, linkedShard]) {
      await expect(storage.get(key)).rejects.toMatchObject({ code: 'UNSAFE' });
      await expect(storage.head(key)).rejects.toMatchObject({ code: 'UNSAFE' });
      await expect(storage.put(key, randomBytes(9), MIME)).rejects.toMatchObject({ code: 'UNSAFE' });
    }
    for (const key of [linkedFolder, linkedShard]) {
      await expect(storage.delete(key)).rejects.toMatchObject({ code: 'UNSAFE' });
    }
    const listed = [];
    for await (const { key } of storage.list()) listed.push(key);
    expect(listed).toEqual([]);
    await storage.delete(linkedFile);
    expect(await readFile(secret, 'utf8')).toBe('secret');
    expect(await storage.sweepTemporary(-1)).toBe(0);
  });

  async function storedAt(shard: string) {
    const key = StorageKey.parse(`${shard}/abcdefghijklmnopqrstuvwxyz`);
    await storage.put(key, Buffer.from(shard), MIME);
    return key;
  }

  it('reports a file that was cut off behind its back instead of ending early', async () => {
    const key = newStorageKey();
    await storage.put(key, randomBytes(1_000_000), MIME);
    const found = await storage.get(key);
    await truncate(join(folder, 'objects', key), 300_000);
    const drain = async () => {
      for await (const chunk of found?.stream ?? []) expect(chunk.byteLength).toBeGreaterThan(0);
    };
    await expect(drain()).rejects.toMatchObject({ code: 'CORRUPT' });
  });

  it.runIf(process.platform === 'linux')('closes every file, however its reader ended', async () => {
    const key = newStorageKey();
    await storage.put(key, randomBytes(1_000_000), MIME);
    const before = (await readdir('/proc/self/fd')).length;
    for (let round = 0; round < 50; round += 1) {
      const whole = await storage.get(key);
      for await (const _ of whole?.stream ?? []);
      const left = (await storage.get(key))?.stream.getReader();
      await left?.read();
      await left?.cancel();
      await (await storage.get(key, { start: 5, end: 9 }))?.stream.cancel();
      await expect(storage.get(key, { start: 5, end: 9_000_000 })).rejects.toThrow('No bytes');
      for await (const _ of (await storage.get(key))?.stream ?? []) break;
    }
    expect((await readdir('/proc/self/fd')).length).toBeLessThanOrEqual(before + 2);
  });

  it.runIf(process.platform === 'linux')('closes the files of streams that nobody ended', async () => {
    const key = newStorageKey();
    await storage.put(key, randomBytes(1_000_000), MIME);
    const before = (await readdir('/proc/self/fd')).length;
    for (let round = 0; round < 20; round += 1) {
      await storage.get(key);
      await (await storage.get(key))?.stream.getReader().read();
    }
    await expect.poll(openFilesAfterCollecting, { timeout: 5000 }).toBeLessThanOrEqual(before + 2);
  });

  it('is not ready when its folder is gone', async () => {
    await rm(folder, { recursive: true });
    await expect(storage.check()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});

describe('storage keys', () => {
  it('are random and spread', () => {
    const keys = Array.from({ length: 2000 }, newStorageKey);
    expect(new Set(keys).size).toBe(2000);
    expect(new Set(keys.map((key) => key.slice(0, 2))).size).toBeGreaterThan(500);
    expect(new Set(keys.join('').replaceAll('/', '')).size).toBe(32);
  });
});
