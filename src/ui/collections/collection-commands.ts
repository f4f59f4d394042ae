import type { CollectionActions, CollectionView } from '#client/use-collections.ts';
import type { MediaId } from '#core/media.ts';
import { announce, ask, showUndo } from '../kit/feedback.ts';
import { countItems } from '../gallery/media-commands.ts';

export const sizeOf = ({ size, isExact }: CollectionView) =>
  isExact ? countItems(size) : `${size.toLocaleString('en')}+ items`;

export function takeOutWithUndo(
  actions: CollectionActions,
  ids: readonly MediaId[],
  { id, name }: Pick<CollectionView, 'id' | 'name'>,
) {
  if (ids.length === 0) return;
  actions.takeOut(ids, id);
  showUndo(`${countItems(ids.length)} taken out of ${name}`, () => actions.put(ids, id));
}

/** @returns false when the person backed out. */
export async function deleteWithQuestion(
  actions: CollectionActions,
  { id, name }: Pick<CollectionView, 'id' | 'name'>,
): Promise<boolean> {
  const yes = await ask({
    title: `Delete the collection ${name}?`,
    body: 'What is in it stays in the gallery.',
    confirm: 'Delete collection',
  });
  if (!yes) return false;
  actions.remove(id);
  announce(`Collection ${name} deleted`);
  return true;
}
