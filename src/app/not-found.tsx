import type { Metadata } from 'next';
import Link from 'next/link';
import { AccountFrame } from '#ui/account/account-frame.tsx';
import { buttonClass } from '#ui/kit/button.tsx';

export const metadata: Metadata = { title: 'Not found' };

export default function NotFound() {
  return (
    <AccountFrame title="There is no such page" lead="The address may be mistyped, or the page has gone.">
      <Link href="/" className={buttonClass('primary')}>
        Go to Create
      </Link>
    </AccountFrame>
  );
}
