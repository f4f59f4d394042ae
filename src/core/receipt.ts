/**
 * A receipt says of a purge when it was asked for, how much it took, and that every byte was seen to be gone, or what it
 * still waits for. It names nothing of what is gone, and it is finished by the ledger of bytes alone.
 */
import { z } from 'zod';

export const ReceiptId = z.uuid().brand<'ReceiptId'>();
export type ReceiptId = z.infer<typeof ReceiptId>;

/** asked: by the person. trash: its days in the trash were over. */
export const PurgeReason = z.enum(['asked', 'trash']);
export type PurgeReason = z.infer<typeof PurgeReason>;

export const PurgeCounts = z.object({
  images: z.number().int(),
  videos: z.number().int(),
  files: z.number().int().describe('Originals and what was made from them.'),
  bytes: z.number().int(),
});
export type PurgeCounts = z.infer<typeof PurgeCounts>;
