/** Whether a storage answers at all: what cannot be asked is not missing, and nobody may be told that it is. */
import { AppError } from '#core/errors.ts';
import { inTime } from './in-time.ts';
import type { StorageKey } from './keys.ts';
import { storageOf, type Places } from './place.ts';
import { StorageError, type Backend } from './port.ts';

/** How long anybody waits for the answer to whether a storage answers, in milliseconds. */
export const LIMIT_MS = 10_000;

export const isOutOfReach = (error: unknown): error is StorageError =>
  error instanceof StorageError && (error.code === 'UNAVAILABLE' || error.code === 'UNCONFIGURED');

/** What somebody is told who wanted to read; every other error passes through. */
export function readFailure(
  error: unknown,
  message = 'The storage does not answer just now. Your pictures are kept: try again later.',
): unknown {
  return isOutOfReach(error) ? new AppError('UNAVAILABLE', message, { cause: error }) : error;
}

/**
 * Asks for objects that should be there, until one question is answered, be it with no: of several, one alone may be
 * what the storage cannot read.
 * @throws StorageError when none is answered in time.
 */
export async function reachStorage(
  places: Places,
  backend: Backend,
  keys: StorageKey[],
  limitMs = LIMIT_MS,
): Promise<void> {
  const storage = await inTime(storageOf(places, backend), limitMs);
  const asked = keys.map((key) =>
    storage.head(key).catch((error: unknown) => {
      if (isOutOfReach(error)) throw error;
    }),
  );
  if (asked.length === 0) return;
  await inTime(Promise.any(asked), limitMs).catch((error: unknown) => {
    throw error instanceof AggregateError ? error.errors[0] : error;
  });
}
