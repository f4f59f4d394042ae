import type { Metadata } from 'next';
import { AccountFrame } from '#ui/account/account-frame.tsx';
import { buttonClass } from '#ui/kit/button.tsx';

export const metadata: Metadata = { title: 'Not found' };

/** Every page carries what this one needs, so that it is plain: `next/link` would be loaded twice everywhere. */
export default function NotFound() {
  return (
    <AccountFrame title="There is no such page" lead="The address may be mistyped, or the page has gone.">
      <a href="/" className={buttonClass('primary')}>
        Go to Create
      </a>
    </AccountFrame>
  );
}
