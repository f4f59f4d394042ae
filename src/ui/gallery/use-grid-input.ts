'use client';
import {
  useEffect,
  useEffectEvent,
  useRef,
  type HTMLAttributes,
  type KeyboardEvent,
  type MouseEvent,
  type PointerEvent,
} from 'react';
import type { MediaActions } from '#client/use-gallery.ts';
import type { Media, MediaId } from '#core/media.ts';
import { collectMedia } from '../collections/collecting.ts';
import { isTyping } from '../shell/is-typing.ts';
import { isViewerOpening, openViewer } from '../viewer/viewer-path.ts';
import { moveFocus, type Direction, type GridLayout } from './grid-layout.ts';
import {
  downloadMedia,
  purgeWithQuestion,
  restoreWithUndo,
  starMedia,
  trashWithUndo,
} from './media-commands.ts';
import type { Selection, SelectionAction } from './selection.ts';
import type { View } from './views.ts';

const ARROWS: Record<string, Direction> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
  Home: 'first',
  End: 'last',
};

const LONG_PRESS_MS = 450;
const cellOf = (target: EventTarget | null) =>
  target instanceof Element ? target.closest<HTMLElement>('[role=gridcell][data-media-id]') : null;

/** What pointer and keys do to the grid. A command goes to the selection, else to the tile that has the focus. */
export function useGridInput({
  view,
  items,
  ids,
  layout,
  selection,
  select,
  actions,
  onFocusItem,
}: {
  view: View;
  items: readonly Media[];
  ids: readonly MediaId[];
  layout: GridLayout;
  selection: Selection;
  select: (action: SelectionAction) => void;
  actions: MediaActions;
  /** Brings an item into view and gives it the focus. */
  onFocusItem: (index: number) => void;
}): HTMLAttributes<HTMLDivElement> {
  const press = useRef<{ timer: number; x: number; y: number } | null>(null);
  const heldLong = useRef(false);

  const itemAt = (element: HTMLElement | null) => {
    const index = Number(element?.dataset['index'] ?? Number.NaN);
    const media = items[index];
    return media && element ? { element, index, media } : null;
  };
  const targets = (focused: Media) => {
    const chosen = selection.ids.size > 0 ? items.filter(({ id }) => selection.ids.has(id)) : [focused];
    return { chosen, chosenIds: chosen.map(({ id }) => id) };
  };

  function onClick(event: MouseEvent) {
    if (heldLong.current) {
      heldLong.current = false;
      return;
    }
    const hit = itemAt(cellOf(event.target));
    if (!hit) return;
    const { media, element } = hit;
    const button =
      event.target instanceof Element ? event.target.closest<HTMLElement>('[data-action]') : null;
    const action = button?.dataset['action'];
    if (event.shiftKey && (action === undefined || action === 'select')) {
      select({ type: 'extend', id: media.id, order: ids });
    } else if (action === 'star') starMedia(actions, [media.id], !media.starred);
    else if (action === 'trash') trashWithUndo(actions, [media.id]);
    else if (action === 'restore') restoreWithUndo(actions, [media.id]);
    else if (action === 'purge') void purgeWithQuestion(actions, [media.id]);
    else if (action === 'download') downloadMedia([media]);
    else if (action === 'select' || selection.active || event.metaKey || event.ctrlKey) {
      select({ type: 'toggle', id: media.id });
    } else openViewer(media.id, element);
  }

  function onKeyDown(event: KeyboardEvent) {
    const hit = itemAt(cellOf(event.target));
    if (!hit) return;
    if (isViewerOpening()) {
      event.preventDefault();
      return;
    }
    const { media, index, element } = hit;
    const onTile = event.target === element;
    const direction = ARROWS[event.key];
    if (direction) {
      event.preventDefault();
      const to = moveFocus(layout, index, direction);
      const toId = ids[to];
      if (event.shiftKey && toId) {
        if (selection.anchor === null) select({ type: 'toggle', id: media.id });
        select({ type: 'extend', id: toId, order: ids });
      }
      onFocusItem(to);
      return;
    }
    if ((event.key === 'Enter' || event.key === ' ') && !onTile) return;
    const { chosen, chosenIds } = targets(media);
    const commands: Record<string, (() => void) | undefined> = {
      Enter: () => openViewer(media.id, element),
      ' ': () => select({ type: 'toggle', id: media.id }),
      s:
        view === 'trash'
          ? undefined
          : () => starMedia(actions, chosenIds, !chosen.every(({ starred }) => starred)),
      d: () => downloadMedia([media]),
      l: view === 'trash' ? undefined : () => collectMedia(chosen),
      r: view === 'trash' ? () => restoreWithUndo(actions, chosenIds) : undefined,
      Delete: () => {
        onFocusItem(nextAfter(index, new Set(chosenIds)));
        if (event.shiftKey || view === 'trash') void purgeWithQuestion(actions, chosenIds);
        else trashWithUndo(actions, chosenIds);
      },
    };
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const command = commands[event.key];
    if (!command) return;
    event.preventDefault();
    command();
  }

  /** The item that takes the focus when some leave: the next that stays, else the one before. */
  function nextAfter(index: number, leaving: ReadonlySet<MediaId>): number {
    const stays = (at: number) => {
      const id = ids[at];
      return id !== undefined && !leaving.has(id);
    };
    for (let at = index + 1; at < ids.length; at++) if (stays(at)) return at;
    for (let at = index - 1; at >= 0; at--) if (stays(at)) return at;
    return index;
  }

  const onPageKey = useEffectEvent((event: globalThis.KeyboardEvent) => {
    const { target } = event;
    // A dialog, a menu and the viewer have an Escape of their own.
    const isApart =
      target instanceof Element && target.closest('[role=dialog],[role=alertdialog],[role=menu]');
    if (event.defaultPrevented || isApart || isTyping(target)) return;
    if (event.key === 'Escape' && selection.active) {
      select({ type: 'clear' });
      event.preventDefault();
    } else if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'a' && ids.length > 0) {
      select({ type: 'all', order: ids });
      event.preventDefault();
    }
  });
  useEffect(() => {
    const listener = (event: globalThis.KeyboardEvent) => onPageKey(event);
    addEventListener('keydown', listener);
    return () => removeEventListener('keydown', listener);
  }, []);

  const endPress = () => {
    if (press.current) clearTimeout(press.current.timer);
    press.current = null;
  };

  return {
    onClick,
    onKeyDown,
    onPointerDown(event: PointerEvent) {
      heldLong.current = false;
      const hit = itemAt(cellOf(event.target));
      if (event.pointerType !== 'touch' || !hit) return;
      endPress();
      const timer = window.setTimeout(() => {
        heldLong.current = true;
        select({ type: 'toggle', id: hit.media.id });
      }, LONG_PRESS_MS);
      press.current = { timer, x: event.clientX, y: event.clientY };
    },
    onPointerMove(event: PointerEvent) {
      const held = press.current;
      if (held && Math.hypot(event.clientX - held.x, event.clientY - held.y) > 10) endPress();
    },
    onPointerUp: endPress,
    onPointerCancel: endPress,
    onContextMenu(event: MouseEvent) {
      if (press.current || heldLong.current) event.preventDefault();
    },
  };
}
