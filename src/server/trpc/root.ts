import { generationRouter } from './generation.ts';
import { router } from './init.ts';
import { mediaRouter } from './media.ts';
import { guestRouter, sessionRouter } from './session.ts';
import { syncRouter } from './sync.ts';

export const appRouter = router({
  media: mediaRouter,
  generation: generationRouter,
  sync: syncRouter,
  session: sessionRouter,
  guest: guestRouter,
});

export type AppRouter = typeof appRouter;
