'use client';
import { usePathname } from 'next/navigation';
import { createElement, useEffect, useEffectEvent } from 'react';
import type { MediaId } from '#core/media.ts';
import { useSignal } from '../kit/signal.ts';
import {
  closeViewer,
  followPath,
  forgetViewer,
  loadViewer,
  showInViewer,
  viewerComponent,
  viewerId,
} from './viewer-path.ts';

/** Draws the viewer over a page whose pictures are `ids`, in the order in which its arrows go. */
export function ViewerHost({
  ids,
  onNearEnd,
  onClosed,
}: {
  ids: readonly MediaId[];
  onNearEnd?: () => void;
  /** With the picture that was last open. */
  onClosed?: (id: string) => void;
}) {
  const id = useSignal(viewerId);
  const Viewer = useSignal(viewerComponent);
  const pathname = usePathname();
  const closed = useEffectEvent((last: string) => onClosed?.(last));

  // The address is written when a navigation is done: then, and not while it is drawn, it is read.
  useEffect(() => {
    if (pathname) followPath();
  }, [pathname]);
  useEffect(() => {
    addEventListener('popstate', followPath);
    const idle = setTimeout(() => void loadViewer(), 1500);
    return () => {
      removeEventListener('popstate', followPath);
      clearTimeout(idle);
      forgetViewer();
    };
  }, []);
  useEffect(() => {
    let last: string | null = null;
    return viewerId.subscribe(() => {
      const now = viewerId.get();
      if (now === null && last !== null) closed(last);
      last = now;
    });
  }, []);

  return id !== null && Viewer
    ? createElement(Viewer, { id, ids, onNearEnd, onShow: showInViewer, onClose: closeViewer })
    : null;
}
