'use client';
import Link from 'next/link';
import { accountActions } from '#client/use-account.ts';
import { Alert } from '../kit/alert.tsx';
import { Button } from '../kit/button.tsx';
import { useSession } from '#client/use-session.ts';
import { useSubmit } from '../kit/use-submit.ts';
import { AccountFrame } from './account-frame.tsx';
import { claimPath } from './next-path.ts';
import { SignedInGate } from './signed-in-gate.tsx';
import { useLinkToken } from './use-link-token.ts';

async function openLink(token: string) {
  const { beganHere } = await accountActions.openLink({ token });
  location.assign(beganHere ? claimPath('/') : '/');
}

/** Opens a link of a mail. By a press: programs that look at mails follow links, and this one holds once. */
export function LinkPage() {
  const token = useLinkToken();
  const { status } = useSession();
  const { isBusy, failure, run } = useSubmit();
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
            onClick={() => void (token && run(() => openLink(token)))}
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
