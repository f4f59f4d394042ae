'use client';
import { useEffect, useMemo, useReducer, useRef } from 'react';
import { useGallery, useMediaActions } from '#client/use-gallery.ts';
import { useCollectionActions } from '#client/use-collections.ts';
import type { CollectionId } from '#core/collection.ts';
import type { Kind } from '#core/settings.ts';
import { collectMedia } from '../collections/collecting.ts';
import { takeOutWithUndo } from '../collections/collection-commands.ts';
import { announce } from '../kit/feedback.ts';
import { ViewerHost } from '../viewer/viewer-host.tsx';
import { BulkBar } from './bulk-bar.tsx';
import { EmptyState, FailedState, LoadingState } from './empty-state.tsx';
import { FloatingBar } from './floating-bar.tsx';
import { Grid } from './grid.tsx';
import {
  countItems,
  purgeWithQuestion,
  restoreWithUndo,
  starMedia,
  trashWithUndo,
} from './media-commands.ts';
import { Scrubber } from './scrubber.tsx';
import { NO_SELECTION, select } from './selection.ts';
import { Toolbar } from './toolbar.tsx';
import { useGridInput } from './use-grid-input.ts';
import { useGridLayout } from './use-grid-layout.ts';
import { useGridWindow } from './use-grid-window.ts';
import { useHeldItems } from './use-held-items.ts';
import { useRovingFocus } from './use-roving-focus.ts';
import { useScrollAnchor } from './use-scroll-anchor.ts';
import { useSize } from './use-size.ts';
import { useToday } from './use-today.ts';
import { filterOf, trashNote, targetHeight, type View } from './views.ts';
import { visibleRows } from './visible-rows.ts';

/** Rows from the end at which more are asked for. */
const AHEAD = 40;

