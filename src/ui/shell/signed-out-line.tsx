'use client';
import { X } from 'lucide-react';
import Link from 'next/link';
import { session } from '#client/browser.ts';
import { buttonClass, IconButton } from '../kit/button.tsx';
import { FLOATING } from '../kit/surface.ts';

/** Says what has happened to a library that is not shown any more, and what becomes of what it had not sent. */
export function SignedOutLine({ unsent }: { unsent: number }) {
  const what =
    unsent === 1 ? 'One change or file was' : `${unsent.toLocaleString('en')} changes or files were`;
  return (
    <div
      role="status"
      className={`${FLOATING} fixed right-4 bottom-20 left-4 z-40 mx-auto flex max-w-md items-start gap-3 py-3 pr-2 pl-4 md:bottom-4`}
    >
      <div className="min-w-0 flex-1">
        <p className="font-medium">This browser was signed out</p>
        <p className="text-quiet mt-0.5 text-pretty">
          {unsent === 0
            ? 'Your library is in your account.'
            : `${what} not sent yet. They wait here until you sign in again, and go when another library is opened in this browser.`}
        </p>
        <Link href="/sign-in?next=/gallery" className={`${buttonClass('primary')} mt-3`}>
          Sign in
        </Link>
      </div>
      <IconButton label="Close" icon={X} tipSide="left" onClick={() => session?.dismissSignedOut()} />
    </div>
  );
}
