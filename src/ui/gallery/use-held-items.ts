'use client';
import { useMemo, useState } from 'react';
import type { Media } from '#core/media.ts';
import { countNewer } from './held-items.ts';

/** Holds back what arrives at the head of the list while `holding`. */
export function useHeldItems(items: readonly Media[], holding: boolean) {
  const [frontier, setFrontier] = useState<Pick<Media, 'id' | 'createdAt'> | null>(null);
  const head = items[0];
  if (holding && frontier === null && head) setFrontier({ id: head.id, createdAt: head.createdAt });
  if (!holding && frontier !== null) setFrontier(null);
  const held = holding && frontier ? countNewer(items, frontier) : 0;
  const shown = useMemo(() => (held === 0 ? items : items.slice(held)), [items, held]);
  return { shown, held };
}
