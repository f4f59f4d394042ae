'use client';
import { useId, useState, type KeyboardEvent, type RefObject } from 'react';
import type { Model } from '#client/use-models.ts';
import { Button } from '../kit/button.tsx';
import { lazyPart } from '../kit/lazy-part.tsx';
import { ComposerChips } from './composer-chips.tsx';
import { MODEL_FIELDS, type Draft, type ModelField } from './draft.ts';
import { NOW, stepHistory } from './prompt-history.ts';

const composerMore = lazyPart(() => import('./composer-more.tsx').then((module) => module.ComposerMore));

/** Without an answer about models, everything is offered: the server keeps what a model does not know. */
export function supportsOf(models: readonly Model[], draft: Draft) {
  const ofKind = models.filter((model) => model.kind === draft.kind);
  const model = ofKind.find(({ id }) => id === draft.model[draft.kind]) ?? ofKind[0];
  const fields = model?.fields ?? MODEL_FIELDS;
  return { model, supports: (field: ModelField) => fields.includes(field) };
}

const noteOf = (model: Model | undefined) =>
  model &&
  (model.demo ? 'Demo model: no key, nothing leaves this computer' : `What you write goes to ${model.label}`);

export function Composer({
  field,
  draft,
  models,
  history,
  suggestion,
  problem,
  onChange,
  onSubmit,
}: {
  field: RefObject<HTMLTextAreaElement | null>;
  draft: Draft;
  models: readonly Model[];
  /** Earlier prompts, newest first. */
  history: readonly string[];
  suggestion: string;
  /** Why the last press of Generate did nothing. */
  problem: string | null;
  onChange: (change: Partial<Draft>) => void;
  onSubmit: () => void;
}) {
  const [more, setMore] = useState(false);
  const [place, setPlace] = useState(NOW);
  const hints = useId();
  const { model, supports } = supportsOf(models, draft);
  const empty = draft.prompt === '';

  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>) {
    if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) {
      event.preventDefault();
      if (!event.repeat) onSubmit();
    } else if (event.key === 'Tab' && !event.shiftKey && empty) {
      event.preventDefault();
      onChange({ prompt: suggestion });
    } else if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
      event.preventDefault();
      const step = stepHistory(history, place, draft.prompt, event.key === 'ArrowUp' ? 1 : -1);
      if (!step) return;
      setPlace(step.place);
      onChange({ prompt: step.prompt });
    }
  }

  return (
    <form
      className="border-line bg-raised focus-within:border-line-strong rounded-panel border transition-colors"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <div className="relative">
        <textarea
          ref={field}
          id="prompt"
          name="prompt"
          aria-label="Prompt"
          aria-describedby={hints}
          aria-invalid={problem !== null}
          rows={3}
          maxLength={8000}
          value={draft.prompt}
          onChange={(event) => {
            setPlace(NOW);
            onChange({ prompt: event.target.value });
          }}
          onKeyDown={onKeyDown}
          className="text-title block max-h-[45dvh] min-h-28 w-full resize-none bg-transparent px-4 pt-4 pb-2 outline-none [field-sizing:content] sm:px-5"
        />
        {empty ? (
          <div className="text-title pointer-events-none absolute inset-x-4 top-4 sm:inset-x-5">
            <span className="text-quiet">{suggestion} </span>
            <button
              type="button"
              tabIndex={-1}
              className="border-line text-quiet hover:text-text hover:bg-hover text-note pointer-events-auto relative -top-0.5 rounded-md border px-1.5 py-0.5 align-middle transition-colors after:absolute after:-inset-2"
              onClick={() => {
                onChange({ prompt: suggestion });
                field.current?.focus();
              }}
            >
              <span className="can-hover:hidden">Use this</span>
              <span className="hidden can-hover:inline">Tab</span>
              <span className="sr-only">: take the suggestion</span>
            </button>
          </div>
        ) : null}
        <p id={hints} className="sr-only">
          {empty ? `Suggestion: ${suggestion}. Press Tab to take it. ` : ''}Control Enter generates.
        </p>
      </div>
      <div className="flex flex-col gap-3 px-3 pb-3 sm:flex-row sm:items-end sm:justify-between sm:px-4 sm:pb-4">
        <div className="min-w-0">
          <ComposerChips
            draft={draft}
            models={models}
            supports={supports}
            more={more}
            onChange={onChange}
            onMore={() => setMore(!more)}
          />
        </div>
        <Button
          type="submit"
          variant="primary"
          className="shrink-0 sm:px-5"
          // Two clicks at once are meant as one.
          onClick={(event) => (event.detail > 1 ? event.preventDefault() : undefined)}
        >
          Generate
          <kbd aria-hidden className="hidden font-sans font-normal opacity-80 can-hover:inline">
            <span className="apple-hide">Ctrl</span>
            <span className="apple-only">⌘</span> ↵
          </kbd>
        </Button>
      </div>
      <div id="more-settings">
        {more ? <composerMore.Part draft={draft} supports={supports} onChange={onChange} /> : null}
      </div>
      {/* Always there: what lies below must not move when the models are known. */}
      <p
        role={problem ? 'alert' : undefined}
        className={`border-line text-note min-h-10 border-t px-4 py-2.5 sm:px-5 ${problem ? 'text-danger' : 'text-quiet'}`}
      >
        {problem ?? noteOf(model)}
      </p>
    </form>
  );
}
