/**
 * Which picture is open is said by the address alone: `/gallery/<id>`, over whatever page lies beneath.
 * It is pushed into the history without asking the server, so that a picture opens at once and without a network.
 */
import type { ComponentType } from 'react';
import { makeSignal } from '../kit/signal.ts';
import { morph } from './morph.ts';
import type { ViewerProps } from './viewer-props.ts';

const PATH = /^\/gallery\/([^/]+)\/?$/;

/** As it stands in the address: not yet known to be an id. */
export const viewerId = makeSignal<string | null>(null);
export const viewerComponent = makeSignal<ComponentType<ViewerProps> | null>(null);

/** What the viewer is on its way to: a view transition makes its change a little later. */
let heading: string | null = null;

/** A picture was asked for and is not there yet: a key pressed now is not meant for the page beneath. */
export const isViewerOpening = () => heading !== null && viewerId.get() === null;

export const idInPath = (pathname: string) => PATH.exec(pathname)?.[1] ?? null;

export async function loadViewer() {
  const { Viewer } = await import('./viewer.tsx');
  viewerComponent.set(Viewer);
}

const isOverPage = () => {
  const state: unknown = history.state;
  return typeof state === 'object' && state !== null && 'overPage' in state;
};

/** @param tile What was pressed: the picture grows out of it. */
export function openViewer(id: string, tile: HTMLElement | null) {
  history.pushState({ overPage: true }, '', `/gallery/${id}${location.search}`);
  heading = id;
  const open = () => morph(() => viewerId.set(heading), { from: tile, to: null });
  if (viewerComponent.get()) open();
  else void loadViewer().then(open);
}

/** Moves to another picture in place: Back still leads to the page beneath. */
export function showInViewer(id: string) {
  history.replaceState(isOverPage() ? { overPage: true } : null, '', `/gallery/${id}${location.search}`);
  heading = id;
  viewerId.set(id);
}

export function closeViewer() {
  if (isOverPage()) {
    history.back();
    return;
  }
  history.replaceState(null, '', `/gallery${location.search}`);
  followPath();
}

const tileOf = (id: string | null) =>
  id === null ? null : document.querySelector<HTMLElement>(`[data-media-id="${CSS.escape(id)}"]`);

/** Makes the viewer agree with the address, after Back, Forward and navigation. */
export function followPath() {
  const before = heading;
  const now = idInPath(location.pathname);
  if (before === now) return;
  heading = now;
  if (now !== null && !viewerComponent.get()) void loadViewer();
  morph(() => viewerId.set(heading), {
    from: before === null ? tileOf(now) : null,
    to: now === null ? tileOf(before) : null,
  });
}

/** The page beneath goes away, and the viewer with it. */
export function forgetViewer() {
  heading = null;
  viewerId.set(null);
}
