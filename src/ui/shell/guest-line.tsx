'use client';
import { UserRound } from 'lucide-react';
import Link from 'next/link';
import type { Me } from '#core/owner.ts';
import { useSession } from '#client/use-session.ts';

const LINE =
  'hover:bg-hover hover:text-text touch:h-11 text-note flex h-8 items-center gap-3 rounded-lg pl-[11px] whitespace-nowrap transition-colors';

/** Nothing is claimed before the server has said so. What waits for an answer comes first. */
function wordsOf(me: Me | null): [text: string, tone?: string, href?: string] {
  if (me?.isLeaving) return ['To be deleted soon', 'text-danger'];
  if (me?.isAsked) return ['Bring your guest library', 'text-accent-text', '/claim'];
  if (me?.type === 'user') return [me.name ?? 'Account'];
  return [me?.type === 'guest' ? 'Guest, saved on this server' : 'Guest'];
}

/** Whose library this is, and the way to more. */
export function GuestLine() {
  const { me } = useSession();
  const [text, tone = 'text-quiet', href = '/settings/account'] = wordsOf(me);
  return (
    <Link href={href} className={`${LINE} ${tone}`} title={text}>
      <UserRound aria-hidden className="size-[18px] shrink-0 p-0.5" strokeWidth={1.75} />
      <span className="rail-sr truncate pr-2">{text}</span>
    </Link>
  );
}
