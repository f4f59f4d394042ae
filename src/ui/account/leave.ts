import { flushChanges, signOut } from '#client/sign-out.ts';
import { ask } from '../kit/feedback.ts';

/** Signs out, after a question when that would lose something. Rejects with a RemoteError. */
export async function leave(to?: string): Promise<void> {
  const unsent = await flushChanges();
  const goes =
    unsent === 0 ||
    (await ask({
      title: `${unsent} ${unsent === 1 ? 'change was' : 'changes were'} not sent yet`,
      body: 'Signing out removes this library from this device, with what has not reached the server. Stay until there is a network to keep it.',
      confirm: 'Sign out and lose it',
    }));
  if (goes) await signOut(to);
}
