'use client';
import { useEffect, useState } from 'react';
import { readCompanion } from '#client/browser.ts';
import { keepDraft, readDraft } from '#client/kept-draft.ts';
import { useClient } from '#client/use-client.ts';
import { EMPTY_DRAFT, parseDraft, type Draft } from './draft.ts';

/** The draft, kept over a reload. `typed` is what was written into the field before the page came alive. */
export function useDraft(typed: () => string) {
  const [state, setState] = useState({ draft: EMPTY_DRAFT, restored: false });
  const library = useClient(({ engine }) => engine?.library ?? null);
  useEffect(() => {
    const stored = parseDraft(readDraft());
    setState({ draft: { ...stored, prompt: typed() || stored.prompt }, restored: true });
    // oxlint-disable-next-line react/exhaustive-deps -- once, when the page comes alive
  }, []);
  useEffect(() => {
    if (!state.restored) return;
    const owner = library ?? readCompanion();
    const timer = setTimeout(() => keepDraft(owner, state.draft), 150);
    return () => clearTimeout(timer);
  }, [state, library]);
  const setDraft = (change: Partial<Draft> | ((draft: Draft) => Draft)) =>
    setState(({ draft }) => ({
      restored: true,
      draft: typeof change === 'function' ? change(draft) : { ...draft, ...change },
    }));
  return { draft: state.draft, restored: state.restored, setDraft };
}
