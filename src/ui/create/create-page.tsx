'use client';
import { ArrowRight } from 'lucide-react';
import Link from 'next/link';
import { useEffect, useMemo, useRef, useState } from 'react';
import { newRequestId } from '#client/ids.ts';
import { useClient } from '#client/use-client.ts';
import { useModels } from '#client/use-models.ts';
import { useSession } from '#client/use-session.ts';
import { announce, showToast } from '../kit/feedback.ts';
import { lazyPart } from '../kit/lazy-part.tsx';
import { MobileTop } from '../shell/mobile-top.tsx';
import { ViewerHost } from '../viewer/viewer-host.tsx';
import { Composer, supportsOf } from './composer.tsx';
import { problemWith, reuse, toInput } from './draft.ts';
import type { GroupActions } from './generation-group.tsx';
import { LightTable } from './light-table.tsx';
import { promptHistory } from './prompt-history.ts';
import { SUGGESTIONS } from './suggestions.ts';
import { useDraft } from './use-draft.ts';
import { useRequests } from './use-requests.ts';
import { useSavedOutputs } from './use-saved-outputs.ts';

const results = lazyPart(() => import('./results.tsx').then((module) => module.Results));

/** Another tab may sign out or in: what was written and asked for here is not for whoever comes next. */
export function CreatePage() {
  const library = useClient(({ engine }) => engine?.library ?? null);
  const [last, setLast] = useState({ library, turn: 0 });
  if (last.library !== library) setLast({ library, turn: last.turn + (last.library === null ? 0 : 1) });
  return <Create key={last.turn} />;
}

function Create() {
  const field = useRef<HTMLTextAreaElement>(null);
  const { draft, restored, setDraft } = useDraft(() => field.current?.value ?? '');
  const { models } = useModels();
  const { me } = useSession();
  const requests = useRequests();
  const { groups, recent } = requests;
  const history = useMemo(() => promptHistory(recent.map(({ prompt }) => prompt)), [recent]);
  const saved = useSavedOutputs(groups);
  const [problem, setProblem] = useState<string | null>(null);
  const [turn, setTurn] = useState(0);
  const suggestions = SUGGESTIONS[draft.kind];
  const suggestion = suggestions[turn % suggestions.length] ?? suggestions[0];

  useEffect(() => {
    results.preload();
    // On a touch screen, focus would bring up the keyboard over the page.
    if (matchMedia('(pointer: fine)').matches) field.current?.focus({ preventScroll: true });
  }, []);

  function submit() {
    const wrong = problemWith(draft);
    setProblem(wrong);
    if (wrong) {
      field.current?.focus();
      return;
    }
    const requestId = newRequestId();
    const { supports } = supportsOf(models, draft);
    void requests.start({ ...toInput(draft, supports, requestId), requestId }).then((error) => {
      if (error) announce(`Not started. ${error}`);
    });
    setTurn(turn + 1);
    announce(`Generating ${draft.count[draft.kind]} of: ${draft.prompt.trim()}`);
  }

  const actions: GroupActions = {
    onCancel: requests.cancel,
    onDismiss: requests.dismiss,
    onRetryOne: (group, output) => void requests.retryOne(group, output),
    onRetryAll: (group) =>
      void requests.retryAll(group).then((error) => {
        if (error) showToast(error);
      }),
    onReuse: ({ generation, started }) => {
      if (generation) setDraft((current) => reuse(current, generation));
      else if (started) {
        const { input } = started;
        setDraft((current) =>
          reuse(current, { ...input, model: input.model ?? '', settings: input.settings ?? {} }),
        );
      }
      scrollTo({ top: 0, behavior: 'smooth' });
      field.current?.focus({ preventScroll: true });
    },
  };

  return (
    <div className="max-w-[76rem] px-4 pt-3 pb-10 md:px-8 md:pt-8">
      <MobileTop />
      <h1 className="sr-only">Create</h1>
      <Composer
        field={field}
        draft={draft}
        models={models}
        history={history}
        suggestion={suggestion}
        problem={problem}
        onChange={(change) => {
          setProblem(null);
          setDraft(change);
        }}
        onSubmit={submit}
      />
      <div className="mt-7 flex flex-col gap-8">
        {groups.length === 0 && restored ? (
          <LightTable count={draft.count[draft.kind]} aspect={draft.aspect[draft.kind]} />
        ) : null}
        {groups.length > 0 ? <results.Part groups={groups} actions={actions} /> : null}
      </div>
      {groups.length > 0 ? (
        <footer className="text-quiet mt-8 flex flex-wrap items-center justify-between gap-3">
          <p>{me?.type === 'guest' && saved.images >= 3 ? 'Saved on this server as a guest.' : ''}</p>
          <Link
            href="/gallery"
            className="text-accent-text hover:bg-hover touch:h-11 -mr-3 inline-flex h-9 items-center gap-1.5 rounded-lg px-3 font-medium"
          >
            View gallery
            <ArrowRight aria-hidden className="size-4" />
          </Link>
        </footer>
      ) : null}
      <ViewerHost ids={saved.ids} />
    </div>
  );
}
