import { useCallback, useEffect } from 'react';
import type { Media, MediaId, MediaPatch } from '#core/media.ts';
import { session, wake } from './browser.ts';
import type { SessionState } from './session.ts';
import type { EngineState } from './sync/engine.ts';
import { nameOfFilter, type Filter } from './sync/filter.ts';
import type { Wish } from './sync/steps.ts';
import { depthIn } from './sync/tail.ts';
import { trpc } from './trpc.ts';
import { useClient, useEngineState } from './use-client.ts';

export type GalleryFilter = Filter;

export type Gallery = {
  /** Newest first. A row that did not change is the same object as before. */
  items: readonly Media[];
  /** 'failed' only while there is nothing to show; a failure beyond that is in `error`. */
  status: 'loading' | 'ready' | 'failed';
  /** Where `items` come from: this device alone, or checked with the server since the page was opened. */
  source: 'device' | 'server';
  error: string | null;
  hasMore: boolean;
  isLoadingMore: boolean;
  loadMore: () => void;
  retry: () => void;
  /** Items with changes that the server has not acknowledged yet. */
  pending: ReadonlySet<MediaId>;
};

const NO_ROWS: readonly Media[] = [];
const NO_IDS: ReadonlySet<MediaId> = new Set();

/** With fewer items than this in view, older ones are fetched without being asked for. */
const FEW = 30;

const hasMoreOf = ({ phase, tail }: EngineState, filter: Filter) =>
  phase !== 'whole' || depthIn(tail, nameOfFilter(filter)) !== null;

function statusOf({ engine, status }: SessionState, filter: Filter): Gallery['status'] {
  // Nobody has an empty gallery; who it is may not be known yet.
  if (!engine) return status;
  const state = engine.getState();
  if (engine.views.list(state, filter).length > 0) return 'ready';
  if (state.phase !== 'whole') return 'loading';
  const isKnown = state.snapshot.base.cursor !== null && !hasMoreOf(state, filter);
  if (isKnown) return 'ready';
  return state.loadError !== null || state.error !== null ? 'failed' : 'loading';
}

function errorOf({ loadError, error }: EngineState): string | null {
  if (loadError !== null) return loadError;
  return error && error.code !== 'NETWORK' ? error.message : null;
}

export function useGallery({ kind, trash, starred, collection }: GalleryFilter): Gallery {
  const filter = { kind, trash, starred, collection };
  const name = nameOfFilter(filter);
  const items = useEngineState((state, { views }) => views.list(state, filter), NO_ROWS);
  const status = useClient((session) => statusOf(session, filter));
  const hasMore = useEngineState((state) => hasMoreOf(state, filter), false);
  const isLoadingMore = useEngineState(({ loadingMore }) => loadingMore.has(name), false);
  const canLoad = useEngineState(
    ({ isChecked, loadError, error }) => isChecked && loadError === null && error === null,
    false,
  );
  const loadMore = useCallback(() => {
    void session?.getState().engine?.loadMore({ kind, trash, starred, collection });
  }, [kind, trash, starred, collection]);

  const isShort = items.length < FEW && hasMore && canLoad && !isLoadingMore;
  useEffect(() => {
    if (isShort) loadMore();
  }, [isShort, loadMore]);

  return {
    items,
    status,
    hasMore,
    isLoadingMore,
    loadMore,
    source: useEngineState(({ isChecked }) => (isChecked ? 'server' : 'device'), 'server'),
    error: useEngineState(errorOf, null),
    pending: useEngineState(({ snapshot }, { views }) => views.pending(snapshot), NO_IDS),
    retry: useCallback(() => {
      wake();
      loadMore();
    }, [loadMore]),
  };
}

export type MediaView = { media: Media | null; status: 'loading' | 'ready' | 'missing' | 'failed' };

/** The item if this device holds it; nothing is asked for. */
export const useMediaAtHand = (id: MediaId): Media | null =>
  useEngineState((state, { views }) => views.one(state, id), null);

/** The item as this device knows it; one that it does not hold is fetched. */
export function useMedia(id: MediaId): MediaView {
  const local = useMediaAtHand(id);
  const isOpen = useEngineState(({ phase }) => phase === 'whole', false);
  const isDeleted = useEngineState((state, { views }) => views.isDeleted(state, id), false);
  const answer = trpc.media.get.useQuery(
    { id },
    { enabled: local === null && isOpen && !isDeleted, retry: (count, error) => !error.data && count < 3 },
  );
  const fetched = useEngineState((state, { views }) => views.one(state, id, answer.data), null);
  const status = useClient(({ status }) => status);

  const media = local ?? fetched;
  if (media) return { media, status: 'ready' };
  if (isDeleted || answer.error?.data?.appCode === 'NOT_FOUND') return { media: null, status: 'missing' };
  if (answer.error || status === 'failed') return { media: null, status: 'failed' };
  const isNobody = status === 'ready' && !session?.getState().engine;
  return { media: null, status: isNobody ? 'missing' : 'loading' };
}

export type MediaActions = {
  star: (ids: readonly MediaId[], on: boolean) => void;
  update: (id: MediaId, patch: MediaPatch) => void;
  trash: (ids: readonly MediaId[]) => void;
  restore: (ids: readonly MediaId[]) => void;
  purge: (ids: readonly MediaId[]) => void;
};

const act = (wishes: readonly Wish[]) => void session?.getState().engine?.act(wishes);

/** All show at once, are kept on the device before they are sent, and are sent when there is a network. */
const ACTIONS: MediaActions = {
  star: (ids, starred) => act(ids.map((id) => ({ type: 'patch', id, patch: { starred } }))),
  update: (id, patch) => act([{ type: 'patch', id, patch }]),
  trash: (ids) => act(ids.map((id) => ({ type: 'trash', id }))),
  restore: (ids) => act(ids.map((id) => ({ type: 'restore', id }))),
  purge: (ids) => act(ids.map((id) => ({ type: 'purge', id }))),
};

export const useMediaActions = (): MediaActions => ACTIONS;
