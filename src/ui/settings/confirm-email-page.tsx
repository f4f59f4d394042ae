'use client';
import Link from 'next/link';
import { useState } from 'react';
import { accountActions } from '#client/use-account.ts';
import { useSession } from '#client/use-session.ts';
import { AccountFrame } from '../account/account-frame.tsx';
import { useLinkToken } from '../account/use-link-token.ts';
import { Alert } from '../kit/alert.tsx';
import { Button, buttonClass } from '../kit/button.tsx';
import { useSubmit } from '../kit/use-submit.ts';

/** Opened from the new address, in a browser that is signed in to the account: the two must be one person's. */
export function ConfirmEmailPage() {
  const token = useLinkToken();
  const [email, setEmail] = useState<string | null>(null);
  const { me } = useSession();
  const { isBusy, failure, run } = useSubmit();
  if (email !== null) {
    return (
      <AccountFrame title="The address has changed" lead={`Your account is at ${email} from now on.`}>
        <Link href="/" className={buttonClass('primary', 'h-10 w-full')}>
          Go on
        </Link>
      </AccountFrame>
    );
  }
  if (me && me.type !== 'user') {
    return (
      <AccountFrame
        title="Confirm this address"
        lead="Sign in to your account in this browser first, then open the link of the mail again: it holds until then."
      >
        <Link href="/sign-in?next=/settings/account" className={buttonClass('primary', 'h-10 w-full')}>
          Sign in
        </Link>
      </AccountFrame>
    );
  }
  return (
    <AccountFrame title="Confirm this address" lead="Signing in and mails use it from then on.">
      <div className="flex flex-col gap-4">
        {failure ? <Alert>{failure.message}</Alert> : null}
        {me?.name ? (
          <p>
            It becomes the address of <span className="font-medium break-all">{me.name}</span>.
          </p>
        ) : null}
        {token === '' ? <Alert>This link is not whole. Open it again from the mail.</Alert> : null}
        <Button
          variant="primary"
          className="h-10"
          disabled={isBusy || !token}
          onClick={() =>
            void (
              token && run(async () => setEmail((await accountActions.confirmEmailChange({ token })).email))
            )
          }
        >
          Confirm the address
        </Button>
        <Link className="text-accent-text hover:underline" href="/settings/account">
          Go to the settings of your account
        </Link>
      </div>
    </AccountFrame>
  );
}
