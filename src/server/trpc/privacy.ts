/** Taking everything along, and having it deleted. The archive itself is bytes: `GET /api/v1/export`. */
import { z } from 'zod';
import { DeleteAccountInput, Erasure } from '#core/account.ts';
import { LibraryId } from '#core/owner.ts';
import { whyRefused } from '../privacy/export-files.ts';
import { summariseLibrary } from '../privacy/export.ts';
import {
  eraseGuest,
  readDeletion,
  readErasure,
  requestDeletion,
  takeBackDeletion,
} from '../privacy/request.ts';
import { visitOf } from './account.ts';
import { ownerProcedure, publicProcedure, router, userProcedure } from './init.ts';

const openapi = (method: 'GET' | 'POST', path: `/${string}`, summary: string, description?: string) => ({
  openapi: { method, path, tags: ['privacy'], summary, ...(description && { description }) },
});

export const privacyRouter = router({
  /** What the download would hold, and why it would be refused just now. */
  summary: ownerProcedure
    .output(z.object({ media: z.int(), trash: z.int(), bytes: z.int(), refused: z.string().nullable() }))
    .query(async ({ ctx }) => ({
      ...(await summariseLibrary(ctx.library)),
      refused: await whyRefused(ctx.library),
    })),

  /** The deletion that this account waits for. */
  deletion: userProcedure
    .output(z.object({ erasure: Erasure.nullable() }))
    .query(async ({ ctx }) => ({ erasure: await readDeletion(ctx.server, ctx.user) })),

  /** Ends the other sessions. @throws WRONG_CREDENTIALS; FORBIDDEN without a password in a session that is not fresh */
  deleteAccount: userProcedure
    .meta(
      openapi(
        'POST',
        '/account/deletion',
        'Delete the account',
        'The account and everything in it is deleted in the night after seven days. The other sessions end at once. Until then it can be taken back. The id of the answer is the number of the receipt.',
      ),
    )
    .input(DeleteAccountInput)
    .output(Erasure)
    .mutation(({ ctx, input }) => requestDeletion(visitOf(ctx), ctx.user, input)),

  /** @throws NOT_FOUND when nothing was asked for */
  takeBack: userProcedure
    .meta(openapi('POST', '/account/deletion/take-back', 'Keep the account after all'))
    .output(Erasure)
    .mutation(({ ctx }) => takeBackDeletion(visitOf(ctx), ctx.user)),

  /** Of a guest, at once. @throws NOT_FOUND for any library but the own; FORBIDDEN for an account */
  eraseLibrary: ownerProcedure
    .meta(
      openapi(
        'POST',
        '/library/erase',
        'Delete the whole library of a guest',
        'At once and for good: there is no way back. Name your library as GET /me gives it. The id of the answer is the number of the receipt.',
      ),
    )
    .input(z.strictObject({ library: LibraryId }))
    .output(Erasure)
    .mutation(({ ctx, input }) => eraseGuest(visitOf(ctx), input.library)),

  /** @throws NOT_FOUND */
  receipt: publicProcedure
    .meta(
      openapi(
        'GET',
        '/erasures/{id}',
        'The receipt of a deletion',
        'Says how many records, files and bytes were deleted; finished only when every byte was seen to be gone. It says nothing of whose they were.',
      ),
    )
    .input(z.strictObject({ id: z.uuid() }))
    .output(Erasure)
    .query(({ ctx, input }) => readErasure(ctx.server, input.id)),
});
