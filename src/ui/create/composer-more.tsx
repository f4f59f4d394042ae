'use client';
import { useId, type ReactNode } from 'react';
import type { Draft, ModelField } from './draft.ts';

const FIELD =
  'border-line-strong bg-surface placeholder:text-quiet mt-1.5 w-full rounded-lg border px-3 py-2 touch:text-lead transition-colors';

function Field({
  label,
  note,
  children,
}: {
  label: string;
  note?: string;
  children: (id: string) => ReactNode;
}) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      {note ? <span className="text-quiet ml-2">{note}</span> : null}
      {children(id)}
    </div>
  );
}

/** What most prompts do without. */
export function ComposerMore({
  draft,
  supports,
  onChange,
}: {
  draft: Draft;
  supports: (field: ModelField) => boolean;
  onChange: (change: Partial<Draft>) => void;
}) {
  return (
    <div className="border-line grid gap-x-5 gap-y-4 border-t px-4 py-4 sm:grid-cols-2 sm:px-5">
      {supports('negativePrompt') ? (
        <Field label="Leave out" note="what should not appear">
          {(id) => (
            <textarea
              id={id}
              rows={2}
              maxLength={8000}
              value={draft.negativePrompt}
              onChange={(event) => onChange({ negativePrompt: event.target.value })}
              className={FIELD}
            />
          )}
        </Field>
      ) : null}
      <Field label="Search context" note="kept with the result">
        {(id) => (
          <textarea
            id={id}
            rows={2}
            maxLength={4000}
            value={draft.searchContext}
            onChange={(event) => onChange({ searchContext: event.target.value })}
            className={FIELD}
          />
        )}
      </Field>
      <Field label="Grounding links" note="one a line, kept with the result">
        {(id) => (
          <textarea
            id={id}
            rows={2}
            inputMode="url"
            value={draft.groundingLinks}
            placeholder="https://"
            onChange={(event) => onChange({ groundingLinks: event.target.value })}
            className={FIELD}
          />
        )}
      </Field>
      <div className="grid grid-cols-[1fr_8rem] gap-4">
        <Field label="Headline">
          {(id) => (
            <input
              id={id}
              type="text"
              maxLength={200}
              value={draft.headline}
              onChange={(event) => onChange({ headline: event.target.value })}
              className={FIELD}
            />
          )}
        </Field>
        <Field label="Language">
          {(id) => (
            <input
              id={id}
              type="text"
              maxLength={35}
              placeholder="en"
              value={draft.language}
              onChange={(event) => onChange({ language: event.target.value })}
              className={FIELD}
            />
          )}
        </Field>
      </div>
    </div>
  );
}
