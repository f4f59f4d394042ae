'use client';
import Link from 'next/link';
import { useState } from 'react';
import { accountActions } from '#client/use-account.ts';
import { Alert } from '../kit/alert.tsx';
import { Button, buttonClass } from '../kit/button.tsx';
import { useSession } from '#client/use-session.ts';
import { useSubmit } from '../kit/use-submit.ts';
import { AccountFrame } from './account-frame.tsx';
import { claimPath } from './next-path.ts';
import { SignedInGate } from './signed-in-gate.tsx';
import { useLinkToken } from './use-link-token.ts';

/** @returns Whether there is something to say first; otherwise the page goes on. */
async function openLink(token: string): Promise<boolean> {
  const { beganHere, leftPassword } = await accountActions.openLink({ token });
  if (leftPassword) return true;
  if (beganHere) location.assign(claimPath('/'));
  // Somebody else may have asked for it, for an account of their own: the page says whose account it is now.
  else location.reload();
  return false;
}

/** Opens a link of a mail. By a press: programs that look at mails follow links, and this one holds once. */
export function LinkPage() {
  const token = useLinkToken();
  const { status } = useSession();
  const [hasLeftPassword, setLeftPassword] = useState(false);
  const { isBusy, failure, run } = useSubmit();
  if (hasLeftPassword) return <WithoutPassword />;
  return (
    <AccountFrame title="Sign in with this link" lead="The link holds once, and for 10 minutes.">
      <SignedInGate next="/">
        <div className="flex flex-col gap-4">
          {failure ? <Alert>{failure.message}</Alert> : null}
          {token === '' ? <Alert>This link is not whole. Open it again from the mail.</Alert> : null}
          <Button
            variant="primary"
            className="h-10"
            // One press is soon made: not before it is known who would have to leave first.
            disabled={isBusy || !token || status === 'loading'}
            onClick={() => void (token && run(async () => setLeftPassword(await openLink(token))))}
          >
            {isBusy ? 'Signing in' : 'Sign in on this device'}
          </Button>
          <Link className="text-accent-text hover:underline" href="/sign-in">
            Ask for a new link
          </Link>
        </div>
      </SignedInGate>
    </AccountFrame>
  );
}

/** Whoever asked for the account with a password in another browser may be somebody else. */
function WithoutPassword() {
  return (
    <AccountFrame
      title="The password was not taken"
      lead="You are signed in, but it was typed in another browser and could be somebody else’s. Set one here, or sign in by links of mails."
    >
      {/* Plain links: this page still knows nobody. */}
      <div className="flex flex-wrap gap-2">
        <a className={buttonClass('primary')} href="/settings/account">
          Set a password
        </a>
        <a className={buttonClass('plain')} href="/">
          Go on without
        </a>
      </div>
    </AccountFrame>
  );
}
