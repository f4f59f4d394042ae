'use client';
import { GenerationGroup, type GroupActions } from './generation-group.tsx';
import type { ResultGroup } from './result-groups.ts';

/** Older requests are found in the gallery. */
const SHOWN = 20;

/** One row of tiles for each request, newest first. */
export function Results({ groups, actions }: { groups: readonly ResultGroup[]; actions: GroupActions }) {
  return groups
    .slice(0, SHOWN)
    .map((group) => <GenerationGroup key={group.key} group={group} actions={actions} />);
}
