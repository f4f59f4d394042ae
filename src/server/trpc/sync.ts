import { Changes, ChangesInput, PushInput, PushResult, Window, WindowInput } from '#core/sync.ts';
import { readChanges, readWindow } from '../sync/changes.ts';
import { pushOps } from '../sync/push.ts';
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

  push: ownerProcedure
    .input(PushInput)
    .output(PushResult)
    .mutation(({ ctx, input }) => pushOps(ctx.library, input)),
});
