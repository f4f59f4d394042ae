import { api, session } from './browser.ts';
import { forgetTexts } from './import/kept-text.ts';
import { forgetDraft } from './kept-draft.ts';
import { toRemoteError } from './remote.ts';
import { countUnsent } from './store/snapshot.ts';

/** How long signing out waits for what was not sent yet. */
const FLUSH_PATIENCE = 3000;

/** Sends what waits. @returns How many changes and files would be lost by signing out now. */
export async function flushChanges(): Promise<number> {
  const engine = session?.getState().engine;
  if (!engine) return 0;
  const count = () => countUnsent(engine.getState().snapshot);
  if (count() === 0) return 0;
  const patience = new Promise((resolve) => setTimeout(resolve, FLUSH_PATIENCE));
  // Whether it went through is what the count says.
  await Promise.race([engine.reconcile().catch(() => {}), patience]);
  return count();
}

/**
 * Ends the session, on the server first: without it the cookie would open the library again.
 * Then this device forgets the library, and so do the other tabs.
 * @param to Where to go on.
 * @throws RemoteError and nothing has changed.
 */
export async function signOut(to = '/'): Promise<void> {
  try {
    await api.account.signOut.mutate(undefined, { context: { library: null } });
  } catch (error) {
    throw toRemoteError(error);
  }
  forgetTexts();
  forgetDraft();
  await session?.resetOwner();
  const page = location.href.split('#')[0];
  location.assign(to);
  // To the same page with a link's token behind the # nothing is loaded.
  if (to.includes('#') && to.split('#')[0] === page) location.reload();
}
