import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDiskStorage } from '../disk.ts';
import type { StorageKey } from '../keys.ts';
import { StorageError, type Backend, type Storage } from '../port.ts';
import { probeStorage } from '../verify.ts';
import { altered, bytesKept, type StoreFault } from './faults.ts';
import type { StandIn } from './stand-in.ts';

/** A backend over a store that can be told to fail, and that holds nothing yet. */
export type Fixture = {
  storage: Storage;
  setFault(fault: StoreFault | null): void;
  close(): Promise<void>;
};

const newFolder = () => mkdtemp(join(tmpdir(), 'afterimage-storage-'));

export const FIXTURES: Record<Backend, (timeoutMs?: number) => Promise<Fixture>> = {
  disk: openDisk,
  async s3(timeoutMs) {
    const [{ createS3Storage }, { BUCKET, openS3, S3_KEYS }] = await Promise.all([
      import('../s3.ts'),
      import('./s3.ts'),
    ]);
    return overHttp(await openS3(), timeoutMs, ({ origin }, options) =>
      createS3Storage({ endpoint: origin, bucket: BUCKET, ...S3_KEYS }, options),
    );
  },
  async uploadthing(timeoutMs) {
    const [{ createUploadThingStorage }, { addressesOf, openUploadThing, UPLOADTHING_TOKEN }] =
      await Promise.all([import('../uploadthing.ts'), import('./uploadthing.ts')]);
    return overHttp(await openUploadThing(), timeoutMs, (standIn, options) => {
      const settings = { token: UPLOADTHING_TOKEN, acl: 'private' as const, ...addressesOf(standIn) };
      return createUploadThingStorage(settings, options);
    });
  },
  async imagekit(timeoutMs) {
    const [{ createImageKitStorage }, { DELIVERY, openImageKit, PRIVATE_KEY }] = await Promise.all([
      import('../imagekit.ts'),
      import('./imagekit.ts'),
    ]);
    return overHttp(await openImageKit(), timeoutMs, ({ origin }, options) => {
      const settings = { privateKey: PRIVATE_KEY, urlEndpoint: origin + DELIVERY, baseURL: origin };
      return createImageKitStorage(settings, options);
    });
  },
  async cloudinary(timeoutMs) {
    const { openCloudinary, urlOf } = await import('./cloudinary.ts');
    const standIn = await openCloudinary();
    // Its client chooses between http and https when it is loaded, by this variable.
    process.env['CLOUDINARY_URL'] = urlOf(standIn);
    const { createCloudinaryStorage } = await import('../cloudinary.ts');
    return overHttp(standIn, timeoutMs, (server, options) =>
      createCloudinaryStorage({ url: urlOf(server) }, options),
    );
  },
};

async function overHttp(
  standIn: StandIn,
  timeoutMs: number | undefined,
  create: (standIn: StandIn, options: { folder: string; timeoutMs?: number }) => Promise<Storage>,
): Promise<Fixture> {
  const folder = await newFolder();
  return {
    storage: await create(standIn, { folder, ...(timeoutMs && { timeoutMs }) }),
    setFault(fault) {
      standIn.fault = fault;
    },
    async close() {
      await standIn.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The real disk, whose files change behind its back. */
async function openDisk(): Promise<Fixture> {
  const folder = await newFolder();
  const real = await createDiskStorage(folder);
  let fault: StoreFault | null = null;
  const pathOf = (key: StorageKey) => join(folder, 'objects', key);

  function fail(): void {
    if (fault === 'answers 500' || fault === 'never answers')
      throw new StorageError('UNAVAILABLE', 'The disk does not answer.');
  }

  const storage: Storage = {
    ...real,
    async put(key, body, options) {
      fail();
      if (fault === 'is full') throw new StorageError('FULL', 'No space is left in the storage folder.');
      const digest = await real.put(key, body, options);
      const kept = bytesKept(fault, await readFile(pathOf(key)));
      if (kept) await writeFile(pathOf(key), kept);
      else await rm(pathOf(key));
      return digest;
    },
    async get(key, range) {
      fail();
      if (fault === 'serves other bytes') await writeFile(pathOf(key), altered(await readFile(pathOf(key))));
      return real.get(key, range);
    },
    async head(key) {
      fail();
      return real.head(key);
    },
    async delete(key) {
      fail();
      if (fault === 'refuses deletes') throw new StorageError('UNAVAILABLE', 'The disk cannot be written.');
      if (fault !== 'keeps what it deletes') await real.delete(key);
    },
    check: () => probeStorage(storage),
  };
  return {
    storage,
    setFault(next) {
      fault = next;
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
