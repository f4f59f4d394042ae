import { z } from 'zod';
import {
  ClaimInput,
  ClaimPreview,
  ClaimResult,
  PastClaim,
  UndoClaimInput,
  UndoneClaim,
} from '#core/claim.ts';
import { dropCookie, guestCookie, setCompanion, setGuestCookie } from '../auth/cookies.ts';
import { findGuest } from '../auth/guest.ts';
import type { SignIn } from '../claim/account.ts';
import { claimLibrary, keepApart, listClaims } from '../claim/claim.ts';
import { previewClaim } from '../claim/preview.ts';
import { undoClaim } from '../claim/undo.ts';
import { addressOf } from '../http/address.ts';
import { router, userProcedure } from './init.ts';

/** Somebody who is signed in, with the guest whose cookie the browser holds as well. */
const claimProcedure = userProcedure.use(async ({ ctx, next }) => {
  const { guestToken, deviceName } = ctx.identity;
  const guest = guestToken === null ? null : ((await findGuest(ctx.server, guestToken))?.actor ?? null);
  const { userId, device } = ctx.user;
  const signIn: SignIn = { userId, device, deviceName, address: addressOf(ctx.headers) };
  return next({ ctx: { ...ctx, guest, signIn } });
});

export const claimRouter = router({
  /** null: this browser has nothing that could come along. */
  preview: claimProcedure
    .output(ClaimPreview.nullable())
    .query(({ ctx }) => previewClaim(ctx.server, ctx.signIn, ctx.guest)),

  accept: claimProcedure
    .input(ClaimInput)
    .output(ClaimResult)
    .mutation(async ({ ctx, input }) => {
      const claimed = await claimLibrary(ctx.server, ctx.signIn, ctx.guest, input);
      if (ctx.guest?.library === claimed.from) ctx.setCookies.push(dropCookie(guestCookie()));
      ctx.setCookies.push(setCompanion(claimed.library));
      return claimed;
    }),

  keepApart: claimProcedure
    .input(ClaimInput)
    .output(z.object({}))
    .mutation(async ({ ctx, input }) => {
      await keepApart(ctx.server, ctx.signIn, ctx.guest, input);
      return {};
    }),

  undo: claimProcedure
    .input(UndoClaimInput)
    .output(UndoneClaim)
    .mutation(async ({ ctx, input }) => {
      const { token, library } = await undoClaim(ctx.server, ctx.signIn, ctx.guest, input.id);
      // The person stays signed in: the companion goes on naming the account's library.
      ctx.setCookies.push(setGuestCookie(token));
      return { id: input.id, library };
    }),

  /** Newest first, those of the last seven days. */
  list: claimProcedure
    .output(z.object({ items: z.array(PastClaim) }))
    .query(async ({ ctx }) => ({ items: await listClaims(ctx.server, ctx.signIn.userId) })),
});
