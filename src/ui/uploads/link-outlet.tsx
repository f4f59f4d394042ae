'use client';
import { useState } from 'react';
import { useSignal } from '../kit/signal.ts';
import { LinkDialog } from './link-dialog.tsx';
import { linking } from './linking.ts';

/** Each asking has a dialog of its own, which fetches what was pasted once. */
export function LinkOutlet() {
  const link = useSignal(linking);
  const [turn, setTurn] = useState({ link, count: 0 });
  if (link?.open && turn.link !== link) setTurn({ link, count: turn.count + 1 });
  return link ? (
    <LinkDialog
      key={turn.count}
      open={link.open}
      pasted={link.pasted}
      onClose={() => linking.set({ ...link, open: false })}
    />
  ) : null;
}
