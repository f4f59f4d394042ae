'use client';
import { usePathname } from 'next/navigation';
import { useState, useSyncExternalStore } from 'react';
import { toCollectionId } from '#client/ids.ts';
import { useCollections } from '#client/use-collections.ts';
import { FailedState, LoadingState } from '../gallery/empty-state.tsx';
import { Frame } from '../kit/frame.tsx';
import { LibraryPage } from '../gallery/library-page.tsx';
import { buttonClass } from '../kit/button.tsx';
import { CollectionHead } from './collection-head.tsx';
import { CollectionLink } from './collection-link.tsx';
import { collectionInPath } from './collection-path.ts';
import { CollectionShelf } from './collection-shelf.tsx';

const never = () => () => {};

/** Null until the page is taken over: without a network one page stands for all collections. */
function useOpenCollection(): string | null {
  const pathname = usePathname();
  const isTakenOver = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  const [open, setOpen] = useState<string | null>(null);
  const named = isTakenOver ? collectionInPath(pathname) : null;
  if (named !== null && named !== open) setOpen(named);
  return named ?? open;
}

/** All collections, or the one that the address names. */
export function CollectionsPage() {
  const open = useOpenCollection();
  if (open === null) return <LoadingState />;
  return open === '' ? <CollectionShelf /> : <OneCollection key={open} id={open} />;
}

function OneCollection({ id }: { id: string }) {
  const { items, status } = useCollections();
  const wanted = toCollectionId(id);
  const collection = items.find((item) => item.id === wanted);
  if (collection) {
    return (
      <LibraryPage
        view="collection"
        collection={collection.id}
        title={collection.name}
        head={<CollectionHead collection={collection} />}
      />
    );
  }
  if (status === 'failed') return <FailedState message={null} onRetry={() => location.reload()} />;
  if (status === 'loading') return <LoadingState />;
  return (
    <Frame
      title="There is no such collection"
      note="It may have been deleted. What was in it is in the gallery."
    >
      <CollectionLink to="" className={buttonClass('plain')}>
        All collections
      </CollectionLink>
    </Frame>
  );
}
