import { createTRPCClient, httpSubscriptionLink } from '@trpc/client';
import type { LibraryId } from '#core/owner.ts';
import type { AppRouter } from '#server/trpc/root.ts';
import { backoff } from './sync/schedule.ts';

/** When this very page ended the session, it knows by then and has stopped listening. In milliseconds. */
const END_PATIENCE = 1000;

/**
 * Hints that a library has changed, over server-sent events. In a file of its own: a page loads it after it has
 * painted.
 * @param onLive Whether hints can be relied on now.
 * @param onEnd The server has ended the stream, as it does when a session is over: asking tells why.
 * @returns Stops.
 */
export function listenForPokes(
  library: LibraryId,
  onPoke: (cursor: string) => void,
  onLive: (isLive: boolean) => void,
  onEnd: () => void,
): () => void {
  const client = createTRPCClient<AppRouter>({ links: [httpSubscriptionLink({ url: '/api/trpc' })] });
  let timer: ReturnType<typeof setTimeout> | undefined;
  let ending: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let isOver = false;
  let current: { unsubscribe: () => void } | null = null;

  // A lost connection is mended by the link itself; a stream that was refused or ended is asked for again, later.
  function again() {
    onLive(false);
    if (!isOver) timer = setTimeout(subscribe, backoff(++failures + 2));
  }

  function subscribe() {
    current = client.sync.onPoke.subscribe(
      { library },
      {
        onConnectionStateChange: ({ state }) => onLive(state === 'pending'),
        onData: ({ data }) => {
          failures = 0;
          onPoke(data.cursor);
        },
        onError: again,
        onComplete: () => {
          again();
          ending = setTimeout(onEnd, END_PATIENCE);
        },
      },
    );
  }

  subscribe();
  return () => {
    isOver = true;
    clearTimeout(timer);
    clearTimeout(ending);
    current?.unsubscribe();
  };
}
