'use client';
import { UserRound } from 'lucide-react';
import Link from 'next/link';
import type { Me } from '#core/owner.ts';
import { useSession } from '#client/use-session.ts';

const LINE =
  'hover:bg-hover hover:text-text touch:h-11 text-note flex h-8 items-center gap-3 rounded-lg pl-[11px] whitespace-nowrap transition-colors';

/** What waits for an answer. */
export function noticeOf(me: Me | null): { text: string; tone: string; href: string } | null {
  if (me?.isLeaving) return { text: 'To be deleted soon', tone: 'text-danger', href: '/settings/account' };
  if (me?.isAsked) return { text: 'Bring your guest library', tone: 'text-accent-text', href: '/claim' };
  return null;
}

/** Nothing is claimed before the server has said so. */
function wordsOf(me: Me | null): [text: string, tone?: string, href?: string] {
  const notice = noticeOf(me);
  if (notice) return [notice.text, notice.tone, notice.href];
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
