'use client';
import { useState } from 'react';
import { lazyPart } from '../kit/lazy-part.tsx';
import { useSignal } from '../kit/signal.ts';
import { collecting } from './collecting.ts';

const dialog = lazyPart(() => import('./collect-dialog.tsx').then((module) => module.CollectDialog));

/** Where items are put into collections, over whatever page they are on. */
export function CollectOutlet() {
  const items = useSignal(collecting);
  const [needed, setNeeded] = useState(false);
  if (items && !needed) setNeeded(true);
  return needed ? <dialog.Part items={items} onClose={() => collecting.set(null)} /> : null;
}
