'use client';
import { useEffect, useMemo, useState, type KeyboardEvent, type PointerEvent, type RefObject } from 'react';
import { headersOf, type GridLayout } from './grid-layout.ts';
import { scrubberMarks } from './scrubber-marks.ts';

/** Room above and below the rail, in CSS pixels. */
const ABOVE = 80;
const BELOW = 96;
/** How long the rail stays on a touch screen after the last movement. */
const LINGER_MS = 1500;

const STEPS: Record<string, number> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: 3,
  PageUp: -3,
  Home: -1_000_000,
  End: 1_000_000,
};

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
  const [dragging, setDragging] = useState(false);
  const [moving, setMoving] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const onScroll = () => {
      setMoving(true);
      clearTimeout(timer);
      timer = setTimeout(() => setMoving(false), LINGER_MS);
    };
    addEventListener('scroll', onScroll, { passive: true });
    return () => {
      removeEventListener('scroll', onScroll);
      clearTimeout(timer);
    };
  }, []);

  const railHeight = viewport - ABOVE - BELOW;
  const headers = useMemo(() => headersOf(layout), [layout]);
  const marks = useMemo(
    () => scrubberMarks(headers, layout.height, railHeight),
    [headers, layout.height, railHeight],
  );
  const range = layout.height - viewport;
  if (layout.groups.length < 2 || range < viewport) return null;
  const at = Math.min(1, Math.max(0, offset / range));
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
    const { top } = event.currentTarget.getBoundingClientRect();
    scrollToOffset(Math.min(1, Math.max(0, (event.clientY - top) / railHeight)) * range);
  }
  function onKeyDown(event: KeyboardEvent) {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const to = Math.min(headers.length - 1, Math.max(0, currentAt + step));
    scrollToOffset(headers[to]?.top ?? 0);
  }

  return (
    <div
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
      style={{ top: ABOVE, height: railHeight }}
      className={`group/scrub fixed right-0 z-20 w-11 cursor-ns-resize touch-none transition-opacity -outline-offset-2 ${moving || dragging ? '' : 'touch:pointer-events-none touch:opacity-0'}`}
    >
      {marks.map((mark) => (
        <span
          key={mark.key}
          aria-hidden
          className="text-quiet text-note absolute right-3 -translate-y-1/2 tabular-nums touch:hidden"
          style={{ top: `${mark.at * 100}%` }}
        >
          {mark.year ?? <span className="bg-line-strong block size-[3px] rounded-full" />}
        </span>
      ))}
      <span
        aria-hidden
        className="bg-accent-text absolute right-0 h-0.5 w-2 -translate-y-1/2 rounded-l-full transition-[width] group-hover/scrub:w-4 touch:h-10 touch:w-1.5"
        style={{ top: `${at * 100}%` }}
      />
      <span
        aria-hidden
        className={`bg-text text-surface text-note pointer-events-none absolute right-12 -translate-y-1/2 rounded-md px-2 py-1 whitespace-nowrap transition-opacity ${dragging ? '' : 'opacity-0 group-hover/scrub:opacity-100 group-focus-visible/scrub:opacity-100'}`}
        style={{ top: `${at * 100}%` }}
      >
        {current}
      </span>
    </div>
  );
}
