/**
 * One library in one tab: paints from the device, does what the person asks at once, and brings device and server
 * in step. Whatever may arrive late asks `over` first: after a sign-out nothing of this library is shown or kept.
 */
import type { Generation } from '#core/generation.ts';
import type { LibraryId } from '#core/owner.ts';
import { encodePageCursor } from '#core/cursor.ts';
import type { MediaId } from '#core/media.ts';
import { isUnsent } from '#core/overlay.ts';
import { applyGeneration, type Delta } from '#core/reconcile.ts';
import type { Cursor } from '#core/sync.ts';
import type { ChangeOptions, LibraryDb, Step } from '../store/library-db.ts';
import { newSnapshot, type Snapshot } from '../store/snapshot.ts';
import { StoreGoneError } from '../store/local-store.ts';
import { openChannel, shareLock, withLock } from './cross-tab.ts';
import { afterFrame } from './after-frame.ts';
import { askFate } from './fate.ts';
import { nameOfFilter, type Filter } from './filter.ts';
import { limitsOf, pull, topUp, type Adopted } from './pull.ts';
import { push } from './push.ts';
import { RemoteError, type Remote } from './remote-port.ts';
import { discardRefused, enqueue, retryRefused, type Wish } from './steps.ts';
import { addPage, advanceTail, depthIn, tailBelow, type Tail } from './tail.ts';
import { NO_PROGRESS, type UploadProgress, type Uploads } from './upload-port.ts';
import { createUploads } from './uploads.ts';
import { verify } from './verify.ts';
import { createViews, type Views } from './view.ts';

export type EngineState = {
  /** How much of what the device has was read: nothing, enough for a first paint, or all. */
  phase: 'opening' | 'head' | 'whole';
  snapshot: Snapshot;
  tail: Tail;
  fileUrls: ReadonlyMap<string, string>;
  uploadProgress: UploadProgress;
  /** Whether a reconcile has ended well since the page was opened. */
  isChecked: boolean;
  isSyncing: boolean;
  /** Why the last reconcile failed. */
  error: RemoteError | null;
  /** Whether the server tells this tab of changes, so that it need not ask. */
  isLive: boolean;
  loadingMore: ReadonlySet<string>;
  loadError: string | null;
};

/** A change that found its database gone: nothing of it was written. */
export type RefusedChange = { step: Step; options?: ChangeOptions };

/** What the engine cannot decide alone. */
export type EngineEvents = {
  /** There is something to send or fetch. */
  onWork: () => void;
  /** This library was merged into another. */
  onMoved: (to: string) => void;
  /** This browser's credential no longer owns this library. */
  onOwnerChange: () => void;
  /** The database was deleted under us. Resolves once the refused change, if there is one, was made elsewhere. */
  onGone: (refused?: RefusedChange) => Promise<void>;
  /** These were deleted for good; 'all': the device starts over, and does not know what was. */
  onDeleted: (ids: readonly MediaId[] | 'all') => void;
};

export type Engine = {
  readonly library: LibraryId;
  readonly db: LibraryDb;
  readonly views: Views;
  readonly uploads: Uploads;
  getState: () => EngineState;
  subscribe: (listener: () => void) => () => void;
  /** Pushes, then pulls. Rejects with the RemoteError to back off from; one that runs already goes round again. */
  reconcile: () => Promise<void>;
  readonly isReconciling: boolean;
  /** The server's hint that the library has come to this cursor. */
  poke: (cursor: string) => void;
  /** Rows of a library that goes into this one come without their content from now on: these are put in their place. */
  adopt: (held: Adopted) => void;
  setLive: (isLive: boolean) => void;
  /** Makes a change, shows it once it is written, and tells the other tabs. */
  change: (step: Step, options?: ChangeOptions) => Promise<void>;
  act: (wishes: readonly Wish[]) => Promise<void>;
  know: (generation: Generation) => Promise<void>;
  loadMore: (filter: Filter) => Promise<void>;
  retry: (order: number) => Promise<void>;
  discard: (order: number) => Promise<void>;
  /** Ends everything; the database stays. */
  dispose: () => void;
};

type Message = { rev: string | null; followed: { asked: Cursor; delta: Delta } | null };

const PAGE = 100;
const LARGEST_PAGE = 500;
/** A request that has not been answered for so long is given up, and made again with back-off. */
const REQUEST_PATIENCE = 60_000;
const deletedIn = ({ changes }: Delta) =>
  changes.flatMap((change) => (change.type === 'media-gone' ? [change.id] : []));

