'use client';
import { useEffect, useState } from 'react';
import { EMPTY_DRAFT, parseDraft, type Draft } from './draft.ts';

const KEY = 'afterimage:draft';

function readDraft(): Draft {
  try {
    return parseDraft(localStorage.getItem(KEY));
  } catch {
    return EMPTY_DRAFT;
  }
}

/** The draft, kept over a reload. `typed` is what was written into the field before the page came alive. */
export function useDraft(typed: () => string) {
  const [state, setState] = useState({ draft: EMPTY_DRAFT, restored: false });
  useEffect(() => {
    const stored = readDraft();
    setState({ draft: { ...stored, prompt: typed() || stored.prompt }, restored: true });
    // oxlint-disable-next-line react/exhaustive-deps -- once, when the page comes alive
  }, []);
  useEffect(() => {
    if (!state.restored) return;
    const timer = setTimeout(() => {
      try {
        localStorage.setItem(KEY, JSON.stringify(state.draft));
      } catch {
        // Storage is closed or full: the draft lives as long as the page.
      }
    }, 150);
    return () => clearTimeout(timer);
  }, [state]);
  const setDraft = (change: Partial<Draft> | ((draft: Draft) => Draft)) =>
    setState(({ draft }) => ({
      restored: true,
      draft: typeof change === 'function' ? change(draft) : { ...draft, ...change },
    }));
  return { draft: state.draft, restored: state.restored, setDraft };
}
