import type { CollectionId, Membership } from './collection.ts';

/** The set after a change of it; the same array when nothing changes. What is both taken out and put in is in. */
export function changeMembership(
  ids: readonly CollectionId[],
  { add, remove }: Membership,
): readonly CollectionId[] {
  const named = new Set([...remove, ...add]);
  const next = new Set([...ids.filter((id) => !named.has(id)), ...add]);
  return next.size === ids.length && ids.every((id) => next.has(id)) ? ids : [...next];
}
