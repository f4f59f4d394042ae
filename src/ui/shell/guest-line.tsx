'use client';
import { UserRound } from 'lucide-react';
import { useSession } from '#client/use-session.ts';

/** Whose library this is. Nothing is claimed before the server has said so. */
export function GuestLine() {
  const { me } = useSession();
  if (me?.type === 'user') return null;
  const text = me?.type === 'guest' ? 'Guest - saved on this server' : 'Guest';
  return (
    <p className="text-quiet text-note flex h-8 items-center gap-2 px-[13px]" title={text}>
      <UserRound aria-hidden className="size-3.5 shrink-0" strokeWidth={1.75} />
      <span className="rail-sr">{text}</span>
    </p>
  );
}
