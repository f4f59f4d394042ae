'use client';
import { useEffect, useEffectEvent, useRef, useState, type RefObject } from 'react';
import { clampView, FIT, fullScale, zoomAt, type Point, type Size, type View } from './zoom.ts';

const SWIPE_PX = 60;

/** Room for the bars and the arrows around a picture that fits, in CSS pixels. */
const margins = (stage: Size) => (stage.width < 768 ? { x: 0, y: 56 } : { x: 72, y: 60 });

/** The part of a stage that a fitted picture may fill. */
export function roomIn(stage: Size): Size {
  const { x, y } = margins(stage);
  return { width: Math.max(1, stage.width - 2 * x), height: Math.max(1, stage.height - 2 * y) };
}

const STEP = 1.4;

export type Zoom = {
  zoomed: boolean;
  zoomIn: () => void;
  zoomOut: () => void;
  fit: () => void;
  full: () => void;
};

/**
 * Wheel, pinch, drag and double click on a stage. The transform is written straight to the picture: a frame of a
 * drag must not wait for a render.
 */
export function useZoom(
  picture: Size,
  onSwipe: (step: 1 | -1) => void,
): { stage: RefObject<HTMLDivElement | null>; target: RefObject<HTMLDivElement | null>; zoom: Zoom } {
  const stage = useRef<HTMLDivElement>(null);
  const target = useRef<HTMLDivElement>(null);
  const view = useRef<View>(FIT);
  const [zoomed, setZoomed] = useState(false);
  const size = () =>
    roomIn({ width: stage.current?.clientWidth ?? 1, height: stage.current?.clientHeight ?? 1 });

  function show(next: View, smooth: boolean) {
    view.current = next;
    const element = target.current;
    if (element) {
      element.style.transition = smooth ? 'transform 160ms cubic-bezier(0.2, 0, 0, 1)' : 'none';
      element.style.transform = `translate(${next.x}px, ${next.y}px) scale(${next.scale})`;
    }
    setZoomed(next.scale > 1.001);
  }

  const centre: Point = { x: 0, y: 0 };
  const zoomTo = (scale: number, point: Point, smooth: boolean) =>
    show(zoomAt(view.current, scale, point, picture, size()), smooth);
  const full = (point = centre) => zoomTo(Math.max(fullScale(picture, size()), 2), point, true);

  const swipe = useEffectEvent(onSwipe);
  const zoomBy = useEffectEvent((factor: number, point: Point) =>
    zoomTo(view.current.scale * factor, point, false),
  );
  const pan = useEffectEvent((x: number, y: number) => {
    const { scale, x: fromX, y: fromY } = view.current;
    show(clampView({ scale, x: fromX + x, y: fromY + y }, picture, size()), false);
  });
  const toggle = useEffectEvent((point: Point) => {
    if (view.current.scale > 1.001) show(FIT, true);
    else full(point);
  });
  const isZoomed = useEffectEvent(() => view.current.scale > 1.001);

  useEffect(() => {
    const area = stage.current;
    if (!area) return;
    const pointers = new Map<number, Point>();
    let swiped = 0;
    const place = (event: { clientX: number; clientY: number }) => {
      const box = area.getBoundingClientRect();
      return { x: event.clientX - box.left - box.width / 2, y: event.clientY - box.top - box.height / 2 };
    };
    const spread = ([a, b]: Point[]) => (a && b ? Math.hypot(a.x - b.x, a.y - b.y) : 0);
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
      zoomBy(Math.exp((-event.deltaY * lines * (event.ctrlKey ? 4 : 1)) / 500), place(event));
    };
    const onDown = (event: PointerEvent) => {
      if (event.button !== 0 || (event.target instanceof Element && event.target.closest('button, video')))
        return;
      area.setPointerCapture(event.pointerId);
      pointers.set(event.pointerId, place(event));
      swiped = 0;
    };
    const onMove = (event: PointerEvent) => {
      const before = pointers.get(event.pointerId);
      if (!before) return;
      const now = place(event);
      const from = spread([...pointers.values()]);
      pointers.set(event.pointerId, now);
      const [a, b] = [...pointers.values()];
      if (a && b) {
        const middle = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
        if (from > 0) zoomBy(spread([a, b]) / from, middle);
      } else if (isZoomed()) pan(now.x - before.x, now.y - before.y);
      else if (event.pointerType === 'touch') swiped += now.x - before.x;
    };
    const onUp = (event: PointerEvent) => {
      if (!pointers.delete(event.pointerId)) return;
      if (Math.abs(swiped) > SWIPE_PX) swipe(swiped < 0 ? 1 : -1);
      swiped = 0;
    };
    const onDouble = (event: MouseEvent) => {
      if (!(event.target instanceof Element && event.target.closest('button, video'))) toggle(place(event));
    };
    area.addEventListener('wheel', onWheel, { passive: false });
    area.addEventListener('pointerdown', onDown);
    area.addEventListener('pointermove', onMove);
    area.addEventListener('pointerup', onUp);
    area.addEventListener('pointercancel', onUp);
    area.addEventListener('dblclick', onDouble);
    return () => {
      area.removeEventListener('wheel', onWheel);
      area.removeEventListener('pointerdown', onDown);
      area.removeEventListener('pointermove', onMove);
      area.removeEventListener('pointerup', onUp);
      area.removeEventListener('pointercancel', onUp);
      area.removeEventListener('dblclick', onDouble);
    };
  }, [stage]);

  const zoom = {
    zoomed,
    zoomIn: () => zoomTo(view.current.scale * STEP, centre, true),
    zoomOut: () => zoomTo(view.current.scale / STEP, centre, true),
    fit: () => show(FIT, true),
    full: () => full(),
  };
  return { stage, target, zoom };
}
