import { z } from 'zod';
import { LibraryId, Me, NOBODYS_LIBRARY, type Actor } from '#core/owner.ts';
import { publicProcedure, router } from './init.ts';
import { ensureOwner } from '../auth/actor.ts';
import { findGuest } from '../auth/guest.ts';

function toMe(actor: Actor, guest: LibraryId | null): Me {
  switch (actor.type) {
    case 'none':
      return { type: 'none', library: null, expiresAt: null };
    case 'guest':
      return { type: 'guest', library: actor.library, expiresAt: actor.expiresAt.toISOString() };
    case 'user': {
      const library = actor.library === NOBODYS_LIBRARY ? null : actor.library;
      return { type: 'user', library, expiresAt: null, guest };
    }
  }
}

export const sessionRouter = router({
  me: publicProcedure
    .meta({
      openapi: { method: 'GET', path: '/me', tags: ['session'], summary: 'Who am I' },
    })
    .output(Me)
    .query(async ({ ctx: { server, identity } }) => {
      const { actor, guestToken } = identity;
      const isBoth = actor.type === 'user' && guestToken !== null;
      const guest = isBoth ? await findGuest(server, guestToken) : null;
      return toMe(actor, guest?.actor.library ?? null);
    }),
});

export const guestRouter = router({
  /** Makes a guest for a browser without a library; answers with the library that it has, otherwise. */
  ensure: publicProcedure.output(z.object({ library: LibraryId })).mutation(async ({ ctx }) => {
    const identity = await ensureOwner(ctx.server, ctx.identity);
    if (identity !== ctx.identity) ctx.setCookies.push(...identity.setCookies);
    return { library: identity.library };
  }),
});
