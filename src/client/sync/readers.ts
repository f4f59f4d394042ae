/**
 * Tells files that another tab still reads from those of a page that is gone: a page that reads holds a lock of its own
 * name for as long as it lives. Without Web Locks (plain http) every other page counts as gone, until its files come in.
 */
import { newRequestId } from '../ids.ts';
import { tryLock } from './cross-tab.ts';

export type Readers = {
  /** @returns The name of this page, whose lock it holds from then on. */
  join: () => Promise<string>;
  /** @returns All that are known to be gone, or null when there is none to add. */
  findGone: (pages: ReadonlySet<string>) => Promise<ReadonlySet<string> | null>;
};

const lockOf = (page: string) => `afterimage:reading:${page}`;

/** @param leaving Aborts when this page reads no more. */
export function createReaders(leaving: AbortSignal): Readers {
  const own = newRequestId();
  const gone = new Set<string>();
  let joining: Promise<string> | null = null;

  async function join(): Promise<string> {
    const held = Promise.withResolvers<void>();
    const left = new Promise<void>((resolve) => {
      if (leaving.aborted) resolve();
      leaving.addEventListener('abort', () => resolve());
    });
    void tryLock(lockOf(own), () => {
      held.resolve();
      return left;
    });
    await held.promise;
    return own;
  }

  return {
    join: () => (joining ??= join()),
    findGone: async (pages) => {
      const before = gone.size;
      for (const page of pages) {
        if (page !== own && !gone.has(page)) await tryLock(lockOf(page), async () => void gone.add(page));
      }
      return gone.size > before ? new Set(gone) : null;
    },
  };
}
