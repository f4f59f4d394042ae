import { UserRound } from 'lucide-react';
import Link from 'next/link';
import { ConnectionStatus } from './connection-status.tsx';
import { Mark } from './mark.tsx';
import { ThemeSwitch } from './theme-switch.tsx';

/** What the sidebar's foot holds, for screens without a sidebar. */
export function MobileTop() {
  return (
    <div className="mb-2 flex h-11 items-center justify-between md:hidden">
      <span className="flex items-center gap-2.5 font-medium tracking-tight">
        <Mark className="size-6" />
        Afterimage
      </span>
      <span className="-mr-2 flex items-center">
        <ConnectionStatus side="bottom" />
        <Link
          href="/settings/account"
          aria-label="Account and settings"
          className="text-quiet hover:text-text hover:bg-hover touch:size-11 inline-flex size-9 items-center justify-center rounded-lg"
        >
          <UserRound aria-hidden className="size-[18px]" strokeWidth={1.75} />
        </Link>
        <ThemeSwitch tipSide="left" />
      </span>
    </div>
  );
}
