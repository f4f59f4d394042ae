'use client';
import { usePathname, useSearchParams } from 'next/navigation';
import { Suspense, type ReactNode } from 'react';
import type { CollectionId } from '#core/collection.ts';
import type { Kind } from '#core/settings.ts';
import { LibraryView } from './library-view.tsx';
import { kindFrom, VIEW_TITLE, type View } from './views.ts';

/** One saved view of the library. What is filtered is said by the address. */
export function LibraryPage({ view, title, head, ...rest }: LibraryPageProps) {
  return (
    <>
      {head ?? <h1 className="sr-only">{title ?? VIEW_TITLE[view]}</h1>}
      <Suspense>
        <Filtered view={view} title={title ?? VIEW_TITLE[view]} {...rest} />
      </Suspense>
    </>
  );
}

type LibraryPageProps = {
  view: View;
  /** The one to show, in the view of a collection. */
  collection?: CollectionId;
  /** Days that items stay in the trash; 0: until somebody deletes them. */
  trashDays?: number;
  title?: string;
  /** In place of the unseen heading. */
  head?: ReactNode;
};

function Filtered({
  view,
  title,
  collection,
  trashDays,
}: {
  view: View;
  title: string;
  collection?: CollectionId | undefined;
  trashDays?: number | undefined;
}) {
  const kind = kindFrom(useSearchParams());
  const pathname = usePathname();
  const setKind = (next: Kind | undefined) =>
    history.replaceState(null, '', next ? `${pathname}?kind=${next}` : pathname);
  return (
    <LibraryView
      key={kind ?? 'all'}
      view={view}
      title={title}
      collection={collection}
      trashDays={trashDays}
      kind={kind}
      onKind={setKind}
    />
  );
}
