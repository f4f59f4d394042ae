import type { ClaimId, ClaimInput, ClaimPreview, ClaimResult, PastClaim } from '#core/claim.ts';
import { api, session } from './browser.ts';
import { andAskAgain, changeThere } from './change.ts';
import { trpc } from './trpc.ts';
import { useLoaded, type Loaded } from './use-account.ts';

/** Neither of the two libraries is named: a claim is about both. */
const context = { library: null };

/** The guest's library that this browser could bring along; `claim: null` when there is none. */
export function useClaimPreview(): Loaded<{ claim: ClaimPreview | null }> {
  const answer = trpc.claim.preview.useQuery(undefined, {
    trpc: { context },
    retry: false,
    staleTime: 0,
    select: (claim) => ({ claim }),
  });
  return useLoaded(answer);
}

export const usePastClaims = (): Loaded<{ items: PastClaim[] }> =>
  useLoaded(trpc.claim.list.useQuery(undefined, { trpc: { context } }));

// Not the preview: the page that asks would take its own answer for somebody else's.
const change = <Answer>(answer: Promise<Answer>) => changeThere(answer, ['claim', 'list']);

/** Takes what just happened into this device's own copy. Where that fails, the scheduler asks again. */
const follow = () =>
  session
    ?.getState()
    .engine?.reconcile()
    .catch(() => {});

/** Each is whole or not at all, and rejects with a RemoteError. */
export const claimActions = {
  accept: (input: ClaimInput): Promise<ClaimResult> => {
    const accept = () => change(api.claim.accept.mutate(input, { context }));
    return session ? session.claim(input.library, accept) : accept();
  },
  keepApart: (input: ClaimInput) => change(api.claim.keepApart.mutate(input, { context })),
  /** Resolves once this device, too, shows the account without what went. */
  undo: async (input: { id: ClaimId }) => {
    await andAskAgain(changeThere(api.claim.undo.mutate(input, { context }), ['claim']));
    await follow();
  },
};
