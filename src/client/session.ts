/**
 * Which library this browser shows. Invariant: at most one engine lives, and it belongs to the library that the
 * companion cookie named when it was opened; when the owner changes, its database is deleted before another opens.
 */
import type { MediaId } from '#core/media.ts';
import type { LibraryId, Me } from '#core/owner.ts';
import { newClientId, toLibraryId } from './ids.ts';
import { openLocalStore } from './store/idb-store.ts';
import { createLibraryDb, type LibraryDb } from './store/library-db.ts';
import { openChannel, withLock } from './sync/cross-tab.ts';
import { createEngine, type Engine } from './sync/engine.ts';
import { moveOwnChanges } from './sync/move.ts';
import type { Adopted } from './sync/pull.ts';
import { RemoteError, type Remote } from './sync/remote-port.ts';

export type SessionState = {
  /** null: nobody's browser, or the database is still being opened. */
  engine: Engine | null;
  me: Me | null;
  /** 'failed': the server could not say who this is, and the device does not know. */
  status: 'loading' | 'ready' | 'failed';
};

export type Session = {
  getState: () => SessionState;
  /** Also called when the engine's state changes. */
  subscribe: (listener: () => void) => () => void;
  /** Asks the server who this is, and shows that library. Rejects with a RemoteError. */
  refresh: () => Promise<void>;
  /** Looks whether another tab has become somebody else. */
  followCompanion: () => Promise<void>;
  /** The library to write to; makes a guest when there is none. Rejects with a RemoteError. */
  ensureLibrary: () => Promise<Engine>;
  /** Forgets this library on this device. Resolves once its database is gone. */
  resetOwner: () => Promise<void>;
};

export type SessionPort = {
  /** The library named by the companion cookie. */
  readCompanion: () => string | null;
  writeCompanion: (library: LibraryId | null) => void;
  /** Both reject with a RemoteError. */
  me: () => Promise<Me>;
  ensureGuest: () => Promise<{ library: LibraryId }>;
  remoteFor: (library: LibraryId) => Remote;
  /** There is something to send or fetch. */
  onWork: () => void;
  /** Takes stills off this device that were kept beside the database. */
  forgetThumbs: (library: LibraryId, ids: readonly MediaId[] | 'all') => Promise<void>;
};

/** A frozen tab may hold a database open; signing out does not wait for it longer than this. */
const DELETION_PATIENCE = 5000;

const nameOf = (library: LibraryId) => `afterimage:1:${library}`;

async function openDb(library: LibraryId): Promise<LibraryDb> {
  const open = () => openLocalStore(nameOf(library));
  return createLibraryDb(await open(), open);
}

export function createSession(port: SessionPort): Session {
  const listeners = new Set<() => void>();
  let state: SessionState = { engine: null, me: null, status: 'loading' };
  /** Counts changes of owner: whatever was begun under an older one is dropped. */
  let turn = 0;
  let opening: { library: LibraryId; engine: Promise<Engine | null> } | null = null;

  function notify() {
    for (const listener of listeners) listener();
  }

  function set(change: Partial<SessionState>) {
    state = { ...state, ...change };
    notify();
  }

  const companion = () => toLibraryId(port.readCompanion() ?? '');
  const channel = openChannel<'owner'>('afterimage:owner', () => void followCompanion());

  function start(library: LibraryId, db: LibraryDb, adopted?: Adopted): Engine {
    const mine = turn;
    const ifCurrent = (work: () => Promise<unknown>) => () => void (mine === turn && work());
    const engine = createEngine(
      library,
      db,
      port.remoteFor(library),
      {
        onWork: port.onWork,
        onMoved: (to) => void (mine === turn && move(engine, to)),
        onOwnerChange: ifCurrent(refreshQuietly),
        onGone: ifCurrent(() => reopen(engine)),
        onDeleted: (ids) => void port.forgetThumbs(library, ids),
      },
      adopted,
    );
    engine.subscribe(notify);
    if (companion() !== library) port.writeCompanion(library);
    set({ engine, status: 'ready' });
    port.onWork();
    return engine;
  }

  /** Opens a library's database and shows it. Null when the owner changed meanwhile. */
  function open(library: LibraryId): Promise<Engine | null> {
    if (state.engine?.library === library) return Promise.resolve(state.engine);
    if (opening?.library === library) return opening.engine;
    const mine = ++turn;
    state.engine?.dispose();
    const engine = openDb(library).then((db) => {
      if (mine === turn) return start(library, db);
      db.close();
      return null;
    });
    opening = { library, engine };
    return engine.finally(() => {
      if (opening?.engine === engine) opening = null;
    });
  }

  /** The database was deleted while we stood on it: with the same owner, it is written again from memory. */
  async function reopen(old: Engine) {
    if (companion() !== old.library) return followCompanion();
    const mine = ++turn;
    old.dispose();
    const { latest } = old.db;
    const db = await openDb(old.library);
    if (mine !== turn) return db.close();
    const client = { id: newClientId(), last: latest.client.last };
    await db.change((now) => (now.rev === null ? { ...latest, rev: null, client } : null), { durable: true });
    start(old.library, db);
    return undefined;
  }

  /** This library was merged into another of the same person: what was not sent yet goes along. */
  async function move(from: Engine, to: string) {
    const library = toLibraryId(to);
    if (!library) return;
    const mine = ++turn;
    const db = await openDb(library);
    const adopted = await moveOwnChanges(from.db, db, from.library);
    from.dispose();
    await Promise.all([from.db.destroy(), port.forgetThumbs(from.library, 'all')]);
    if (mine === turn) start(library, db, adopted);
    else db.close();
    channel.post('owner');
  }

  async function resetOwner() {
    const old = state.engine;
    turn++;
    opening = null;
    old?.dispose();
    set({ engine: null });
    if (!old) return;
    if (companion() === old.library) port.writeCompanion(null);
    channel.post('owner');
    const patience = new Promise((resolve) => setTimeout(resolve, DELETION_PATIENCE));
    const forgotten = Promise.all([old.db.destroy(), port.forgetThumbs(old.library, 'all')]);
    await Promise.race([forgotten, patience]);
  }

  /** Another tab may have signed in, signed out, or become a guest. */
  async function followCompanion() {
    const library = companion();
    if (library === (state.engine?.library ?? null)) return;
    if (state.engine) await resetOwner();
    if (library) await open(library);
    await refreshQuietly();
  }

  /** Where nobody waits for the answer: the scheduler asks again. */
  async function refreshQuietly() {
    try {
      await refresh();
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error;
    }
  }

  async function refresh() {
    const mine = turn;
    try {
      const me = await port.me();
      if (mine !== turn && state.engine?.library !== me.library) return;
      set({ me });
      if (state.engine && state.engine.library !== me.library) await resetOwner();
      if (me.library) await open(me.library);
      set({ status: 'ready' });
    } catch (error) {
      if (!state.engine && !opening) set({ status: 'failed' });
      throw error;
    }
  }

  async function ensureLibrary(): Promise<Engine> {
    if (state.engine) return state.engine;
    const library = await withLock('afterimage:guest', async () => {
      const known = companion();
      return known ?? (await port.ensureGuest()).library;
    });
    const engine = await open(library);
    if (!engine) return ensureLibrary();
    channel.post('owner');
    if (state.me?.library !== library) void refreshQuietly();
    return engine;
  }

  const first = companion();
  if (first) void open(first);

  return {
    getState: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    refresh,
    followCompanion,
    ensureLibrary,
    resetOwner,
  };
}
