'use client';
import { usePathname, useSearchParams } from 'next/navigation';
import { Suspense } from 'react';
import type { Kind } from '#core/settings.ts';
import { LibraryView } from './library-view.tsx';
import { kindFrom, VIEW_TITLE, type View } from './views.ts';

/** One saved view of the library. What is filtered is said by the address. */
export function LibraryPage({ view }: { view: View }) {
  return (
    <>
      <h1 className="sr-only">{VIEW_TITLE[view]}</h1>
      <Suspense>
        <Filtered view={view} />
      </Suspense>
    </>
  );
}

function Filtered({ view }: { view: View }) {
  const kind = kindFrom(useSearchParams());
  const pathname = usePathname();
  const setKind = (next: Kind | undefined) =>
    history.replaceState(null, '', next ? `${pathname}?kind=${next}` : pathname);
  return <LibraryView key={kind ?? 'all'} view={view} kind={kind} onKind={setKind} />;
}
