'use client';
import { PanelLeftClose, PanelLeftOpen } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useSyncExternalStore } from 'react';
import { IconButton } from '../kit/button.tsx';
import { ConnectionStatus } from './connection-status.tsx';
import { GuestLine } from './guest-line.tsx';
import { Mark } from './mark.tsx';
import { isCurrent, NAV_ITEMS } from './nav-items.ts';
import { isRail, subscribeRail, toggleRail } from './rail.ts';
import { ThemeSwitch } from './theme-switch.tsx';

/** Full at large widths unless it was collapsed; always a rail of icons between md and lg. */
export function Sidebar() {
  const pathname = usePathname();
  const rail = useSyncExternalStore(subscribeRail, isRail, () => false);
  return (
    <aside
      aria-label="Sidebar"
      className="group/side border-line bg-surface fixed inset-y-0 left-0 z-30 hidden w-(--sidebar) flex-col border-r px-3 pt-4 pb-3 md:flex"
    >
      <div className="mb-5 flex h-9 items-center justify-between pl-1.5">
        <Link
          href="/"
          className="flex items-center gap-2.5 rounded-lg font-medium"
          aria-label="Afterimage, create"
        >
          <Mark className="size-7 shrink-0" />
          <span className="rail-hide tracking-tight">Afterimage</span>
        </Link>
        <span className="rail-hide">
          <IconButton label="Collapse sidebar" icon={PanelLeftClose} onClick={toggleRail} tipSide="right" />
        </span>
      </div>
      <nav aria-label="Main" className="flex flex-col gap-0.5">
        {NAV_ITEMS.map((item) => {
          const current = isCurrent(item, pathname);
          return (
            <Link
              key={item.href}
              href={item.href}
              prefetch
              aria-current={current ? 'page' : undefined}
              className="text-quiet hover:bg-hover hover:text-text aria-[current]:bg-hover aria-[current]:text-text touch:h-11 flex h-9 items-center gap-3 rounded-lg px-[11px] transition-colors aria-[current]:font-medium"
            >
              <item.icon aria-hidden className="size-[18px] shrink-0" strokeWidth={1.75} />
              <span className="rail-sr">{item.label}</span>
            </Link>
          );
        })}
      </nav>
      <div className="mt-auto flex flex-col gap-1">
        <ConnectionStatus />
        <GuestLine />
        <div className="border-line rail-stack mt-2 flex items-center justify-between border-t pt-3">
          <ThemeSwitch />
          {rail ? (
            <span className="max-lg:hidden">
              <IconButton label="Expand sidebar" icon={PanelLeftOpen} onClick={toggleRail} tipSide="right" />
            </span>
          ) : null}
        </div>
      </div>
    </aside>
  );
}
