'use client';
import Link from 'next/link';
import { useState } from 'react';
import { accountActions } from '#client/use-account.ts';
import { AccountFrame } from '../account/account-frame.tsx';
import { useLinkToken } from '../account/use-link-token.ts';
import { Alert } from '../kit/alert.tsx';
import { Button, buttonClass } from '../kit/button.tsx';
import { useSubmit } from '../kit/use-submit.ts';

/** Opened from the new address, in whatever browser that mail is read. */
export function ConfirmEmailPage() {
  const token = useLinkToken();
  const [email, setEmail] = useState<string | null>(null);
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
  return (
    <AccountFrame title="Confirm this address" lead="Signing in and mails use it from then on.">
      <div className="flex flex-col gap-4">
        {failure ? <Alert>{failure.message}</Alert> : null}
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
      </div>
    </AccountFrame>
  );
}
