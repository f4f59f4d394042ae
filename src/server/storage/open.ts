import path from 'node:path';
import type { Env } from '#env';
import { createDiskStorage } from './disk.ts';
import type { Storage } from './port.ts';

type Settings = Pick<Env, 'STORAGE' | 'DATA_DIR' | StorageVariable>;

/** The storage that `STORAGE` names. Each backend loads its vendor's client only when it is the one. */
export async function openStorage(env: Settings): Promise<Storage> {
  const folder = path.join(env.DATA_DIR, 'storage');
  switch (env.STORAGE) {
    case 'disk':
      return createDiskStorage(folder);
    case 's3': {
      const { createS3Storage } = await import('./s3.ts');
      return createS3Storage(
        {
          endpoint: need(env, 'S3_ENDPOINT'),
          bucket: need(env, 'S3_BUCKET'),
          accessKeyId: need(env, 'S3_KEY'),
          secretAccessKey: need(env, 'S3_SECRET'),
          ...(env.S3_REGION && { region: env.S3_REGION }),
        },
        { folder: path.join(folder, 'temporary') },
      );
    }
  }
}

/** Where links of this storage lead; pages have to allow it. */
export function storageOrigins(env: Settings): string[] {
  switch (env.STORAGE) {
    case 'disk':
      return [];
    case 's3':
      return [new URL(need(env, 'S3_ENDPOINT')).origin];
  }
}

type StorageVariable = 'S3_ENDPOINT' | 'S3_BUCKET' | 'S3_KEY' | 'S3_SECRET' | 'S3_REGION';

function need(env: Settings, name: StorageVariable): string {
  const value = env[name];
  if (value === undefined) throw new Error(`${name} must be set for STORAGE=${env.STORAGE}`);
  return value;
}
