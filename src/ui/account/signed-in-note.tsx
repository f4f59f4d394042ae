'use client';
import Link from 'next/link';
import { useSession } from '#client/use-session.ts';
import { Alert } from '../kit/alert.tsx';

/** For somebody who is signed in already, and may have come here by mistake or to change places. */
export function SignedInNote({ next }: { next: string }) {
  const { me } = useSession();
  if (me?.type !== 'user') return null;
  return (
    <div className="mb-5">
      <Alert tone="quiet">
        You are signed in{me.name ? <span className="break-all"> as {me.name}</span> : null}.{' '}
        <Link className="text-accent-text hover:underline" href={next}>
          Go on as you are
        </Link>
        , or go on below as somebody else: this device then shows that library in place of this one.
      </Alert>
    </div>
  );
}
