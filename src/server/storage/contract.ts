/** What every backend must do, whatever it is made of: run on each of them by its own test file. */
import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { newStorageKey, StorageKey } from './keys.ts';
import type { ByteRange, Storage } from './port.ts';
import { verifyObject } from './verify.ts';

type Fixture = { storage: Storage; close(): Promise<void> };

/** `uncontested`: the vendor has no write on condition, so two writers of one key at once are not told apart. */
type Traits = { uncontested?: true };

/** The brand keeps forged keys out at compile time; this lends it to any text. */
const Unchecked = z.string().brand<'StorageKey'>();

const MIME = { mime: 'image/png' };
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

async function* inChunks(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.byteLength; at += size) yield bytes.subarray(at, at + size);
}

async function* breakingOff() {
  yield randomBytes(100_000);
  throw new Error('the sender left');
}

export function describeStorage(name: string, open: () => Promise<Fixture>, traits: Traits = {}): void {
  describe(`storage on ${name}`, () => {
    let fixture: Fixture;
    let storage: Storage;
    beforeAll(async () => {
      fixture = await open();
      ({ storage } = fixture);
    });
    afterAll(() => fixture.close());

    async function read(key: StorageKey, range?: ByteRange): Promise<Uint8Array | null> {
      const found = await storage.get(key, range);
      return found && buffer(found.stream);
    }

    async function keysListed(): Promise<string[]> {
      const keys: string[] = [];
      for await (const { key } of storage.list()) keys.push(key);
      return keys.sort();
    }

    describe('put', () => {
      it('keeps bytes, from an array, an iterable or a stream, and answers with their size and hash', async () => {
        const bytes = randomBytes(3_000_001);
        const bodies = [bytes, inChunks(bytes, 65_537), new Blob([bytes]).stream()];
        for (const body of bodies) {
          const key = newStorageKey();
          const digest = { bytes: bytes.byteLength, sha256: sha256(bytes) };
          expect(await storage.put(key, body, MIME)).toEqual(digest);
          expect(await storage.head(key)).toEqual({ bytes: bytes.byteLength });
          expect(await verifyObject(storage, key)).toEqual(digest);
          expect(Buffer.compare((await read(key)) ?? new Uint8Array(), bytes)).toBe(0);
        }
      });

      it('may be repeated with equal bytes, and refuses others without touching the first', async () => {
        const key = newStorageKey();
        const bytes = randomBytes(1000);
        const first = await storage.put(key, bytes, MIME);
        expect(await storage.put(key, bytes, MIME)).toEqual(first);
        await expect(storage.put(key, randomBytes(1000), MIME)).rejects.toMatchObject({ code: 'CONFLICT' });
        expect(await verifyObject(storage, key)).toEqual(first);
      });

      it.skipIf(traits.uncontested)('lets one of many concurrent writers of a key win, whole', async () => {
        const key = newStorageKey();
        const bodies = Array.from({ length: 8 }, () => randomBytes(200_000));
        const outcomes = await Promise.allSettled(bodies.map((body) => storage.put(key, body, MIME)));
        const won = outcomes.filter((outcome) => outcome.status === 'fulfilled');
        expect(won).toHaveLength(1);
        expect(await verifyObject(storage, key)).toEqual(won[0]?.value);
      });

      it('takes many keys at once', async () => {
        const bodies = Array.from({ length: 40 }, () => ({
          key: newStorageKey(),
          body: randomBytes(20_000),
        }));
        await Promise.all(bodies.map(({ key, body }) => storage.put(key, body, MIME)));
        for (const { key, body } of bodies) {
          expect((await verifyObject(storage, key))?.sha256).toBe(sha256(body));
        }
      });

      it.each([
        ['a source that breaks off', breakingOff, MIME, { message: 'the sender left' }],
        ['an empty source', () => new Uint8Array(), MIME, { code: 'EMPTY' }],
        ['an empty stream', () => inChunks(new Uint8Array(), 1), MIME, { code: 'EMPTY' }],
        [
          'more bytes than allowed',
          () => randomBytes(1001),
          { ...MIME, maxBytes: 1000 },
          { code: 'TOO_LARGE' },
        ],
        [
          'a stream of more bytes than allowed',
          () => inChunks(randomBytes(300_000), 1000),
          { ...MIME, maxBytes: 250_000 },
          { code: 'TOO_LARGE' },
        ],
        [
          'fewer bytes than announced',
          () => randomBytes(9),
          { ...MIME, bytes: 10 },
          { code: 'SIZE_MISMATCH' },
        ],
        [
          'more bytes than announced',
          () => randomBytes(11),
          { ...MIME, bytes: 10 },
          { code: 'SIZE_MISMATCH' },
        ],
      ])('leaves nothing behind after %s', async (_, body, options, error) => {
        const key = newStorageKey();
        await expect(storage.put(key, body(), options)).rejects.toMatchObject(error);
        expect(await storage.head(key)).toBeNull();
        expect(await storage.sweepTemporary(-1)).toBe(0);
      });

      it('lends an object as a file while it is used, and nothing for what is not there', async () => {
        const key = newStorageKey();
        const bytes = randomBytes(500_000);
        await storage.put(key, bytes, MIME);
        const found = await storage.lend(key, async (path) => Buffer.compare(await readFile(path), bytes));
        expect(found).toBe(0);
        expect(await storage.lend(newStorageKey(), async () => 'used')).toBeNull();
        const refused = storage.lend(key, () => Promise.reject(new Error('of no use')));
        await expect(refused).rejects.toThrow('of no use');
        expect(await verifyObject(storage, key)).toMatchObject({ sha256: sha256(bytes) });
        expect(await storage.sweepTemporary(-1)).toBe(0);
      });

      it('stops reading a source that is too large', async () => {
        let pulled = 0;
        let closed = false;
        async function* endless() {
          try {
            for (;;) {
              pulled += 1;
              yield new Uint8Array(1000);
            }
          } finally {
            closed = true;
          }
        }
        const put = storage.put(newStorageKey(), endless(), { ...MIME, maxBytes: 5000 });
        await expect(put).rejects.toMatchObject({ code: 'TOO_LARGE' });
        expect(pulled).toBeLessThan(20);
        expect(closed).toBe(true);
      });

      it('shows no part of an object while it is written', async () => {
        const key = newStorageKey();
        const half = Promise.withResolvers<void>();
        const rest = Promise.withResolvers<void>();
        async function* slow() {
          yield randomBytes(100_000);
          half.resolve();
          await rest.promise;
          yield randomBytes(100_000);
        }
        const put = storage.put(key, slow(), MIME);
        await half.promise;
        expect(await storage.head(key)).toBeNull();
        expect(await keysListed()).not.toContain(key);
        rest.resolve();
        await put;
        expect(await storage.head(key)).toEqual({ bytes: 200_000 });
      });
    });

    describe('get', () => {
      it('answers null for what is not there', async () => {
        const key = newStorageKey();
        expect(await storage.get(key)).toBeNull();
        expect(await storage.head(key)).toBeNull();
        expect(await verifyObject(storage, key)).toBeNull();
      });

      it.each([
        [0, 0],
        [0, 999_999],
        [1, 1],
        [262_143, 262_144],
        [500_000, 999_999],
        [999_999, 999_999],
      ])('reads bytes %i to %i, both counted', async (start, end) => {
        const key = newStorageKey();
        const bytes = randomBytes(1_000_000);
        await storage.put(key, bytes, MIME);
        const found = await storage.get(key, { start, end });
        expect(found?.bytes).toBe(1_000_000);
        const part = found && (await buffer(found.stream));
        expect(part?.byteLength).toBe(end - start + 1);
        expect(part?.equals(bytes.subarray(start, end + 1))).toBe(true);
      });

      it.each([
        [-1, 5],
        [5, 4],
        [0, 10],
        [10, 10],
        [0.5, 2],
        [Number.NaN, 2],
      ])('refuses bytes %d to %d of ten', async (start, end) => {
        const key = newStorageKey();
        await storage.put(key, randomBytes(10), MIME);
        await expect(storage.get(key, { start, end })).rejects.toMatchObject({ code: 'BAD_RANGE' });
      });

      it('may be left at any point', async () => {
        const key = newStorageKey();
        await storage.put(key, randomBytes(2_000_000), MIME);
        const reader = (await storage.get(key))?.stream.getReader();
        await reader?.read();
        await expect(reader?.cancel()).resolves.toBeUndefined();
        const unread = await storage.get(key);
        await expect(unread?.stream.cancel()).resolves.toBeUndefined();
      });
    });

    it('deletes, and does not mind doing so twice', async () => {
      const key = newStorageKey();
      await storage.put(key, randomBytes(10), MIME);
      await storage.delete(key);
      expect(await storage.head(key)).toBeNull();
      expect(await storage.get(key)).toBeNull();
      await storage.delete(key);
      await storage.delete(newStorageKey());
    });

    it('lists each object once, with its size and time', async () => {
      const before = await keysListed();
      const added = [newStorageKey(), newStorageKey()];
      const since = Date.now();
      for (const key of added) await storage.put(key, randomBytes(77), MIME);
      const found = [];
      for await (const object of storage.list()) if (!before.includes(object.key)) found.push(object);
      expect(found.map(({ key }) => key).sort()).toEqual(added.sort());
      for (const { bytes, modifiedAt } of found) {
        expect(bytes).toBe(77);
        // File systems keep time in their own grain; two seconds is the coarsest in use.
        expect(modifiedAt.getTime()).toBeGreaterThan(since - 2000);
      }
    });

    it('is ready, and leaves no trace of the question', async () => {
      const before = await keysListed();
      await storage.check();
      expect(await keysListed()).toEqual(before);
    });

    it('meets only keys of one shape', async () => {
      for (const forged of FORGED_KEYS) {
        expect(StorageKey.safeParse(forged).success).toBe(false);
        const key = Unchecked.parse(forged);
        await expect(storage.put(key, randomBytes(1), MIME)).rejects.toMatchObject({ code: 'BAD_KEY' });
        await expect(storage.get(key)).rejects.toMatchObject({ code: 'BAD_KEY' });
        await expect(storage.head(key)).rejects.toMatchObject({ code: 'BAD_KEY' });
        await expect(storage.delete(key)).rejects.toMatchObject({ code: 'BAD_KEY' });
      }
    });
  });
}

