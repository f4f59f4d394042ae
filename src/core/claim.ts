/**
 * A guest's library that comes into an account. A claim is whole or not at all; what it brought can go back to a
 * guest session for seven days.
 */
import { z } from 'zod';

export const ClaimId = z.uuid().brand<'ClaimId'>();
export type ClaimId = z.infer<typeof ClaimId>;

export const UNDO_CLAIM_DAYS = 7;

/** What a library holds that a person would miss. Trashed items count among `trashed` alone. */
export const ClaimCounts = z.object({
  images: z.int(),
  videos: z.int(),
  collections: z.int(),
  trashed: z.int(),
  /** Generations still under way: their results arrive wherever the library is by then. */
  unfinished: z.int(),
});
export type ClaimCounts = z.infer<typeof ClaimCounts>;
