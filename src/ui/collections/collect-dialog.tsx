'use client';
import { Autocomplete } from '@base-ui/react/autocomplete';
import { Dialog } from '@base-ui/react/dialog';
import { Check, Minus, Plus, X } from 'lucide-react';
import { useRef, useState } from 'react';
import {
  useCollectionActions,
  useCollections,
  useMembership,
  type CollectionView,
} from '#client/use-collections.ts';
import type { Media } from '#core/media.ts';
import { countItems } from '../gallery/media-commands.ts';
import { IconButton } from '../kit/button.tsx';
import { announce, showToast } from '../kit/feedback.ts';
import { BACKDROP, POPUP } from '../kit/surface.ts';

type Choice = { type: 'collection'; collection: CollectionView } | { type: 'create'; name: string };

const NO_ITEMS: readonly Media[] = [];
const fold = (text: string) => text.normalize('NFKC').toLocaleLowerCase();

const labelOf = (choice: Choice) =>
  choice.type === 'create' ? `Create '${choice.name}'` : choice.collection.name;

type Membership = ReturnType<typeof useMembership>;

/** What the mark before a name says to those who do not see it. */
function stateOf(choice: Choice, membership: Membership, all: number): string {
  const inside = choice.type === 'create' ? 0 : (membership.get(choice.collection.id) ?? 0);
  if (inside === 0) return '';
  return inside === all ? ', in it' : ', some are in it';
}

/** Collections whose name holds what was typed, and to create one of that name if there is none. */
function choicesFor(collections: readonly CollectionView[], typed: string): Choice[] {
  const name = typed.trim();
  const found = collections.filter((collection) => fold(collection.name).includes(fold(name)));
  const isTaken = found.some((collection) => fold(collection.name) === fold(name));
  const create: Choice[] = name !== '' && !isTaken ? [{ type: 'create', name }] : [];
  return [...found.map((collection): Choice => ({ type: 'collection', collection })), ...create];
}

/** Puts items into collections and takes them out: what is pressed changes at once, and the dialog stays for more. */
export function CollectDialog({ items, onClose }: { items: readonly Media[] | null; onClose: () => void }) {
  const [typed, setTyped] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const { items: collections } = useCollections();
  const actions = useCollectionActions();
  const chosen = items ?? NO_ITEMS;
  const membership = useMembership(chosen);
  const ids = chosen.map(({ id }) => id);
  const choices = choicesFor(collections, typed);

  async function choose(choice: Choice) {
    setTyped('');
    if (choice.type === 'create') {
      try {
        await actions.create(choice.name, ids);
        announce(`${countItems(ids.length)} put into ${choice.name}`);
      } catch (error) {
        showToast(error instanceof Error ? error.message : 'The collection was not created. Try again.');
      }
      return;
    }
    const { id, name } = choice.collection;
    if ((membership.get(id) ?? 0) === ids.length) {
      actions.takeOut(ids, id);
      announce(`${countItems(ids.length)} taken out of ${name}`);
    } else {
      actions.put(ids, id);
      announce(`${countItems(ids.length)} put into ${name}`);
    }
  }

  return (
    <Dialog.Root
      open={items !== null}
      onOpenChange={(open) => {
        if (open) return;
        setTyped('');
        onClose();
      }}
    >
      <Dialog.Portal>
        <Dialog.Backdrop className={BACKDROP} />
        <Dialog.Popup
          initialFocus={input}
          className={`${POPUP} flex max-h-[min(32rem,80dvh)] w-[min(24rem,calc(100vw-2rem))] flex-col`}
        >
          <div className="flex items-center justify-between gap-2 py-2 pr-2 pl-4">
            <Dialog.Title className="font-medium">
              Collections of {ids.length === 1 ? 'this item' : countItems(ids.length)}
            </Dialog.Title>
            <Dialog.Close render={<IconButton label="Close" icon={X} tipSide="left" />} />
          </div>
          <Autocomplete.Root
            inline
            open
            mode="none"
            items={choices}
            value={typed}
            // Choosing fills the field with what was chosen; here it empties it.
            onValueChange={(value, { reason }) => setTyped(reason === 'item-press' ? '' : value)}
            itemToStringValue={labelOf}
            autoHighlight="always"
          >
            <div className="px-3">
              <Autocomplete.Input
                ref={input}
                maxLength={120}
                aria-label="Find or create a collection"
                placeholder="Find or create"
                className="border-line-strong bg-surface placeholder:text-quiet touch:h-11 h-9 w-full rounded-lg border px-3"
              />
            </div>
            <Autocomplete.List
              aria-label="Collections"
              className="min-h-0 overflow-y-auto overscroll-contain p-2 empty:hidden"
            >
              {choices.map((choice) => (
                <Autocomplete.Item
                  key={choice.type === 'create' ? 'create' : choice.collection.id}
                  value={choice}
                  aria-label={labelOf(choice) + stateOf(choice, membership, ids.length)}
                  // The second click of two hits whatever has come to lie there.
                  onClick={({ detail }) => (detail > 1 ? undefined : void choose(choice))}
                  className="data-highlighted:bg-hover touch:min-h-11 flex min-h-9 cursor-default items-center gap-2.5 rounded-lg px-2.5 py-1.5 outline-none"
                >
                  <Row choice={choice} membership={membership} all={ids.length} />
                </Autocomplete.Item>
              ))}
            </Autocomplete.List>
          </Autocomplete.Root>
          {choices.length === 0 ? (
            <p className="text-quiet px-4 pt-1 pb-4">No collections yet. Type a name to create one.</p>
          ) : null}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Row({ choice, membership, all }: { choice: Choice; membership: Membership; all: number }) {
  if (choice.type === 'create') {
    return (
      <>
        <Plus aria-hidden className="size-4 shrink-0" />
        <span className="truncate">{labelOf(choice)}</span>
      </>
    );
  }
  const inside = membership.get(choice.collection.id) ?? 0;
  const Mark = inside === all ? Check : Minus;
  return (
    <>
      <span
        aria-hidden
        className={`flex size-4 shrink-0 items-center justify-center rounded-[4px] border ${inside > 0 ? 'bg-accent border-accent text-on-accent' : 'border-line-strong'}`}
      >
        {inside > 0 ? <Mark className="size-3" strokeWidth={3} /> : null}
      </span>
      <span className="min-w-0 flex-1 truncate">{choice.collection.name}</span>
    </>
  );
}
