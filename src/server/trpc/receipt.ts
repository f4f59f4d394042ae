import { z } from 'zod';
import { ListReceiptsInput, Receipt, ReceiptId, ReceiptPage } from '#core/receipt.ts';
import { getReceipt, listReceipts } from '../receipt.ts';
import { ownerProcedure, router } from './init.ts';

const tags = ['receipts'];

export const receiptRouter = router({
  list: ownerProcedure
    .meta({
      openapi: {
        method: 'GET',
        path: '/receipts',
        tags,
        summary: 'List receipts of what was deleted for good, newest first',
        description:
          'What was purged within a minute shares a receipt. It says how much there was and when the last byte was seen to be gone, or what it waits for.',
      },
    })
    .input(ListReceiptsInput)
    .output(ReceiptPage)
    .query(({ ctx, input }) => listReceipts(ctx.library, input)),

  get: ownerProcedure
    .meta({ openapi: { method: 'GET', path: '/receipts/{id}', tags, summary: 'Get one receipt' } })
    .input(z.strictObject({ id: ReceiptId }))
    .output(Receipt)
    .query(({ ctx, input }) => getReceipt(ctx.library, input.id)),
});
