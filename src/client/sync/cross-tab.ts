/** Talk between tabs of one browser. It saves work and time; what is right never depends on it. */

/** A tab that was frozen while it held a lock gets so long; then the lock is taken from it. */
const LOCK_PATIENCE = 10_000;

const isNamed = (error: unknown, name: string) => error instanceof DOMException && error.name === name;

/** Runs `work` while no other tab runs work of the same name. Without Web Locks (plain http, storage that is blocked) it just runs. */
export async function withLock<T>(name: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  if (typeof navigator === 'undefined' || !('locks' in navigator)) return work();
  const patience = AbortSignal.timeout(LOCK_PATIENCE);
  try {
    const waiting = signal ? AbortSignal.any([signal, patience]) : patience;
    return await navigator.locks.request(name, { signal: waiting }, work);
  } catch (error) {
    if (isNamed(error, 'SecurityError')) return work();
    if (!isNamed(error, 'TimeoutError')) throw error;
    return await navigator.locks.request(name, { steal: true }, work);
  }
}

/** Runs `work` unless another tab is running work of the same name. */
export async function tryLock(name: string, work: () => Promise<void>): Promise<void> {
  if (typeof navigator === 'undefined' || !('locks' in navigator)) return work();
  return navigator.locks.request(name, { ifAvailable: true }, (lock) => (lock ? work() : undefined));
}

/** Holds a lock together with other tabs until `signal` aborts: who takes it alone finds that nobody holds it. */
export function shareLock(name: string, signal: AbortSignal): void {
  if (typeof navigator === 'undefined' || !('locks' in navigator) || signal.aborted) return;
  const left = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  navigator.locks
    .request(name, { mode: 'shared', signal }, () => left)
    .catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
}

const stop = (end: (() => void) | null) => end?.();

/**
 * Lets one tab do something for all: `begin` when this one's turn comes, its result when the turn ends. A tab that
 * comes to the front takes the turn, for the one that had it may be frozen; the others wait in line.
 * @returns Leaves for good.
 */
export function takeTurns(name: string, begin: () => () => void): () => void {
  if (typeof navigator === 'undefined' || !('locks' in navigator)) return begin();
  const left = new AbortController();
  let waiting = new AbortController();
  /** The request whose turn it is, when it is this tab's. */
  let current: object | null = null;

  async function ask(steal: boolean) {
    waiting.abort();
    waiting = new AbortController();
    const signal = AbortSignal.any([left.signal, waiting.signal]);
    const request = {};
    const leaving = Promise.withResolvers<void>();
    const leave = () => leaving.resolve();
    left.signal.addEventListener('abort', leave);
    let end: (() => void) | null = null;
    try {
      await navigator.locks.request(name, steal ? { steal } : { signal }, () => {
        if (left.signal.aborted) return undefined;
        current = request;
        end = begin();
        return leaving.promise;
      });
    } catch (error) {
      if (!isNamed(error, 'AbortError')) throw error;
      // Taken by a tab in front of this one: back in line. Otherwise this request was withdrawn.
      if (current === request && !left.signal.aborted) void ask(false);
    } finally {
      left.signal.removeEventListener('abort', leave);
      if (current === request) current = null;
      stop(end);
    }
  }

  const comeForward = () => {
    if (document.visibilityState === 'visible' && current === null) void ask(true);
  };
  document.addEventListener('visibilitychange', comeForward);
  void ask(document.visibilityState === 'visible');
  return () => {
    document.removeEventListener('visibilitychange', comeForward);
    left.abort();
  };
}

export type Channel<Message> = { post: (message: Message) => void; close: () => void };

export function openChannel<Message>(name: string, onMessage: (message: Message) => void): Channel<Message> {
  if (typeof BroadcastChannel === 'undefined') return { post: () => {}, close: () => {} };
  const channel = new BroadcastChannel(name);
  channel.addEventListener('message', (event: MessageEvent<Message>) => onMessage(event.data));
  return {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has one origin
    post: (message) => channel.postMessage(message),
    close: () => channel.close(),
  };
}