const GOOD = 'ab/cd/abcdefghijklmnopqrstuvwxyz';
const STEPS = [
  '..',
  '.',
  '%2e%2e',
  '..%2f',
  '%2e%2e%2f',
  '..%c0%af',
  '%252e%252e',
  '．．',
  '....',
  '..;',
  '..\0',
  ' ..',
];
const TARGETS = [
  'etc/passwd',
  'root/.ssh/id_rsa',
  'C:\\Windows\\win.ini',
  'temporary/x',
  'ab/cd/abcdefghijklmnopqrstuvwxyz',
];
const FORGED_KEYS = [
  '',
  '/',
  'ab',
  'ab/cd',
  'ab/cd/',
  `/${GOOD}`,
  `${GOOD}/`,
  `${GOOD}\n`,
  `\n${GOOD}`,
  `${GOOD}\0`,
  `${GOOD}.png`,
  `${GOOD}a`,
  GOOD.slice(0, -1),
  GOOD.toUpperCase(),
  GOOD.replaceAll('/', '\\'),
  GOOD.replaceAll('/', '%2f'),
  GOOD.replaceAll('/', '∕'),
  'ab//cd/abcdefghijklmnopqrstuvwxyz',
  'ab/../abcdefghijklmnopqrstuvwxyz',
  '../cd/abcdefghijklmnopqrstuvwxyz',
  'ab/cd/../../abcdefghijklmnopqrst',
  'ab/cd/1bcdefghijklmnopqrstuvwxyz',
  'file:///etc/passwd',
  '\\\\server\\share\\x',
  'con/nul/aux',
  ...STEPS.flatMap((step) =>
    TARGETS.flatMap((target) => [
      `${step}/${target}`,
      `${step}/${step}/${target}`,
      `ab/${step}/${target}`,
      `${step}\\${target}`,
    ]),
  ),
];
