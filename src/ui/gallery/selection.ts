import type { MediaId } from '#core/media.ts';

export type Selection = {
  ids: ReadonlySet<MediaId>;
  /** Where a range with Shift starts. */
  anchor: MediaId | null;
  /** A click selects instead of opening. */
  active: boolean;
};

export type SelectionAction =
  | { type: 'begin' }
  | { type: 'clear' }
  | { type: 'toggle'; id: MediaId }
  /** Everything between the anchor and `id`, in the order of `order`. */
  | { type: 'extend'; id: MediaId; order: readonly MediaId[] }
  | { type: 'all'; order: readonly MediaId[] }
  /** Lets go of what is no longer in the list. */
  | { type: 'keep'; order: readonly MediaId[] };

export const NO_SELECTION: Selection = { ids: new Set(), anchor: null, active: false };

export function select(state: Selection, action: SelectionAction): Selection {
  switch (action.type) {
    case 'begin':
      return { ...state, active: true };
    case 'clear':
      return NO_SELECTION;
    case 'toggle': {
      const ids = new Set(state.ids);
      if (!ids.delete(action.id)) ids.add(action.id);
      return ids.size === 0 ? NO_SELECTION : { ids, anchor: action.id, active: true };
    }
    case 'extend': {
      const to = action.order.indexOf(action.id);
      const from = state.anchor === null ? to : action.order.indexOf(state.anchor);
      if (to < 0) return state;
      const start = from < 0 ? to : from;
      const range = action.order.slice(Math.min(start, to), Math.max(start, to) + 1);
      return { ids: new Set([...state.ids, ...range]), anchor: state.anchor ?? action.id, active: true };
    }
    case 'all':
      return action.order.length === 0
        ? state
        : { ids: new Set(action.order), anchor: state.anchor, active: true };
    case 'keep': {
      if (state.ids.size === 0) return state;
      const present = new Set(action.order);
      const ids = new Set([...state.ids].filter((id) => present.has(id)));
      if (ids.size === state.ids.size) return state;
      return ids.size === 0 ? NO_SELECTION : { ...state, ids };
    }
  }
}
