import type { LibraryCtx } from '../context.ts';

/**
 * Counts one more link that this server asks somebody for.
 * @param network Where the request came from.
 * @throws AppError RATE_LIMITED
 */
export async function countFetch(
  ctx: Pick<LibraryCtx, 'limits' | 'library'>,
  network: string | null,
): Promise<void> {
  await ctx.limits.take('fetch', ctx.library);
  await ctx.limits.take('fetchFrom', network);
}
