'use client';
import { useState } from 'react';
import { useCollectionActions, type CollectionView } from '#client/use-collections.ts';
import { showToast } from '../kit/feedback.ts';
import { lazyPart } from '../kit/lazy-part.tsx';
import { openCollection } from './collection-path.ts';

const dialog = lazyPart(() => import('./name-dialog.tsx').then((module) => module.NameDialog));

/** The dialog in which a collection gets its name. `dialog` is to be drawn; the others open it. */
export function useNaming() {
  const actions = useCollectionActions();
  const [about, setAbout] = useState<CollectionView | 'new' | null>(null);
  const [open, setOpen] = useState(false);

  async function create(name: string) {
    try {
      openCollection(await actions.create(name));
    } catch (error) {
      showToast(error instanceof Error ? error.message : 'The collection was not created. Try again.');
    }
  }
  const ask = (what: CollectionView | 'new') => {
    setAbout(what);
    setOpen(true);
  };
  return {
    preload: dialog.preload,
    askNew: () => ask('new'),
    askRename: (collection: CollectionView) => ask(collection),
    dialog: about && (
      <dialog.Part
        open={open}
        name={about === 'new' ? null : about.name}
        onName={(name) => (about === 'new' ? void create(name) : actions.rename(about.id, name))}
        onClose={() => setOpen(false)}
      />
    ),
  };
}
