'use client';
import { Copy, CornerLeftUp, RotateCw, X } from 'lucide-react';
import { memo } from 'react';
import { Button, IconButton } from '../kit/button.tsx';
import { copyPrompt } from '../kit/copy-prompt.ts';
import { OutputTile } from './output-tile.tsx';
import { elapsed, isWaiting, stageOf, type ResultGroup, type ResultOutput } from './result-groups.ts';
import { TILE_HEIGHT } from './tile-height.ts';
import { useClock } from './use-clock.ts';

export type GroupActions = {
  onCancel: (group: ResultGroup) => void;
  onReuse: (group: ResultGroup) => void;
  onRetryAll: (group: ResultGroup) => void;
  onRetryOne: (group: ResultGroup, output: ResultOutput) => void;
  onDismiss: (group: ResultGroup) => void;
};

/** One request: its prompt, then its outputs in a row, each in its final aspect from the start. */
export const GenerationGroup = memo(function GenerationGroup({
  group,
  actions,
}: {
  group: ResultGroup;
  actions: GroupActions;
}) {
  const waiting = isWaiting(group);
  const now = useClock(waiting);
  const time = waiting ? elapsed(group.createdAt, now) : '';
  const failed = group.status === 'failed' || group.status === 'refused' || group.status === 'interrupted';
  const width = Math.round(TILE_HEIGHT * group.ratio);
  const columns = group.outputs.length;
  return (
    <section aria-label={`Result: ${group.prompt}`} className="group/result">
      <header className="mb-2 flex min-h-9 items-start justify-between gap-3">
        <p className="line-clamp-2 max-w-[72ch] min-w-0 py-2">{group.prompt}</p>
        <div className="flex shrink-0 items-center">
          {waiting && group.generation ? (
            <Button variant="ghost" className="text-quiet" onClick={() => actions.onCancel(group)}>
              <X aria-hidden className="size-4" />
              Cancel
            </Button>
          ) : null}
          <IconButton label="Copy prompt" icon={Copy} onClick={() => void copyPrompt(group.prompt)} />
          <IconButton label="Use again" icon={CornerLeftUp} onClick={() => actions.onReuse(group)} />
        </div>
      </header>
      {failed ? (
        <div className="border-line mb-2 flex flex-wrap items-center justify-between gap-3 rounded-panel border px-4 py-2.5">
          <p role="alert">
            <span className="text-danger font-medium">{stageOf(group)}. </span>
            {group.error?.message ?? 'Nothing was made. The prompt is kept.'}
          </p>
          <div className="flex gap-2">
            <Button onClick={() => actions.onRetryAll(group)}>
              <RotateCw aria-hidden className="size-4" />
              Retry
            </Button>
            {group.generation ? null : (
              <Button variant="ghost" onClick={() => actions.onDismiss(group)}>
                Dismiss
              </Button>
            )}
          </div>
        </div>
      ) : null}
      {group.status === 'refused' ? null : (
        <ul
          className="grid gap-1.5 [--cols:min(var(--count),2)] sm:[--cols:var(--count)]"
          style={{
            ['--count' as string]: columns,
            gridTemplateColumns: `repeat(var(--cols), minmax(0, ${columns === 1 ? Math.max(width, 300) : width}px))`,
          }}
        >
          {group.outputs.map((output) => (
            <li key={output.index} style={{ aspectRatio: group.ratio }}>
              <OutputTile
                group={group}
                output={output}
                time={time}
                width={width}
                onRetry={(one) => actions.onRetryOne(group, one)}
              />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
});
