'use client';
import { ChevronLeft, Pencil, Trash2 } from 'lucide-react';
import { useCollectionActions, type CollectionView } from '#client/use-collections.ts';
import { IconButton } from '../kit/button.tsx';
import { deleteWithQuestion, sizeOf } from './collection-commands.ts';
import { CollectionLink } from './collection-link.tsx';
import { openCollection } from './collection-path.ts';
import { useNaming } from './use-naming.tsx';

/** The name of the collection whose items follow, beside the floating bar or beneath it. */
export function CollectionHead({ collection }: { collection: CollectionView }) {
  const actions = useCollectionActions();
  const naming = useNaming();
  return (
    <header className="flex items-center pt-13 md:mr-88 md:pt-2">
      <CollectionLink
        to=""
        aria-label="All collections"
        data-tip="All collections"
        data-tip-side="right"
        className="tip text-quiet hover:text-text hover:bg-hover touch:size-11 inline-flex size-9 shrink-0 items-center justify-center rounded-lg transition-colors"
      >
        <ChevronLeft aria-hidden className="size-[18px]" strokeWidth={1.75} />
      </CollectionLink>
      <h1 className="text-lead min-w-0 truncate font-medium" title={collection.name}>
        {collection.name}
      </h1>
      <span className="text-quiet ml-2.5 shrink-0 whitespace-nowrap tabular-nums">{sizeOf(collection)}</span>
      <span className="ml-1 flex shrink-0">
        <IconButton label="Rename" icon={Pencil} onClick={() => naming.askRename(collection)} />
        <IconButton
          label="Delete collection"
          icon={Trash2}
          onClick={() =>
            void deleteWithQuestion(actions, collection).then((done) => {
              if (done) openCollection('');
            })
          }
        />
      </span>
      {naming.dialog}
    </header>
  );
}
