'use client';
import { useRef, useState } from 'react';
import { useConnection } from '#client/use-connection.ts';
import { lazyPart } from '../kit/lazy-part.tsx';
import { describeConnection } from './connection-words.ts';
import { useSettled } from './use-settled.ts';

const panel = lazyPart(() => import('./changes-panel.tsx').then((module) => module.ChangesPanel));

const DOT = {
  ok: 'bg-ok',
  quiet: 'bg-mark motion-safe:animate-wait',
  warn: 'bg-warn',
  danger: 'bg-danger',
} as const;

/** The state of this device towards the server, in one line; a press shows what waits and what failed. */
export function ConnectionStatus({ side = 'right' }: { side?: 'right' | 'bottom' }) {
  const connection = useConnection();
  // A check that takes a moment is not worth a flicker.
  const state = useSettled(connection.state, connection.state === 'syncing', 800);
  const { text, tone } = describeConnection({ ...connection, state });
  const button = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const [wanted, setWanted] = useState(false);
  // Routine comings and goings are for the eye; only what a person may act on is read out.
  const spoken = tone === 'warn' || tone === 'danger' ? text : '';
  return (
    <>
      <button
        ref={button}
        type="button"
        aria-expanded={open}
        aria-haspopup="dialog"
        onPointerEnter={panel.preload}
        onFocus={panel.preload}
        onClick={() => {
          setWanted(true);
          setOpen(!open);
        }}
        className="text-quiet hover:bg-hover hover:text-text touch:h-11 text-note flex h-8 items-center gap-3 rounded-lg px-[11px] text-left tabular-nums transition-colors"
      >
        <span aria-hidden className="flex size-[18px] shrink-0 items-center justify-center">
          <span className={`size-2 rounded-full ${DOT[tone]}`} />
        </span>
        <span className={side === 'right' ? 'rail-sr' : ''}>{text}</span>
      </button>
      <span role="status" className="sr-only">
        {spoken}
      </span>
      {wanted ? (
        <panel.Part anchor={button} side={side} connection={connection} open={open} onOpenChange={setOpen} />
      ) : null}
    </>
  );
}
