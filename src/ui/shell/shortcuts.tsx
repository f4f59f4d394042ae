'use client';
import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { undoLast } from '../kit/feedback.ts';
import { lazyPart } from '../kit/lazy-part.tsx';
import { isTyping } from './is-typing.ts';
import { NAV_ITEMS } from './nav-items.ts';

const shortcutHelp = lazyPart(() => import('./shortcut-help.tsx').then((module) => module.ShortcutHelp));

/** How long `g` waits for its second letter. */
const SEQUENCE_MS = 1200;

export function Shortcuts() {
  const router = useRouter();
  const [help, setHelp] = useState<'never' | 'open' | 'closed'>('never');
  useEffect(() => {
    let sequenceUntil = 0;
    function onKeyDown(event: KeyboardEvent) {
      if (event.defaultPrevented || isTyping(event.target)) return;
      if ((event.metaKey || event.ctrlKey) && !event.shiftKey && event.key.toLowerCase() === 'z') {
        if (undoLast()) event.preventDefault();
        return;
      }
      if (event.metaKey || event.ctrlKey || event.altKey) return;
      if (event.key === '?') {
        event.preventDefault();
        setHelp('open');
        return;
      }
      const inSequence = performance.now() < sequenceUntil;
      sequenceUntil = 0;
      if (inSequence) {
        const item = NAV_ITEMS.find(({ key }) => key === event.key);
        if (!item) return;
        event.preventDefault();
        event.stopPropagation();
        router.push(item.href);
      } else if (event.key === 'g') {
        sequenceUntil = performance.now() + SEQUENCE_MS;
      }
    }
    // Captured, so that the `s` of "g s" goes to Starred and does not star the focused picture.
    window.addEventListener('keydown', onKeyDown, true);
    return () => window.removeEventListener('keydown', onKeyDown, true);
  }, [router]);
  return help === 'never' ? null : (
    <shortcutHelp.Part open={help === 'open'} onOpenChange={(open) => setHelp(open ? 'open' : 'closed')} />
  );
}
