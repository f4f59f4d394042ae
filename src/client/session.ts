/**
 * Which library this browser shows. Invariant: at most one engine lives, and it belongs to the library that the
 * companion cookie named when it was opened. Signing out deletes its database; when another owner comes in its place,
 * the server is asked first whether it was merged, see `leftovers.ts`.
 */
import type { ClaimResult } from '#core/claim.ts';
import type { MediaId } from '#core/media.ts';
import type { LibraryId, Me } from '#core/owner.ts';
import { toLibraryId } from './ids.ts';
import type { SignedOut } from './signed-out.ts';
import { DATABASE } from './store/early-open.ts';
import { deleteLocalStore, openLocalStore } from './store/idb-store.ts';
import { createLibraryDb, type LibraryDb } from './store/library-db.ts';
import { countUnsent, type Snapshot } from './store/snapshot.ts';
import { openChannel, withLock } from './sync/cross-tab.ts';
import { createEngine, type Engine, type RefusedChange } from './sync/engine.ts';
import { askFate } from './sync/fate.ts';
import { moveOwnChanges, receive } from './sync/move.ts';
import type { Adopted } from './sync/pull.ts';
import { RemoteError, type Remote } from './sync/remote-port.ts';

export type SessionState = {
  /** null: nobody's browser, or the database is still being opened. */
  engine: Engine | null;
  me: Me | null;
  /** The server could not be asked the last time. */
  isUnheard: boolean;
  /** 'failed': the server could not say who this is, and the device does not know. */
  status: 'loading' | 'ready' | 'failed';
  signedOut: SignedOut | null;
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
  /** Has a claim accepted; what this device holds of the guest's library stays here and is not fetched again. */
  claim: (guest: LibraryId, accept: () => Promise<ClaimResult>) => Promise<ClaimResult>;
  /** The person has read it: what waited goes at the next visit. */
  dismissSignedOut: () => void;
  /** Forgets this library on this device. Resolves once its database is gone. */
  resetOwner: () => Promise<void>;
};

export type SessionPort = {
  /** The library named by the companion cookie. */
  readCompanion: () => string | null;
  writeCompanion: (library: LibraryId | null) => void;
  readSignedOut: () => SignedOut | null;
  writeSignedOut: (signedOut: SignedOut | null) => void;
  /** Both reject with a RemoteError. */
  me: () => Promise<Me>;
  ensureGuest: () => Promise<{ library: LibraryId }>;
  remoteFor: (library: LibraryId) => Remote;
  /** There is something to send or fetch. */
  onWork: () => void;
  /** Takes stills off this device that were kept beside the database. */
  forgetThumbs: (library: LibraryId, ids: readonly MediaId[] | 'all') => Promise<void>;
  /** The same stills are another library's from now on. */
  moveThumbs: (from: LibraryId, to: LibraryId) => Promise<void>;
};

/** A frozen tab may hold a database open; signing out does not wait for it longer than this. */
const DELETION_PATIENCE = 5000;

async function openDb(library: LibraryId): Promise<LibraryDb> {
  const open = () => openLocalStore(DATABASE + library);
  return createLibraryDb(await open(), open);
}

