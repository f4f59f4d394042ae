import { setTimeout as pause } from 'node:timers/promises';
import { log } from '../log.ts';
import { StorageError } from '../storage/port.ts';

/** Pauses between attempts in milliseconds, half a minute in all: a storage that restarts is back by then. */
export const OUTAGE_PAUSES: readonly number[] = [500, 1000, 2000, 4000, 8000, 16_000];

const isOutage = (error: unknown) =>
  error instanceof StorageError && (error.code === 'UNAVAILABLE' || error.code === 'FULL');

/**
 * Does work again while the storage is out of reach: what was made may have cost money, and is not thrown away for it.
 * @throws What the last attempt threw, or whatever is no outage at once; the signal's reason when it fires.
 */
export async function outlastOutage<T>(
  work: () => Promise<T>,
  signal: AbortSignal,
  pauses = OUTAGE_PAUSES,
): Promise<T> {
  for (const [attempt, length] of pauses.entries()) {
    try {
      return await work();
    } catch (error) {
      if (!isOutage(error)) throw error;
      if (attempt === 0) log.error('the storage is out of reach; what was made waits for it', error);
    }
    await pause(length, undefined, { signal });
  }
  return work();
}
