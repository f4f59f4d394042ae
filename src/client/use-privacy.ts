import type { Erasure } from '#core/account.ts';
import type { LibraryId } from '#core/owner.ts';
import { api, session } from './browser.ts';
import { andAskAgain, changeThere } from './change.ts';
import { forgetTexts } from './import/kept-text.ts';
import { forgetDraft } from './kept-draft.ts';
import { trpc } from './trpc.ts';
import { unnamed, useLoaded, type Loaded } from './use-account.ts';
import { useSession } from './use-session.ts';

/** The archive of everything: a link to it starts the download. */
export const EXPORT_URL = '/api/v1/export';

/** What became of a deletion; anybody who has its number may ask. */
export const useErasure = (id: string): Loaded<Erasure> =>
  useLoaded(trpc.privacy.receipt.useQuery({ id }, { ...unnamed, retry: false }));

/** What the archive would hold, and why it would be refused just now. */
export const useSummary = (): Loaded<{
  media: number;
  trash: number;
  bytes: number;
  refused: string | null;
}> => useLoaded(trpc.privacy.summary.useQuery(undefined, { ...unnamed, staleTime: 0 }));

/** The deletion that this account waits for; null for whoever has no account, or wants to keep it. */
export function useDeletion(): Erasure | null {
  const { me } = useSession();
  const found = trpc.privacy.deletion.useQuery(undefined, { ...unnamed, enabled: me?.type === 'user' });
  return me?.type === 'user' ? (found.data?.erasure ?? null) : null;
}

/** @throws RemoteError */
const change = <Answer>(answer: Promise<Answer>) => changeThere(answer, ['privacy'], ['account']);

const options = { context: { library: null } };

/** Each resolves once the server has done it, and rejects with a RemoteError. */
export const privacyActions = {
  deleteAccount: (input: { password?: string }): Promise<Erasure> =>
    andAskAgain(change(api.privacy.deleteAccount.mutate(input, options))),
  takeBack: (): Promise<Erasure> => andAskAgain(change(api.privacy.takeBack.mutate(undefined, options))),
  /** Of a guest, there and here. */
  async eraseLibrary(library: LibraryId): Promise<Erasure> {
    const erasure = await change(api.privacy.eraseLibrary.mutate({ library }, options));
    forgetTexts();
    forgetDraft();
    await session?.resetOwner();
    return andAskAgain(Promise.resolve(erasure));
  },
};