/** Name of the lock that every tab shares while it shows this library. */
export const useOf = (library: LibraryId) => `afterimage:use:${library}`;

export function createEngine(
  library: LibraryId,
  db: LibraryDb,
  remote: Remote,
  events: EngineEvents,
): Engine {
  const views = createViews();
  const listeners = new Set<() => void>();
  const nothing = newSnapshot();
  const over = new AbortController();
  let adopted: Adopted | undefined;
  let state: EngineState = {
    phase: 'opening',
    snapshot: nothing,
    tail: tailBelow(nothing.base),
    fileUrls: new Map(),
    uploadProgress: NO_PROGRESS,
    isChecked: false,
    isSyncing: false,
    error: null,
    isLive: false,
    loadingMore: new Set(),
    loadError: null,
  };

  function set(change: Partial<EngineState>) {
    if (over.signal.aborted) return;
    state = { ...state, ...change };
    for (const listener of listeners) listener();
  }

  /** Takes over what the database has come to. */
  function show(followed?: Message['followed']) {
    const snapshot = db.latest;
    if (snapshot === state.snapshot) return;
    const { phase, tail, snapshot: before } = state;
    const next =
      phase === 'whole'
        ? advanceTail(tail, before.base, snapshot.base, followed ?? undefined)
        : tailBelow(snapshot.base);
    set({ phase: 'whole', tail: next, snapshot });
    const { uploads: files, outbox, reading } = snapshot;
    const holdsFiles = files.length > 0 || outbox.length > 0 || reading.length > 0;
    if (holdsFiles || state.fileUrls.size > 0) void uploads.showFiles(snapshot);
  }

  const channel = openChannel<Message>(`afterimage:${library}`, ({ rev, followed }) => {
    if (rev !== db.latest.rev) void guard(db.refresh().then(() => show(followed)));
  });

  /** A database that is gone is the session's matter; anything else is a defect and surfaces. */
  async function guard<T>(work: Promise<T>): Promise<T | null> {
    try {
      return await work;
    } catch (error) {
      if (over.signal.aborted) return null;
      if (!(error instanceof StoreGoneError)) throw error;
      void events.onGone();
      return null;
    }
  }

  async function change(step: Step, options?: ChangeOptions): Promise<void> {
    try {
      const written = await db.change(step, options);
      if (!written || over.signal.aborted) return;
      show();
      channel.post({ rev: written.rev, followed: null });
    } catch (error) {
      // Also after our end: whoever asked could not know that another engine has taken our place.
      if (error instanceof StoreGoneError) await events.onGone({ step, options });
      else if (!over.signal.aborted) throw error;
    }
  }

  const uploads = createUploads({
    library,
    db,
    remote,
    change,
    onProgress: (uploadProgress) => set({ uploadProgress }),
    onFileUrls: (fileUrls) => set({ fileUrls }),
    onArrived: events.onWork,
  });

  async function paintHead() {
    const head = await db.readHead();
    if (head.base.rows.size === 0 && head.base.generations.size === 0) return;
    set({ phase: 'head', snapshot: head, tail: tailBelow(head.base) });
    await afterFrame();
  }

  async function paint() {
    // One that was written before it was shown, in the place of another, shows without a frame of nothing.
    if (db.latest.rev === null) await paintHead();
    else show();
    await db.refresh();
    show();
  }

  const ready = guard(paint());

  /** One push-and-pull, alone among the tabs. */
  async function cycle() {
    const signal = AbortSignal.any([over.signal, AbortSignal.timeout(REQUEST_PATIENCE)]);
    await db.refresh();
    show();
    await flush(signal);
    let pulled = await pull(db, remote, { adopted, signal });
    if (pulled.type === 'overtaken') pulled = await pull(db, remote, { adopted, signal });
    if (pulled.type === 'moved') return events.onMoved(pulled.to);
    const followed = pulled.type === 'followed' ? pulled : null;
    show(followed);
    if (pulled.type === 'restarted') events.onDeleted('all');
    if (followed) events.onDeleted(deletedIn(followed.delta));
    channel.post({ rev: db.latest.rev, followed });
    const { reach, rows } = db.latest.base;
    // Below half of a window, deletions have made it worth filling again.
    if (reach !== null && rows.size < limitsOf(db.latest).window / 2) {
      await topUp(db, remote, { signal });
      show();
    }
    // A first cursor lets go what waited for one, a new epoch has taken back what the old one had acknowledged.
    const { base, outbox } = db.latest;
    if (base.cursor === null || (pulled.type === 'restarted' && outbox.some(isUnsent))) isAskedAgain = true;
    return undefined;
  }

  /** Sends until nothing is left, or until sending moves nothing: then a pull has to come first. */
  async function flush(signal: AbortSignal) {
    for (let last: number | null = null; ;) {
      const oldest = db.latest.outbox.find(isUnsent)?.order ?? null;
      if (oldest === null || oldest === last) return;
      last = oldest;
      await push(db, remote, signal);
      show();
    }
  }

  shareLock(useOf(library), over.signal);

  let running: Promise<void> | null = null;
  let isAskedAgain = false;

  async function run() {
    set({ isSyncing: true });
    try {
      await ready;
      do {
        isAskedAgain = false;
        await withLock(`afterimage:sync:${library}`, cycle, over.signal);
      } while (isAskedAgain && !over.signal.aborted);
      if (!state.isChecked) void guard(compare());
      set({ isChecked: true, error: null });
      void uploads.send();
    } catch (error) {
      if (over.signal.aborted) return;
      if (error instanceof StoreGoneError) return void events.onGone();
      if (!(error instanceof RemoteError)) throw error;
      if (error.isOwnerChange) return await leave();
      set({ error });
      throw error;
    } finally {
      running = null;
      set({ isSyncing: false });
    }
    return undefined;
  }

  /** A push alone is not told that the library was merged. */
  async function leave() {
    const fate = await askFate(remote, over.signal);
    if (over.signal.aborted) return;
    if (fate.type === 'merged') events.onMoved(fate.into);
    else events.onOwnerChange();
  }

  /** Once for each opening of a library. */
  async function compare() {
    try {
      if (await verify(db, await remote.digest(over.signal))) events.onWork();
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error;
    }
  }

  async function fetchPage(filter: Filter, isRetry: boolean): Promise<void> {
    const name = nameOfFilter(filter);
    const depth = depthIn(state.tail, name);
    if (depth === null) return;
    const cursor = encodePageCursor({ createdAt: new Date(depth.createdAt), id: depth.id });
    // Whoever has come far is on the way to the end: a page costs a walk over all that is held.
    const limit = Math.min(LARGEST_PAGE, Math.max(PAGE, state.tail.rows.length >> 1));
    const page = await remote.list({ ...filter, limit, cursor });
    const tail = addPage(state.tail, state.snapshot.base, name, depth, page);
    if (tail) return set({ tail });
    // The place it was asked from has moved: whoever scrolls asks again from the new one.
    if (depthIn(state.tail, name) !== depth) return undefined;
    if (isRetry) throw new RemoteError('CONFLICT', 'The list changed while it was read. Try again.');
    await engine.reconcile();
    return fetchPage(filter, true);
  }

  const engine: Engine = {
    library,
    db,
    views,
    uploads,
    getState: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    get isReconciling() {
      return running !== null;
    },
    reconcile: () => {
      if (over.signal.aborted) return Promise.resolve();
      if (running) isAskedAgain = true;
      else running = run();
      return running;
    },
    poke: (cursor) => {
      if (cursor !== db.latest.base.cursor) events.onWork();
    },
    adopt: (held) => {
      adopted = held;
    },
    setLive: (isLive) => set({ isLive }),
    change,
    act: async (wishes) => {
      if (wishes.length === 0) return;
      await change((now) => enqueue(now, wishes, new Date().toISOString()), { durable: true });
      events.onWork();
    },
    know: async (generation) => {
      await change((now) => {
        const base = applyGeneration(now.base, generation);
        return base === now.base ? null : { ...now, base };
      });
      events.onWork();
    },
    loadMore: async (filter) => {
      const name = nameOfFilter(filter);
      if (state.phase !== 'whole' || state.loadingMore.has(name)) return;
      set({ loadingMore: new Set(state.loadingMore).add(name), loadError: null });
      try {
        await fetchPage(filter, false);
      } catch (error) {
        if (!(error instanceof RemoteError)) throw error;
        set({ loadError: error.message });
      } finally {
        set({ loadingMore: new Set([...state.loadingMore].filter((other) => other !== name)) });
      }
    },
    retry: async (order) => {
      await change((now) => retryRefused(now, order, new Date().toISOString()), { durable: true });
      events.onWork();
    },
    discard: (order) => change((now) => discardRefused(now, order), { durable: true }),
    dispose: () => {
      over.abort();
      listeners.clear();
      channel.close();
      uploads.stop();
      db.close();
    },
  };
  return engine;
}
