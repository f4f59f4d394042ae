'use client';
import Link from 'next/link';
import { useEffect } from 'react';
import { countStates, importActions, type ImporterState } from '#client/use-import.ts';
import { Button, buttonClass } from '../kit/button.tsx';
import { announce } from '../kit/feedback.ts';
import { useSubmit } from '../kit/use-submit.ts';
import { Alert } from '../kit/alert.tsx';
import { COUNTED, entriesIn, PHASES } from './import-words.ts';
import { closeLook } from './look-path.ts';
import { ImportRows } from './import-rows.tsx';

/** What a list holds, what becomes of it, and what could not come in. */
export function ImportReview({ state }: { state: ImporterState }) {
  const { phase, rows } = state;
  const counts = countStates(rows);
  const { failure, run } = useSubmit();
  const left = counts.new + counts.failed;
  const isAtWork = phase === 'looking' || phase === 'checking' || phase === 'bringing';
  const hasLinks = rows.some((row) => row.state === 'new' && row.link !== null);

  useEffect(() => {
    if (phase === 'ended') announce(`${entriesIn(counts.saved + counts.here)} of the list are here`);
  }, [phase, counts.saved, counts.here]);

  return (
    <>
      <dl className="border-line rounded-panel mt-6 grid grid-cols-2 border sm:grid-cols-3">
        {COUNTED.filter(({ states, always }) => always || states.some((name) => counts[name] > 0)).map(
          ({ label, states }) => (
            <div key={label} className="px-4 py-3">
              <dt className="text-quiet">{label}</dt>
              <dd className="text-lead font-medium tabular-nums">
                {states.reduce((sum, name) => sum + counts[name], 0).toLocaleString('en')}
              </dd>
            </div>
          ),
        )}
      </dl>
      {isAtWork ? <Progress state={state} label={PHASES[phase]} /> : null}
      {phase === 'looked' && state.wasBrokenOff && state.error === null && left > 0 ? (
        <p className="mt-5 max-w-prose text-pretty">
          This was broken off: {counts.here.toLocaleString('en')} of{' '}
          {(counts.here + left).toLocaleString('en')} are here.
        </p>
      ) : null}
      {state.problems.length > 0 ? (
        <div className="mt-5 flex flex-col gap-2">
          {state.problems.map((problem) => (
            <Alert key={problem}>{problem}</Alert>
          ))}
        </div>
      ) : null}
      {failure ? (
        <div className="mt-5">
          <Alert>{failure.message}</Alert>
        </div>
      ) : null}
      <div className="mt-5 flex flex-wrap gap-2">
        {isAtWork ? <Button onClick={importActions.stop}>Stop</Button> : null}
        {!isAtWork && left > 0 ? (
          <Button variant="primary" onClick={() => void run(importActions.bring)}>
            {phase === 'ended' || state.wasBrokenOff
              ? `Go on with ${entriesIn(left)}`
              : `Bring in ${left.toLocaleString('en')}`}
          </Button>
        ) : null}
        {!isAtWork && left === 0 ? (
          <Link href="/gallery" className={buttonClass('primary')}>
            Go to the gallery
          </Link>
        ) : null}
        {phase === 'looked' && hasLinks ? (
          <Button onClick={() => void importActions.checkLinks()}>Check the links first</Button>
        ) : null}
        {isAtWork ? null : (
          <Button variant="ghost" onClick={closeLook}>
            Another list
          </Button>
        )}
      </div>
      {phase === 'bringing' ? (
        <p className="text-quiet mt-3 max-w-prose text-pretty">
          It goes on while you are elsewhere in the gallery. If this page is closed, bring the same list in
          again: what is here already is passed over.
        </p>
      ) : null}
      <ImportRows rows={rows} />
    </>
  );
}

function Progress({ state: { done, total }, label }: { state: ImporterState; label: string }) {
  return (
    <div className="mt-5">
      <p role="status" className="flex justify-between gap-3">
        <span>{label}</span>
        <span className="text-quiet tabular-nums">
          {done.toLocaleString('en')} of {total.toLocaleString('en')}
        </span>
      </p>
      <div
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuenow={done}
        className="bg-hover mt-1.5 h-1 overflow-hidden rounded-full"
      >
        <div
          className="bg-accent h-full origin-left transition-transform"
          style={{ transform: `scaleX(${total === 0 ? 0 : done / total})` }}
        />
      </div>
    </div>
  );
}
