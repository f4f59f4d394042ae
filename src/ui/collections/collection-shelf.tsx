'use client';
import { FolderHeart, Pencil, Plus, Trash2 } from 'lucide-react';
import { useCollectionActions, useCollections, type CollectionView } from '#client/use-collections.ts';
import { FailedState, LoadingState } from '../gallery/empty-state.tsx';
import { Frame } from '../kit/frame.tsx';
import { Picture } from '../gallery/picture.tsx';
import { Button, IconButton } from '../kit/button.tsx';
import { deleteWithQuestion, sizeOf } from './collection-commands.ts';
import { CollectionLink } from './collection-link.tsx';
import { useNaming } from './use-naming.tsx';

/** All collections by name, each with its newest item. */
export function CollectionShelf() {
  const { items, status } = useCollections();
  const actions = useCollectionActions();
  const naming = useNaming();
  if (items.length === 0) {
    return (
      <>
        <h1 className="sr-only">Collections</h1>
        {status === 'failed' ? <FailedState message={null} onRetry={() => location.reload()} /> : null}
        {status === 'loading' ? <LoadingState /> : null}
        {status === 'ready' ? (
          <Frame
            title="No collections yet"
            note="Gather images and videos under a name. One item can be in many."
          >
            <Button variant="primary" onPointerEnter={naming.preload} onClick={naming.askNew}>
              New collection
            </Button>
          </Frame>
        ) : null}
        {naming.dialog}
      </>
    );
  }
  return (
    <div className="px-4 py-5 md:px-8 md:py-7">
      <header className="mb-5 flex items-center justify-between gap-4">
        <h1 className="text-lead font-medium">
          Collections <span className="text-quiet ml-1.5 font-normal tabular-nums">{items.length}</span>
        </h1>
        <Button onPointerEnter={naming.preload} onClick={naming.askNew}>
          <Plus aria-hidden className="size-4" />
          New collection
        </Button>
      </header>
      <ul className="grid grid-cols-2 gap-x-4 gap-y-6 sm:grid-cols-3 lg:grid-cols-4 xl:grid-cols-5">
        {items.map((collection) => (
          <li key={collection.id} className="group/card relative min-w-0">
            <Card collection={collection} />
            <span className="touch:hidden bg-raised/95 absolute top-1.5 right-1.5 flex rounded-lg opacity-0 transition-opacity group-hover/card:opacity-100 focus-within:opacity-100">
              <IconButton
                label={`Rename ${collection.name}`}
                icon={Pencil}
                onClick={() => naming.askRename(collection)}
              />
              <IconButton
                label={`Delete ${collection.name}`}
                icon={Trash2}
                tipSide="left"
                onClick={() => void deleteWithQuestion(actions, collection)}
              />
            </span>
          </li>
        ))}
      </ul>
      {naming.dialog}
    </div>
  );
}

function Card({ collection }: { collection: CollectionView }) {
  const { cover, id, name } = collection;
  return (
    <CollectionLink to={id} className="rounded-tile block">
      <span className="rounded-tile block aspect-4/3 overflow-hidden">
        {cover ? (
          <Picture media={cover} width={280} />
        ) : (
          <span className="bg-sunken text-quiet flex size-full items-center justify-center">
            <FolderHeart aria-hidden className="size-7" strokeWidth={1.25} />
          </span>
        )}
      </span>
      <span className="mt-2 block truncate font-medium" title={name}>
        {name}
      </span>
      <span className="text-quiet text-note block tabular-nums">{sizeOf(collection)}</span>
    </CollectionLink>
  );
}
