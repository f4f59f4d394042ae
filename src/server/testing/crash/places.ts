import { createDiskStorage } from '../../storage/disk.ts';
import type { Storage } from '../../storage/port.ts';

export type Folders = { disk: string; s3: string; scratch: string };

/** Two storages that outlive their process: the second is a disk too, under another backend's name. */
export async function openPlaces(folders: Folders): Promise<{ disk: Storage; s3: Storage }> {
  const [disk, s3] = await Promise.all([createDiskStorage(folders.disk), createDiskStorage(folders.s3)]);
  return { disk, s3: { ...s3, backend: 's3' } };
}
