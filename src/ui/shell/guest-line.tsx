'use client';
import { UserRound } from 'lucide-react';
import { useSession } from '#client/use-session.ts';

/** Whose library this is. Nothing is claimed before the server has said so. */
export function GuestLine() {
  const { me } = useSession();
  if (me?.type === 'user') return null;
  const text = me?.type === 'guest' ? 'Guest - saved on this server' : 'Guest';
  return (
    <p className="text-quiet text-note flex h-8 items-center gap-3 pl-[11px] whitespace-nowrap" title={text}>
      <UserRound aria-hidden className="size-[18px] shrink-0 p-0.5" strokeWidth={1.75} />
      <span className="rail-sr">{text}</span>
    </p>
  );
}
