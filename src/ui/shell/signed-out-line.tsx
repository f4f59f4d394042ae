'use client';
import { X } from 'lucide-react';
import Link from 'next/link';
import { session } from '#client/browser.ts';
import type { SignedOut } from '#client/signed-out.ts';
import { buttonClass, IconButton } from '../kit/button.tsx';
import { FLOATING } from '../kit/surface.ts';

const WAITS =
  'Until you sign in again that waits here, and goes when another library is opened in this browser.';
const SIGNED_OUT = { title: 'This browser was signed out', waits: WAITS };
const GONE = {
  user: { ...SIGNED_OUT, kept: 'Your library is in your account.' },
  unknown: { ...SIGNED_OUT, kept: 'If the library is in an account, signing in opens it again.' },
  guest: {
    title: 'The guest library has closed',
    kept: 'The cookie that opened it was deleted or has run out. What you make from here on begins a new one.',
    waits:
      'The cookie that opened the library was deleted or has run out, so that cannot be sent any more: make or choose it again.',
  },
};

const countOf = (unsent: number) =>
  `${unsent === 1 ? 'One change or file was' : `${unsent.toLocaleString('en')} changes or files were`} not sent yet.`;

/** Says what has happened to a library that is not shown any more, and what becomes of what it had not sent. */
export function SignedOutLine({ was, unsent }: Pick<SignedOut, 'was' | 'unsent'>) {
  const { title, kept, waits } = GONE[was ?? 'unknown'];
  return (
    <div
      role="status"
      className={`${FLOATING} fixed right-4 bottom-20 left-4 z-40 mx-auto flex max-w-md items-start gap-3 py-3 pr-2 pl-4 md:bottom-4`}
    >
      <div className="min-w-0 flex-1">
        <p className="font-medium">{title}</p>
        <p className="text-quiet mt-0.5 text-pretty">{unsent === 0 ? kept : `${countOf(unsent)} ${waits}`}</p>
        {was === 'guest' ? null : (
          <Link href="/sign-in?next=/gallery" className={`${buttonClass('primary')} mt-3`}>
            Sign in
          </Link>
        )}
      </div>
      <IconButton label="Close" icon={X} tipSide="left" onClick={() => session?.dismissSignedOut()} />
    </div>
  );
}
