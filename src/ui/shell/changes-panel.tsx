'use client';
import { Popover } from '@base-ui/react/popover';
import type { RefObject } from 'react';
import type { Connection } from '#client/use-connection.ts';
import { Button } from '../kit/button.tsx';
import { FLOATING } from '../kit/surface.ts';
import { describeFailed } from './failed-words.ts';
import { ThumbBudget } from './thumb-budget.tsx';

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div className="flex justify-between gap-6 py-1">
      <dt className="text-quiet">{name}</dt>
      <dd className="tabular-nums">{value}</dd>
    </div>
  );
}

const STATE = { online: 'Connected', offline: 'Out of reach', syncing: 'Syncing' } as const;

export function ChangesPanel({
  anchor,
  side,
  connection,
  open,
  onOpenChange,
}: {
  anchor: RefObject<HTMLButtonElement | null>;
  side: 'right' | 'bottom';
  connection: Connection;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  const { state, items, waiting, failed, retry, discard, memoryOnly } = connection;
  return (
    <Popover.Root
      open={open}
      onOpenChange={(next, details) => {
        const target = details.event.target;
        if (!next && target instanceof Node && anchor.current?.contains(target)) return;
        onOpenChange(next);
      }}
    >
      <Popover.Portal>
        <Popover.Positioner anchor={anchor} side={side} align="end" sideOffset={8} className="z-50">
          <Popover.Popup finalFocus={anchor} className={`${FLOATING} w-[min(22rem,calc(100vw-2rem))] p-4`}>
            <Popover.Title className="font-medium">This device</Popover.Title>
            <dl className="mt-2">
              <Fact name="Server" value={STATE[state]} />
              <Fact name="Items at hand" value={items.toLocaleString('en')} />
              <Fact name="Changes waiting" value={waiting.toLocaleString('en')} />
            </dl>
            <ThumbBudget />
            {memoryOnly ? (
              <p className="text-warn mt-2">
                This browser lets nothing be kept here. Your pictures are safe on the server, but changes that
                have not been sent are lost when the page closes.
              </p>
            ) : null}
            {failed.length > 0 ? (
              <ul className="border-line mt-3 flex max-h-72 flex-col gap-3 overflow-y-auto border-t pt-3">
                {failed.map((op) => (
                  <li key={op.seq}>
                    <p className="font-medium wrap-anywhere">{describeFailed(op)}</p>
                    <p className="text-quiet">{op.error.message}</p>
                    <div className="mt-2 flex gap-2">
                      {op.canRetry ? <Button onClick={() => retry(op.seq)}>Retry</Button> : null}
                      <Button variant="ghost" onClick={() => discard(op.seq)}>
                        Discard
                      </Button>
                    </div>
                  </li>
                ))}
              </ul>
            ) : null}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
