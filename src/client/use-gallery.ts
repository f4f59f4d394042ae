import type { Kind } from '#core/settings.ts';
import type { Media, MediaId, MediaPatch } from '#core/media.ts';

export type GalleryFilter = { kind?: Kind; trash?: boolean; starred?: boolean };

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

const NONE: ReadonlySet<MediaId> = new Set();

export function useGallery(_filter: GalleryFilter): Gallery {
  return {
    items: [],
    status: 'loading',
    source: 'device',
    error: null,
    hasMore: false,
    isLoadingMore: false,
    loadMore: () => {},
    retry: () => {},
    pending: NONE,
  };
}

export type MediaView = { media: Media | null; status: 'loading' | 'ready' | 'missing' | 'failed' };

export function useMedia(_id: MediaId): MediaView {
  return { media: null, status: 'loading' };
}

export type MediaActions = {
  star: (ids: readonly MediaId[], on: boolean) => void;
  update: (id: MediaId, patch: MediaPatch) => void;
  trash: (ids: readonly MediaId[]) => void;
  restore: (ids: readonly MediaId[]) => void;
  purge: (ids: readonly MediaId[]) => void;
};

export function useMediaActions(): MediaActions {
  return { star: () => {}, update: () => {}, trash: () => {}, restore: () => {}, purge: () => {} };
}
