import { z } from 'zod';
import { LibraryId } from '#core/owner.ts';
import { Changes, ChangesInput, Digest, PushInput, PushResult, Window, WindowInput } from '#core/sync.ts';
import { readChanges, readWindow } from '../sync/changes.ts';
import { requireOwner } from '../auth/actor.ts';
import { readDigest } from '../sync/digest.ts';
import { pushOps } from '../sync/push.ts';
import { streamPokes } from '../sync/stream.ts';
import { ownerProcedure, router } from './init.ts';

export const syncRouter = router({
  changes: ownerProcedure
    .input(ChangesInput)
    .output(Changes)
    .query(({ ctx, input }) => readChanges(ctx.library, input)),

  window: ownerProcedure
    .input(WindowInput)
    .output(Window)
    .query(({ ctx, input }) => readWindow(ctx.library, input)),

  digest: ownerProcedure.output(Digest).query(({ ctx }) => readDigest(ctx.library)),

  push: ownerProcedure
    .meta({ takesFiles: true })
    .input(PushInput)
    .output(PushResult)
    .mutation(({ ctx, input }) => pushOps(ctx.library, input)),

  /** A browser's event source sends no headers of ours: the library that it means is in the input. */
  onPoke: ownerProcedure
    .input(z.strictObject({ library: LibraryId, lastEventId: z.string().max(60).nullish() }))
    .subscription(({ ctx, input, signal }) => {
      requireOwner(ctx.identity, input.library);
      const isAllowed = async () => (await ctx.identify()).library === input.library;
      return streamPokes(ctx.library, signal, isAllowed);
    }),
});