export function createSession(port: SessionPort): Session {
  const listeners = new Set<() => void>();
  let state: SessionState = {
    engine: null,
    me: null,
    isUnheard: false,
    status: 'loading',
    signedOut: port.readSignedOut(),
  };
  /** Counts changes of owner: whatever was begun under an older one is dropped. */
  let turn = 0;
  /** The engine that took the place of one whose database was deleted; null: there was no place for it. */
  const successors = new WeakMap<Engine, Promise<Engine | null>>();
  /** Libraries that were shown here before another owner came. */
  const left = new Set<LibraryId>();
  let opening: { library: LibraryId; engine: Promise<Engine | null> } | null = null;
  /** Ends when nothing is left here of owners before the present one. */
  let forgetting: Promise<unknown> = Promise.resolve();

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
    const engine = createEngine(library, db, port.remoteFor(library), {
      onWork: port.onWork,
      onMoved: (to) => void (mine === turn && move(engine, to)),
      onOwnerChange: ifCurrent(refreshQuietly),
      onGone: (refused) => replace(engine, mine === turn, refused),
      onDeleted: (ids) => void port.forgetThumbs(library, ids),
    });
    if (adopted) engine.adopt(adopted);
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

  /** The database was deleted while we stood on it. What it refused is made on the next one, in the same order. */
  async function replace(old: Engine, isCurrent: boolean, refused?: RefusedChange): Promise<void> {
    const next = successors.get(old) ?? (isCurrent ? reopen(old) : null);
    if (!next) return;
    successors.set(old, next);
    const engine = await next;
    if (refused) await engine?.change(refused.step, { ...refused.options, durable: true });
  }

  /** With the same owner, a database is written again from memory. Null when the owner is another by now. */
  async function reopen(old: Engine): Promise<Engine | null> {
    if (companion() !== old.library) return followMerge(old);
    const mine = ++turn;
    old.dispose();
    const { latest } = old.db;
    const db = await openDb(old.library);
    const restore = (now: Snapshot): Snapshot =>
      now.rev === null
        ? { ...latest, rev: null, client: { ...now.client, last: latest.client.last } }
        : receive(now, latest.outbox, latest.uploads);
    if (mine === turn) await db.change(restore, { durable: true });
    if (mine === turn) return start(old.library, db);
    db.close();
    return null;
  }

  /** Another tab has left for a library into which this one may have been merged. */
  async function followMerge({ library, db: { latest } }: Engine): Promise<Engine | null> {
    const fate = await askFate(port.remoteFor(library));
    await followCompanion();
    const { engine } = state;
    if (fate.type !== 'merged' || fate.into !== engine?.library) return null;
    // Whatever the other tab has taken along itself is known by its number.
    await engine.change((now) => receive(now, latest.outbox, latest.uploads), { durable: true });
    return engine;
  }

  /** This library was merged into another of the same person: what was not sent yet goes along. */
  async function move(from: Engine, to: string) {
    const library = toLibraryId(to);
    if (!library) return;
    const mine = ++turn;
    const db = await openDb(library);
    const adopted = await moveOwnChanges(from.db, db, from.library);
    from.dispose();
    await Promise.all([from.db.destroy(), port.moveThumbs(from.library, library)]);
    if (mine === turn) start(library, db, adopted);
    else db.close();
    channel.post('owner');
  }

  async function resetOwner() {
    const library = state.engine?.library ?? opening?.library ?? null;
    turn++;
    opening = null;
    state.engine?.dispose();
    tellSignedOut(null);
    set({ engine: null });
    const patience = new Promise((resolve) => setTimeout(resolve, DELETION_PATIENCE));
    await Promise.race([library ? forget(library) : forgetting, patience]).catch((error: unknown) => {
      console.warn('Not all could be deleted from this device; the next page tries again.', error);
    });
  }

  function forget(library: LibraryId): Promise<unknown> {
    if (companion() === library) port.writeCompanion(null);
    channel.post('owner');
    // By name: one that was slow to open goes on in memory, and what was stored before would stay.
    return Promise.all([deleteLocalStore(DATABASE + library), port.forgetThumbs(library, 'all')]);
  }

  /** Another tab may have signed in, signed out, or become a guest. */
  async function followCompanion() {
    const library = companion();
    // Without a library there is no stream that tells of one: the account may have got its first by now.
    if (library !== null && library === state.engine?.library) return;
    await makeWayFor(library);
    if (library) await open(library);
    await refreshQuietly();
  }

  async function makeWayFor(library: LibraryId | null) {
    if (!state.engine || state.engine.library === library) return;
    const old = state.engine;
    turn++;
    opening = null;
    old.dispose();
    left.add(old.library);
    set({ engine: null });
    port.writeCompanion(library);
    channel.post('owner');
    // Nobody, for the moment: signing in looks like that until the server has said whose guest this was.
    if (library !== null) await port.forgetThumbs(old.library, 'all');
  }

  /** The server has just said that this is the owner: databases of others have no business here. */
  async function forgetOthers(library: LibraryId | null) {
    const { forgetLeftovers } = await import('./leftovers.ts');
    const isOwner = () => companion() === library && (state.engine?.library ?? null) === library;
    for (const other of await forgetLeftovers({
      library,
      isOwner,
      guest: state.me?.guest ?? null,
      waiting: state.signedOut?.unsent ? state.signedOut.library : null,
      left,
      remoteFor: port.remoteFor,
      open: openDb,
      into: () => state.engine?.db ?? null,
    })) {
      left.delete(other);
      await port.forgetThumbs(other, 'all');
      port.onWork();
    }
  }

  /** Where nobody waits for the answer: the scheduler asks again. */
  async function refreshQuietly() {
    try {
      await refresh();
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error;
    }
  }

  function tellSignedOut(signedOut: SignedOut | null) {
    if (signedOut === state.signedOut) return;
    port.writeSignedOut(signedOut);
    set({ signedOut });
  }

  /** A session that was ended from elsewhere, or ran out, takes nothing along unseen. */
  async function noteSignOut({ type }: Me) {
    if (type !== 'none') return tellSignedOut(null);
    const { engine, me } = state;
    const was = me?.type === 'user' || me?.type === 'guest' ? me.type : null;
    if (engine) {
      const unsent = countUnsent(await engine.db.refresh().catch(() => engine.db.latest));
      if (state.engine === engine) tellSignedOut({ library: engine.library, was, unsent });
    } else if (was && me?.library === null) tellSignedOut({ library: null, was, unsent: 0 });
  }

  async function refresh() {
    const mine = turn;
    try {
      const me = await port.me();
      const isStale = () => mine !== turn && state.engine?.library !== me.library;
      if (isStale()) return;
      await noteSignOut(me);
      if (isStale()) return;
      const isNews = me.type !== state.me?.type || me.library !== state.me.library;
      set({ me, isUnheard: false });
      // Also by a page that has just begun: somebody may have signed in on the one before it.
      if (isNews) channel.post('owner');
      await makeWayFor(me.library);
      if (me.library) await open(me.library);
      set({ status: 'ready' });
      forgetting = Promise.all([forgetting.catch(() => {}), forgetOthers(me.library)]);
    } catch (error) {
      set({ isUnheard: true, ...(!state.engine && !opening && { status: 'failed' }) });
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

  async function claim(guest: LibraryId, accept: () => Promise<ClaimResult>) {
    const engine = state.engine ?? (await opening?.engine) ?? null;
    if (!engine || engine.library === guest) return accept();
    const [from, { bringAlong }] = await Promise.all([openDb(guest), import('./bring-along.ts')]);
    try {
      return await bringAlong(from, guest, engine, { accept, moveThumbs: port.moveThumbs });
    } finally {
      from.close();
    }
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
    claim,
    dismissSignedOut: () => tellSignedOut(null),
    resetOwner,
  };
}
