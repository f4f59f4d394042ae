'use client';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { isCurrent, NAV_ITEMS } from './nav-items.ts';

export function BottomBar() {
  const pathname = usePathname();
  return (
    <nav
      aria-label="Main"
      className="border-line bg-surface/92 fixed inset-x-0 bottom-0 z-30 flex border-t pb-[env(safe-area-inset-bottom)] backdrop-blur-md md:hidden"
    >
      {NAV_ITEMS.map((item) => (
        <Link
          key={item.href}
          href={item.href}
          prefetch
          aria-current={isCurrent(item, pathname) ? 'page' : undefined}
          className="text-quiet aria-[current]:text-accent-text text-note flex h-14 flex-1 flex-col items-center justify-center gap-1 -outline-offset-2"
        >
          <item.icon aria-hidden className="size-5" strokeWidth={1.75} />
          {item.label}
        </Link>
      ))}
    </nav>
  );
}
