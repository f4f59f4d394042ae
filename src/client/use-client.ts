import { useSyncExternalStore } from 'react';
import { session } from './browser.ts';
import type { SessionState } from './session.ts';
import type { Engine, EngineState } from './sync/engine.ts';

const LOADING: SessionState = {
  engine: null,
  me: null,
  isUnheard: false,
  status: 'loading',
  signedOut: null,
};
const unsubscribed = () => () => {};

/**
 * Part of what this page knows. The selector must answer with the same object while nothing that it reads has
 * changed; on the server, and while React takes over its page, it sees a session that is loading.
 */
export function useClient<Part>(select: (state: SessionState) => Part): Part {
  return useSyncExternalStore(
    session?.subscribe ?? unsubscribed,
    () => select(session?.getState() ?? LOADING),
    () => select(LOADING),
  );
}

/** The same of the engine's state, or `otherwise` while there is no library. */
export const useEngineState = <Part, Otherwise>(
  select: (state: EngineState, engine: Engine) => Part,
  otherwise: Otherwise,
): Part | Otherwise => useClient(({ engine }) => (engine ? select(engine.getState(), engine) : otherwise));
