import type { Server } from '../context.ts';
import { StorageError, type Backend, type Storage } from './port.ts';

/** What knows every place where bytes may be. */
export type Places = Pick<Server, 'storage' | 'otherStorage'>;

/**
 * The storage that holds an object, by its row in the ledger: `STORAGE` says only where new bytes go.
 * @throws StorageError UNCONFIGURED when this server has no access to that backend.
 */
export async function storageOf(places: Places, backend: Backend): Promise<Storage> {
  if (backend === places.storage.backend) return places.storage;
  const other = await places.otherStorage(backend);
  if (other === null)
    throw new StorageError('UNCONFIGURED', `The storage "${backend}" is not configured on this server.`);
  return other;
}
