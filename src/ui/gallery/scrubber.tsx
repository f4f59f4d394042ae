'use client';
import { useRef, useState, type KeyboardEvent, type PointerEvent, type RefObject } from 'react';
import type { GridLayout } from './grid-layout.ts';
import { scrubberMarks } from './scrubber-marks.ts';

/** The whole list at the right edge, by its dates. It covers what is loaded. */
export function Scrubber({
  grid,
  layout,
  offset,
  viewport,
}: {
  grid: RefObject<HTMLElement | null>;
  layout: GridLayout;
  offset: number;
  viewport: number;
}) {
  const rail = useRef<HTMLDivElement>(null);
  const [dragging, setDragging] = useState(false);
  const range = layout.height - viewport;
  if (layout.groups.length < 2 || range < viewport) return null;
  const marks = scrubberMarks(layout, rail.current?.clientHeight ?? viewport * 0.8);
  const at = Math.min(1, Math.max(0, offset / range));
  const headers = layout.rows.filter((row) => row.type === 'header');
  const currentAt = Math.max(
    0,
    headers.findLastIndex((row) => row.top <= Math.max(0, offset) + 60),
  );
  const current = headers[currentAt]?.group.label ?? '';

  function scrollToOffset(to: number) {
    const element = grid.current;
    if (!element) return;
    const top = element.getBoundingClientRect().top + scrollY;
    scrollTo({ top: top + to, behavior: 'instant' });
  }
  function drag(event: PointerEvent) {
    const box = rail.current?.getBoundingClientRect();
    if (!box) return;
    scrollToOffset(Math.min(1, Math.max(0, (event.clientY - box.top) / box.height)) * range);
  }
  function onKeyDown(event: KeyboardEvent) {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 3, PageUp: -3, Home: -Infinity, End: Infinity }[
      event.key
    ];
    if (step === undefined) return;
    event.preventDefault();
    const to = Math.min(headers.length - 1, Math.max(0, currentAt + step));
    scrollToOffset(headers[to]?.top ?? 0);
  }

  return (
    <div
      ref={rail}
      role="slider"
      aria-label="Date"
      aria-orientation="vertical"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(at * 100)}
      aria-valuetext={current}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        setDragging(true);
        drag(event);
      }}
      onPointerMove={(event) => {
        if (dragging) drag(event);
      }}
      onPointerUp={() => setDragging(false)}
      onPointerCancel={() => setDragging(false)}
      className="group/scrub fixed top-20 right-0 bottom-8 z-20 w-7 cursor-ns-resize touch-none max-md:bottom-24 max-md:w-6"
    >
      {marks.map((mark) => (
        <span
          key={mark.key}
          aria-hidden
          className="text-quiet text-note absolute right-1.5 -translate-y-1/2 tabular-nums"
          style={{ top: `${mark.at * 100}%` }}
        >
          {mark.year ? (
            <span className="bg-surface/80 rounded-sm px-0.5 max-md:hidden">{mark.year}</span>
          ) : (
            <span className="bg-line-strong block size-[3px] rounded-full max-md:hidden" />
          )}
        </span>
      ))}
      <span
        aria-hidden
        className="bg-accent-text absolute right-0 h-0.5 w-4 rounded-full transition-[width] group-hover/scrub:w-7"
        style={{ top: `${at * 100}%` }}
      />
      <span
        aria-hidden
        className={`bg-text text-surface text-note pointer-events-none absolute right-8 -translate-y-1/2 rounded-md px-2 py-1 whitespace-nowrap transition-opacity ${dragging ? '' : 'opacity-0 group-hover/scrub:opacity-100 group-focus-visible/scrub:opacity-100'}`}
        style={{ top: `${at * 100}%` }}
      >
        {current}
      </span>
    </div>
  );
}
