'use client';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import type { ReactNode } from 'react';
import { DeletionBanner } from '../account/deletion-banner.tsx';
import { MobileTop } from '../shell/mobile-top.tsx';

const TABS = [
  { href: '/settings/account', label: 'Account' },
  { href: '/settings/devices', label: 'Devices' },
  { href: '/settings/privacy', label: 'Privacy' },
];

export function SettingsFrame({ children }: { children: ReactNode }) {
  const pathname = usePathname();
  return (
    <div className="mx-auto w-full max-w-2xl px-4 pt-4 pb-16 md:px-8 md:pt-10">
      <MobileTop />
      <h1 className="text-title font-medium">Settings</h1>
      <nav aria-label="Settings" className="border-line mt-5 flex gap-1 overflow-x-auto border-b">
        {TABS.map(({ href, label }) => (
          <Link
            key={href}
            href={href}
            aria-current={pathname === href ? 'page' : undefined}
            className="text-quiet hover:text-text aria-[current]:border-accent aria-[current]:text-text touch:h-12 flex h-10 items-center border-b-2 border-transparent px-3 -outline-offset-2 aria-[current]:font-medium"
          >
            {label}
          </Link>
        ))}
      </nav>
      <DeletionBanner />
      {children}
    </div>
  );
}
