'use client';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { useSession } from '#client/use-session.ts';
import { Alert } from '../kit/alert.tsx';
import { Button, buttonClass } from '../kit/button.tsx';
import { useSubmit } from '../kit/use-submit.ts';
import { leave } from './leave.ts';

/** Before somebody else signs in here, whoever is signed in leaves: what they have not sent would be lost unseen. */
export function SignedInGate({ next, children }: { next: string; children: ReactNode }) {
  const { me } = useSession();
  const { isBusy, failure, run } = useSubmit();
  if (me?.type !== 'user') return children;
  return (
    <div className="flex flex-col gap-4">
      <p>
        You are signed in
        {me.name ? (
          <>
            {' as '}
            <span className="font-medium break-all">{me.name}</span>
          </>
        ) : null}
        .
      </p>
      {failure ? <Alert>{failure.message}</Alert> : null}
      <Link className={buttonClass('primary', 'h-10')} href={next}>
        Go on
      </Link>
      <Button className="h-10" disabled={isBusy} onClick={() => void run(() => leave(location.href))}>
        {isBusy ? 'Signing out' : 'Sign out and use another account'}
      </Button>
    </div>
  );
}
