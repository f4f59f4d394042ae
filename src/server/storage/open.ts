import path from 'node:path';
import { readUploadThingToken, STORAGE_NEEDS, type Env } from '#env';
import { createDiskStorage } from './disk.ts';
import { BACKENDS, type Backend, type Storage } from './port.ts';

type Variable =
  | 'S3_ENDPOINT'
  | 'S3_BUCKET'
  | 'S3_KEY'
  | 'S3_SECRET'
  | 'UPLOADTHING_TOKEN'
  | 'IMAGEKIT_PRIVATE_KEY'
  | 'IMAGEKIT_URL_ENDPOINT'
  | 'CLOUDINARY_URL';

type Settings = Pick<Env, 'STORAGE' | 'DATA_DIR' | 'S3_REGION' | 'UPLOADTHING_ACL' | Variable>;

/** The storage that `STORAGE` names: where new bytes go. */
export const openStorage = (env: Settings): Promise<Storage> => openBackend(env, env.STORAGE);

/** Every backend whose variables are all set, whichever of them `STORAGE` names. */
export const configuredBackends = (env: Settings): Backend[] =>
  BACKENDS.filter((backend) => STORAGE_NEEDS[backend].every((name) => env[name] !== undefined));

/** Opens a configured backend at its first use, once; null for one that is not. */
export function openOtherStorage(env: Settings): (backend: Backend) => Promise<Storage | null> {
  const opened = new Map<Backend, Promise<Storage>>();
  const configured = configuredBackends(env);
  return async (backend) => {
    if (!configured.includes(backend)) return null;
    const storage = opened.get(backend) ?? openBackend(env, backend);
    opened.set(backend, storage);
    // One that could not be opened is tried anew by the next who asks.
    storage.catch(() => opened.delete(backend));
    return storage;
  };
}

/** Each backend loads its vendor's client only when it is used. */
async function openBackend(env: Settings, backend: Backend): Promise<Storage> {
  const folder = path.join(env.DATA_DIR, 'storage');
  const options = { folder: path.join(folder, 'temporary') };
  switch (backend) {
    case 'disk':
      return createDiskStorage(folder);
    case 's3': {
      const { createS3Storage } = await import('./s3.ts');
      const settings = {
        endpoint: need(env, 'S3_ENDPOINT'),
        bucket: need(env, 'S3_BUCKET'),
        accessKeyId: need(env, 'S3_KEY'),
        secretAccessKey: need(env, 'S3_SECRET'),
        ...(env.S3_REGION && { region: env.S3_REGION }),
      };
      return createS3Storage(settings, options);
    }
    case 'uploadthing': {
      const { createUploadThingStorage } = await import('./uploadthing.ts');
      const settings = { token: need(env, 'UPLOADTHING_TOKEN'), acl: env.UPLOADTHING_ACL };
      return createUploadThingStorage(settings, options);
    }
    case 'imagekit': {
      const { createImageKitStorage } = await import('./imagekit.ts');
      const settings = {
        privateKey: need(env, 'IMAGEKIT_PRIVATE_KEY'),
        urlEndpoint: need(env, 'IMAGEKIT_URL_ENDPOINT'),
      };
      return createImageKitStorage(settings, options);
    }
    case 'cloudinary': {
      const { createCloudinaryStorage } = await import('./cloudinary.ts');
      return createCloudinaryStorage({ url: need(env, 'CLOUDINARY_URL') }, options);
    }
  }
}

/** The origins of the storages that browsers speak to; pages have to allow them. */
export const storageOrigins = (env: Settings): string[] =>
  configuredBackends(env).flatMap((backend) => originsOf(env, backend));

function originsOf(env: Settings, backend: Backend): string[] {
  switch (backend) {
    case 's3':
      return [new URL(need(env, 'S3_ENDPOINT')).origin];
    case 'uploadthing': {
      const token = readUploadThingToken(need(env, 'UPLOADTHING_TOKEN'));
      // Where files are read, and where browsers send them.
      return token
        ? [`https://${token.appId}.ufs.sh`, `https://${token.regions[0]}.${token.ingestHost}`]
        : [];
    }
    case 'imagekit':
      return [new URL(need(env, 'IMAGEKIT_URL_ENDPOINT')).origin];
    case 'disk':
    case 'cloudinary':
      return [];
  }
}

function need(env: Settings, name: Variable): string {
  const value = env[name];
  if (value === undefined) throw new Error(`${name} must be set for this storage`);
  return value;
}
