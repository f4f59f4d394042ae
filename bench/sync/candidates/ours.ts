/**
 * The shipped session, engine, store and tRPC client; only who schedules a reconcile is the bench. It keeps a window
 * of the newest 500 to 1,000 rows, of however many the library has.
 */
import type { Media } from '#core/media.ts';
import { createApi } from '#client/api.ts';
import { createRemote } from '#client/remote.ts';
import { createSession } from '#client/session.ts';
import type { Engine } from '#client/sync/engine.ts';
import { LIBRARY } from '../names.ts';
import { run } from '../page.ts';

const nobody = () => Promise.reject(new Error('The bench has one library.'));

const api = createApi(
  () => null,
  () => true,
);
const session = createSession({
  readCompanion: () => LIBRARY,
  writeCompanion: () => {},
  readSignedOut: () => null,
  writeSignedOut: () => {},
  forgetThumbs: async () => {},
  moveThumbs: async () => {},
  me: nobody,
  ensureGuest: nobody,
  remoteFor: (library) => createRemote(api, library),
  onWork: () => {},
});

const list = (engine: Engine): readonly Media[] => engine.views.list(engine.getState(), {});

/** Resolves with the engine as soon as `isReached`. */
function engineWhen(isReached: (engine: Engine) => boolean): Promise<Engine> {
  return new Promise((resolve) => {
    const look = () => {
      const { engine } = session.getState();
      if (!engine || !isReached(engine)) return;
      leave();
      resolve(engine);
    };
    const leave = session.subscribe(look);
    look();
  });
}

const whole = () => engineWhen((engine) => engine.getState().phase === 'whole');

run({
  seed: async () => (await whole()).reconcile(),
  open: async () => list(await engineWhen((engine) => list(engine).length > 0)).slice(0, 50),
  window: async () => list(await whole()).slice(0, 500),
  sync: async () => {
    const engine = await engineWhen(() => true);
    let rows = list(engine);
    let viewAt: number | null = null;
    const leave = engine.subscribe(() => {
      if (engine.getState().phase !== 'whole' || list(engine) === rows) return;
      rows = list(engine);
      viewAt = performance.now();
    });
    await engine.reconcile();
    leave();
    const endedAt = performance.now();
    // What is shown has been committed: the engine draws after its transaction.
    return { rows, viewAt: viewAt ?? endedAt, durableAt: viewAt ?? endedAt };
  },
});