export function LibraryView({
  view,
  title,
  collection,
  trashDays,
  kind,
  onKind,
}: {
  view: View;
  title: string;
  collection: CollectionId | undefined;
  trashDays: number | undefined;
  kind: Kind | undefined;
  onKind: (kind: Kind | undefined) => void;
}) {
  const gallery = useGallery(useMemo(() => filterOf(view, kind, collection), [view, kind, collection]));
  const { hasMore, isLoadingMore, loadMore, status } = gallery;
  const actions = useMediaActions();
  const collections = useCollectionActions();
  const frame = useRef<HTMLDivElement>(null);
  const grid = useRef<HTMLDivElement>(null);
  const { width, viewport, offset, goingDown, isFlying } = useGridWindow(frame);
  const [size, setSize] = useSize();
  const today = useToday();
  const [selection, dispatch] = useReducer(select, NO_SELECTION);

  const { shown: items, held } = useHeldItems(gallery.items, offset > 200);
  const ids = useMemo(() => items.map(({ id }) => id), [items]);
  const layout = useGridLayout(items, { width, target: targetHeight(size, width, viewport), now: today });
  const range = useMemo(() => visibleRows(layout, offset, viewport), [layout, offset, viewport]);
  useScrollAnchor(frame, layout, items);

  const firstRow = layout.rows[range?.first ?? 0];
  const firstVisible = firstRow?.type === 'tiles' ? firstRow.start : (firstRow?.group.start ?? 0);
  const focus = useRovingFocus(grid, layout, items, firstVisible);
  const input = useGridInput({
    view,
    items,
    ids,
    layout,
    selection,
    select: dispatch,
    actions,
    onFocusItem: focus.focusItem,
  });

  useEffect(() => dispatch({ type: 'keep', order: ids }), [ids]);
  useEffect(() => {
    if (hasMore && !isLoadingMore && range && range.last > layout.rows.length - AHEAD) loadMore();
  }, [hasMore, isLoadingMore, loadMore, range, layout]);
  const selected = selection.ids.size;
  useEffect(() => {
    if (selected > 0) announce(`${countItems(selected)} selected`);
  }, [selected]);

  // Not a walk over 100,000 items for every step of a scroll.
  const chosen = selected === 0 ? [] : items.filter(({ id }) => selection.ids.has(id));
  const chosenIds = chosen.map(({ id }) => id);
  const allStarred = chosen.every(({ starred }) => starred);
  const clear = () => dispatch({ type: 'clear' });
  const empty = status === 'ready' && items.length === 0 && held === 0;

  return (
    <div className="px-1.5 md:pr-12 md:pl-3">
      <FloatingBar hidden={goingDown && !selection.active}>
        {selection.active ? (
          <BulkBar
            view={view}
            count={selected}
            allStarred={allStarred}
            onAll={() => dispatch({ type: 'all', order: ids })}
            onStar={() => starMedia(actions, chosenIds, !allStarred)}
            onCollect={() => collectMedia(chosen)}
            onTakeOut={
              collection === undefined
                ? undefined
                : () => {
                    clear();
                    takeOutWithUndo(collections, chosenIds, { id: collection, name: title });
                  }
            }
            onTrash={() => {
              clear();
              trashWithUndo(actions, chosenIds);
            }}
            onRestore={() => {
              clear();
              restoreWithUndo(actions, chosenIds);
            }}
            onPurge={() =>
              void purgeWithQuestion(actions, chosenIds).then((done) => {
                if (done) clear();
              })
            }
            onClear={clear}
          />
        ) : (
          <Toolbar
            kind={kind}
            onKind={onKind}
            size={size}
            onSize={setSize}
            canSelect={items.length > 0}
            onSelect={() => dispatch({ type: 'begin' })}
            canUpload={view === 'gallery'}
            onEmptyTrash={view === 'trash' ? () => void purgeWithQuestion(actions, ids) : undefined}
          />
        )}
      </FloatingBar>
      {held > 0 ? (
        <button
          type="button"
          className="bg-accent text-on-accent shadow-float touch:h-11 motion-safe:animate-rise fixed top-16 left-1/2 z-30 h-9 -translate-x-1/2 rounded-full px-4 font-medium tabular-nums md:left-[calc(50%+var(--sidebar)/2)]"
          onClick={() => scrollTo({ top: 0, behavior: 'instant' })}
        >
          {held.toLocaleString('en')} new
        </button>
      ) : null}
      <div ref={frame}>
        {status === 'failed' ? <FailedState message={gallery.error} onRetry={gallery.retry} /> : null}
        {status === 'loading' ? <LoadingState /> : null}
        {empty ? (
          <EmptyState view={view} kind={kind} trashDays={trashDays} onClearKind={() => onKind(undefined)} />
        ) : null}
        {items.length > 0 ? (
          <Grid
            {...input}
            ref={grid}
            label={title}
            items={items}
            complete={!hasMore}
            layout={layout}
            range={range}
            selection={selection}
            focusedId={focus.tabStop}
            pending={gallery.pending}
            isFlying={isFlying}
            onFocus={(event) => {
              const cell = event.target.closest<HTMLElement>('[data-media-id]');
              const media = items[Number(cell?.dataset['index'] ?? Number.NaN)];
              if (media) focus.noteFocus(media.id);
            }}
            onBlur={() => focus.noteBlur()}
          />
        ) : null}
      </div>
      {items.length > 0 ? (
        <ListEnd
          view={view}
          trashDays={trashDays}
          error={gallery.error}
          onRetry={gallery.retry}
          loading={isLoadingMore}
        />
      ) : null}
      <Scrubber grid={frame} layout={layout} offset={offset} viewport={viewport} />
      <ViewerHost
        ids={ids}
        onNearEnd={hasMore ? loadMore : undefined}
        onClosed={(id) => {
          const index = items.findIndex((media) => media.id === id);
          if (index < 0) return;
          // After the browser has put the page back where it was.
          requestAnimationFrame(() => requestAnimationFrame(() => focus.focusItem(index)));
        }}
      />
    </div>
  );
}

function ListEnd({
  view,
  trashDays,
  error,
  loading,
  onRetry,
}: {
  view: View;
  trashDays: number | undefined;
  error: string | null;
  loading: boolean;
  onRetry: () => void;
}) {
  if (error) {
    return (
      <p role="alert" className="text-quiet px-2 py-6">
        {error}{' '}
        <button type="button" className="text-accent-text touch:h-11 font-medium underline" onClick={onRetry}>
          Try again
        </button>
      </p>
    );
  }
  if (loading) return <p className="text-quiet motion-safe:animate-wait px-2 py-6">Loading more</p>;
  return view === 'trash' ? <p className="text-quiet px-2 py-6">{trashNote(trashDays)}</p> : null;
}
