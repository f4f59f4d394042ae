'use client';
import { Ellipsis, Settings, UserRound } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useRef } from 'react';
import { useSession } from '#client/use-session.ts';
import { noticeOf } from './guest-line.tsx';
import { isCurrent, NAV_ITEMS, type NavItem } from './nav-items.ts';

/** What a thumb reaches at once; the rest stands behind More. */
const AT_HAND = new Set(['/', '/gallery', '/activity']);
const SETTINGS = { href: '/settings/account', label: 'Account and settings', icon: Settings };
const MORE = [...NAV_ITEMS.filter(({ href }) => !AT_HAND.has(href)), SETTINGS];

const isCurrentMore = (item: Pick<NavItem, 'href'>, pathname: string) =>
  item === SETTINGS ? pathname.startsWith('/settings/') : isCurrent(item, pathname);

const ITEM =
  'text-quiet aria-[current]:text-accent-text text-note flex h-14 flex-1 flex-col items-center justify-center gap-1 -outline-offset-2';

export function BottomBar() {
  const pathname = usePathname();
  return (
    <nav
      aria-label="Main"
      className="border-line bg-surface/92 fixed inset-x-0 bottom-0 z-30 flex border-t pb-[env(safe-area-inset-bottom)] backdrop-blur-md md:hidden"
    >
      {NAV_ITEMS.filter(({ href }) => AT_HAND.has(href)).map((item) => (
        <Link
          key={item.href}
          href={item.href}
          prefetch
          aria-current={isCurrent(item, pathname) ? 'page' : undefined}
          className={ITEM}
        >
          <item.icon aria-hidden className="size-5" strokeWidth={1.75} />
          {item.label}
        </Link>
      ))}
      <More pathname={pathname} />
    </nav>
  );
}

/** A popover of the browser's own: it closes by Escape and by a touch beside it, and gives the focus back. */
function More({ pathname }: { pathname: string }) {
  const { me } = useSession();
  const notice = noticeOf(me);
  const list = useRef<HTMLUListElement>(null);
  return (
    <>
      <button
        type="button"
        popoverTarget="more"
        aria-label={notice ? `More: ${notice.text}` : undefined}
        aria-current={MORE.some((item) => isCurrentMore(item, pathname)) ? 'true' : undefined}
        className={ITEM}
      >
        <span className={`relative ${notice?.tone ?? ''}`}>
          <Ellipsis aria-hidden className="size-5" strokeWidth={1.75} />
          {notice ? (
            <span aria-hidden className="absolute -top-0.5 -right-1 size-2 rounded-full bg-current" />
          ) : null}
        </span>
        More
      </button>
      <ul
        ref={list}
        id="more"
        popover="auto"
        className="bg-raised border-line shadow-float text-text rounded-panel fixed inset-auto right-2 bottom-[calc(4rem+env(safe-area-inset-bottom))] w-60 border p-1.5"
      >
        {notice ? (
          <li>
            <Link
              href={notice.href}
              onClick={() => list.current?.hidePopover()}
              className={`hover:bg-hover flex h-11 items-center gap-3 rounded-lg px-3 ${notice.tone}`}
            >
              <UserRound aria-hidden className="size-[18px]" strokeWidth={1.75} />
              {notice.text}
            </Link>
          </li>
        ) : null}
        {MORE.map((item) => (
          <li key={item.href}>
            <Link
              href={item.href}
              aria-current={isCurrentMore(item, pathname) ? 'page' : undefined}
              onClick={() => list.current?.hidePopover()}
              className="hover:bg-hover aria-[current]:text-accent-text flex h-11 items-center gap-3 rounded-lg px-3"
            >
              <item.icon aria-hidden className="text-quiet size-[18px]" strokeWidth={1.75} />
              {item.label}
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}
