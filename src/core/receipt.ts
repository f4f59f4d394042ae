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

export const Receipt = z.object({
  id: ReceiptId,
  reason: PurgeReason,
  /** Purges within a minute share one. */
  requestedAt: z.iso.datetime(),
  counts: PurgeCounts,
  /** When the last byte was seen to be gone; null while some are there. */
  goneAt: z.iso.datetime().nullable(),
  /** What is still there, and why. Null once all of it is gone. */
  pending: z
    .object({
      files: z.number().int(),
      bytes: z.number().int(),
      why: z
        .enum(['soon', 'backup', 'refused', 'unreachable'])
        .describe(
          'soon: within a minute. backup: a backup is being made, which holds back every deletion until it ends. refused: the storage failed to delete them, and is asked again every minute. unreachable: they are in a storage that this server has no access to.',
        ),
    })
    .nullable(),
});
export type Receipt = z.infer<typeof Receipt>;

export const ListReceiptsInput = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z.string().max(200).optional(),
});
export type ListReceiptsInput = z.infer<typeof ListReceiptsInput>;

export const ReceiptPage = z.object({ items: z.array(Receipt), nextCursor: z.string().nullable() });
export type ReceiptPage = z.infer<typeof ReceiptPage>;
