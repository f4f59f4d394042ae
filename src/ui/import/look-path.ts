/**
 * A look at a list is a step of the history of its own: Back leads to the choice of a list, with what was pasted, and
 * Forward, or a reload, to the look again.
 */
import { importActions } from '#client/use-import.ts';

export function isLook(): boolean {
  const state: unknown = history.state;
  return typeof state === 'object' && state !== null && 'importLook' in state;
}

/** @param look Says whether there is anything to look at. */
export function openLook(look: () => boolean) {
  if (look() && !isLook()) history.pushState({ importLook: true }, '');
}

export function closeLook() {
  importActions.clear();
  if (isLook()) history.back();
}

export function followLook() {
  if (isLook()) importActions.lookAgain();
  else importActions.leaveLook();
}
