'use client';
import Link from 'next/link';
import { useEffect } from 'react';
import { importActions, useImport } from '#client/use-import.ts';
import { useSession } from '#client/use-session.ts';
import { Alert } from '../kit/alert.tsx';
import { MobileTop } from '../shell/mobile-top.tsx';
import { ImportChoice } from './import-choice.tsx';
import { ImportReview } from './import-review.tsx';
import { followLook, isLook } from './look-path.ts';

/** Brings in what another gallery kept in a browser. */
export function ImportPage() {
  const state = useImport();
  const { status, me } = useSession();
  const library = me?.library ?? null;
  useEffect(() => {
    if (status === 'ready') importActions.resume(library, isLook());
  }, [status, library]);
  useEffect(() => {
    addEventListener('popstate', followLook);
    return () => removeEventListener('popstate', followLook);
  }, []);
  return (
    <div className="mx-auto w-full max-w-2xl px-4 pt-4 pb-24 md:px-8 md:pt-10">
      <MobileTop />
      <h1 className="text-title font-medium">Bring in a history</h1>
      <p className="text-quiet mt-1 max-w-prose text-pretty">
        Lists of pictures and videos that another gallery kept, with their prompts and settings. What is
        behind a link is fetched and stored here; what is here already stays as it is. Files themselves go
        into{' '}
        <Link href="/gallery" className="text-accent-text underline">
          the gallery
        </Link>
        .
      </p>
      {state.error ? (
        <div className="mt-5">
          <Alert>{state.error}</Alert>
        </div>
      ) : null}
      {state.phase === 'empty' ? <ImportChoice /> : <ImportReview state={state} />}
    </div>
  );
}
