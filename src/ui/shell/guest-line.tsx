'use client';
import { UserRound } from 'lucide-react';
import Link from 'next/link';
import { useSession } from '#client/use-session.ts';

const LINE =
  'text-quiet hover:bg-hover hover:text-text touch:h-11 text-note flex h-8 items-center gap-3 rounded-lg pl-[11px] whitespace-nowrap transition-colors';

/** Whose library this is, and the way to more. Nothing is claimed before the server has said so. */
export function GuestLine() {
  const { me } = useSession();
  const text =
    me?.type === 'user' ? 'Account' : me?.type === 'guest' ? 'Guest, saved on this server' : 'Guest';
  return (
    <Link href="/settings/account" className={LINE} title={text}>
      <UserRound aria-hidden className="size-[18px] shrink-0 p-0.5" strokeWidth={1.75} />
      <span className="rail-sr">{text}</span>
    </Link>
  );
}
