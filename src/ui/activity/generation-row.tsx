'use client';
import { RotateCw, X } from 'lucide-react';
import { isActive } from '#core/generation-state.ts';
import type { Generation } from '#core/generation.ts';
import { Button } from '../kit/button.tsx';
import { Moment } from '../kit/moment.tsx';
import { isFailure, outcomeOf, reasonOf } from './activity-words.ts';
import { Still } from './still.tsx';

export function GenerationRow({
  generation,
  onCancel,
  onRetry,
}: {
  generation: Generation;
  onCancel: () => void;
  onRetry: () => void;
}) {
  const { prompt, status, outputs, model, createdAt } = generation;
  const failed = isFailure(generation);
  const saved = outputs.flatMap((output) => (output.state === 'saved' ? [output.mediaId] : []));
  return (
    <li aria-label={prompt} className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2 py-3">
      <div className="min-w-0 flex-1 basis-72">
        <p className="line-clamp-2 wrap-anywhere">{prompt}</p>
        <p className="text-quiet text-note mt-0.5 tabular-nums">
          <span className={failed ? 'text-danger font-medium' : ''}>{outcomeOf(generation)}</span>
          {', '}
          {model}, <Moment at={createdAt} />
        </p>
        {failed ? <p className="mt-1 max-w-prose text-pretty">{reasonOf(generation)}</p> : null}
      </div>
      <div className="flex shrink-0 flex-wrap items-center gap-2">
        {isActive(status) ? (
          <Button variant="ghost" onClick={onCancel} aria-label={`Cancel: ${prompt}`}>
            <X aria-hidden className="size-4" />
            Cancel
          </Button>
        ) : null}
        {saved.map((id, index) => (
          <Still key={id} id={id} label={`Show${index === 0 ? '' : ` ${index + 1}`}: ${prompt}`} />
        ))}
        {failed ? (
          <Button onClick={onRetry} aria-label={`Retry: ${prompt}`}>
            <RotateCw aria-hidden className="size-4" />
            Retry
          </Button>
        ) : null}
      </div>
    </li>
  );
}
