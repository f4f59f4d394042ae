import type { LibraryId } from '#core/owner.ts';
import { toLibraryId } from './ids.ts';

/** The library that this browser showed until the server said that it is nobody's browser any more. */
export type SignedOut = {
  /** Null: of an account that had none yet. */
  library: LibraryId | null;
  /** Whose it was, where that is known: a guest has nothing to sign in to. */
  was: 'user' | 'guest' | null;
  /** Changes and files that were not sent. They wait here for the same owner, until another comes. */
  unsent: number;
};

const KEY = 'afterimage:signed-out';

export function readSignedOut(): SignedOut | null {
  try {
    const [library = '', unsent, was] = (localStorage.getItem(KEY) ?? '').split(' ');
    const id = toLibraryId(library);
    return id && { library: id, was: was === 'user' || was === 'guest' ? was : null, unsent: Number(unsent) };
  } catch {
    return null;
  }
}

/** Only what waits has to outlive the page. */
export function writeSignedOut(signedOut: SignedOut | null) {
  try {
    if (signedOut?.unsent)
      localStorage.setItem(KEY, `${signedOut.library} ${signedOut.unsent} ${signedOut.was ?? ''}`);
    else localStorage.removeItem(KEY);
  } catch {
    // Without a storage there is nothing that could wait.
  }
}
