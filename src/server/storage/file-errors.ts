import { StorageError } from './port.ts';

export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

export function ignoreMissing(error: unknown): void {
  if (codeOf(error) !== 'ENOENT') throw asStorageError(error);
}

export async function orMissing<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    ignoreMissing(error);
    return null;
  }
}

export const notAFile = () =>
  new StorageError('UNSAFE', 'The key leads to something that is not a plain file.');

/** Errors of the file system become ours; others, such as a request that broke off, pass as they are. */
export function asStorageError(error: unknown): unknown {
  if (error instanceof StorageError || !(error instanceof Error) || !('syscall' in error)) return error;
  switch (codeOf(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return new StorageError('FULL', 'No space is left in the storage folder.', error);
    case 'ELOOP':
      return notAFile();
    default:
      return new StorageError('UNAVAILABLE', 'The storage folder cannot be used.', error);
  }
}
