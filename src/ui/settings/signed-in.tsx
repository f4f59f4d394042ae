'use client';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { useSession } from '#client/use-session.ts';
import { buttonClass } from '../kit/button.tsx';
import { Day } from '../kit/moment.tsx';
import { Section } from './section.tsx';

/** What only an account has; guests are told what they have instead. */
export function SignedIn({ children }: { children: ReactNode }) {
  const { me, status } = useSession();
  if (status === 'loading') return <p className="text-quiet py-7">Loading</p>;
  if (status === 'failed') {
    return (
      <Section
        title="The server cannot be reached"
        lead="Your library on this device is untouched. Try again later."
      />
    );
  }
  if (me?.type === 'user') return children;
  const kept = me?.keptUntil ? (
    <>
      Everything is kept on this server until <Day at={me.keptUntil} />, and longer each time you come back.
    </>
  ) : (
    'Nothing has been made here yet.'
  );
  return (
    <Section title="You are a guest" lead={<>{kept} An account opens the same library on every device.</>}>
      <div className="flex flex-wrap gap-2">
        <Link href="/sign-up?next=/settings/account" className={buttonClass('primary')}>
          Make an account
        </Link>
        <Link href="/sign-in?next=/settings/account" className={buttonClass('plain')}>
          Sign in
        </Link>
      </div>
    </Section>
  );
}
