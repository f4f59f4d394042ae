import { tracked } from '@trpc/server';
import type { Cursor } from '#core/sync.ts';
import type { LibraryCtx } from '../context.ts';
import { readCursor } from './changes.ts';

/** How often a stream looks whether its credential still holds although nothing changed, in milliseconds. */
const RECHECK = 60_000;

/**
 * A hint whenever the library has changed, at first at once. Changes that come while one is being told are told as
 * one.
 * @param isAllowed Asked before every hint and once a minute: a stream ends with the session that opened it.
 */
export async function* streamPokes(
  ctx: LibraryCtx,
  signal: AbortSignal | undefined,
  isAllowed: () => Promise<boolean>,
) {
  let due = Promise.withResolvers<void>();
  const poke = () => due.resolve();
  const unsubscribe = ctx.pokes.subscribe(ctx.library, poke);
  signal?.addEventListener('abort', poke);
  const recheck = setInterval(poke, RECHECK);
  let told: Cursor | null = null;
  try {
    for (;;) {
      due = Promise.withResolvers<void>();
      if (signal?.aborted || !(await isAllowed())) return;
      const cursor: Cursor = await readCursor(ctx);
      if (cursor !== told) {
        told = cursor;
        yield tracked(cursor, { cursor });
      }
      await due.promise;
    }
  } finally {
    clearInterval(recheck);
    unsubscribe();
    signal?.removeEventListener('abort', poke);
  }
}
