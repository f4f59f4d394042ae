import { z } from 'zod';
import { LibraryId, Me, NOBODYS_LIBRARY, type Actor } from '#core/owner.ts';
import { readTitle } from '../account/read.ts';
import { ensureAnyOwner } from '../auth/actor.ts';
import { setGuestCookie } from '../auth/cookies.ts';
import { findGuest } from '../auth/guest.ts';
import { isOpenQuestion } from '../claim/offer.ts';
import { publicProcedure, router, type Context } from './init.ts';

type Signed = Extract<Actor, { type: 'user' }>;

async function describeUser(
  { server, identity, setCookies }: Context,
  { userId, library }: Signed,
): Promise<Me> {
  const { guestToken } = identity;
  const guest = guestToken === null ? null : await findGuest(server, guestToken);
  // The person was here, whoever they were: what was kept apart is not idle.
  if (guestToken !== null && guest?.renewed) setCookies.push(setGuestCookie(guestToken));
  return {
    type: 'user',
    library: library === NOBODYS_LIBRARY ? null : library,
    keptUntil: null,
    ...(await readTitle(server, userId)),
    guest: guest?.actor.library ?? null,
    isAsked: guest !== null && (await isOpenQuestion(server, userId, guest)),
  };
}

function describe(ctx: Context): Promise<Me> | Me {
  const { actor } = ctx.identity;
  switch (actor.type) {
    case 'none':
      return { type: 'none', library: null, keptUntil: null };
    case 'guest':
      return { type: 'guest', library: actor.library, keptUntil: actor.keptUntil.toISOString() };
    case 'user':
      return describeUser(ctx, actor);
  }
}

export const sessionRouter = router({
  me: publicProcedure
    .meta({
      openapi: { method: 'GET', path: '/me', tags: ['session'], summary: 'Who am I' },
    })
    .output(Me)
    .query(({ ctx }) => describe(ctx)),
});

export const guestRouter = router({
  /** Makes a guest for a browser without a library; answers with the library that it has, otherwise. */
  ensure: publicProcedure.output(z.object({ library: LibraryId })).mutation(async ({ ctx }) => {
    const identity = await ensureAnyOwner(ctx.server, ctx.identity);
    if (identity !== ctx.identity) ctx.setCookies.push(...identity.setCookies);
    return { library: identity.library };
  }),
});
