import { accountRouter } from './account.ts';
import { claimRouter } from './claim.ts';
import { collectionRouter } from './collection.ts';
import { generationRouter } from './generation.ts';
import { router } from './init.ts';
import { mediaRouter } from './media.ts';
import { privacyRouter } from './privacy.ts';
import { receiptRouter } from './receipt.ts';
import { guestRouter, sessionRouter } from './session.ts';
import { syncRouter } from './sync.ts';

export const appRouter = router({
  media: mediaRouter,
  generation: generationRouter,
  receipt: receiptRouter,
  collection: collectionRouter,
  sync: syncRouter,
  session: sessionRouter,
  guest: guestRouter,
  account: accountRouter,
  privacy: privacyRouter,
  claim: claimRouter,
});

export type AppRouter = typeof appRouter;
