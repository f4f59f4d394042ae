import { StorageError } from './port.ts';

/** @throws StorageError UNAVAILABLE when the work takes longer; it is then left to its own end. */
export async function inTime<T>(work: Promise<T>, limitMs: number): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new StorageError('UNAVAILABLE', 'The storage did not answer in time.')),
    limitMs,
  );
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
