import { NOBODYS_LIBRARY } from '#core/owner.ts';
import type { LibraryCtx } from '../context.ts';

/** Whose links are under way: those without a library share none, and are known by their network. */
export const subjectOf = ({ library }: Pick<LibraryCtx, 'library'>, network: string | null): string =>
  library === NOBODYS_LIBRARY ? (network ?? 'nobody') : library;

/**
 * Counts one more link that this server asks somebody for.
 * @param network Where the request came from.
 * @throws AppError RATE_LIMITED
 */
export async function countFetch(
  ctx: Pick<LibraryCtx, 'limits' | 'library'>,
  network: string | null,
): Promise<void> {
  await ctx.limits.take('fetch', subjectOf(ctx, network));
  await ctx.limits.take('fetchFrom', network);
}
