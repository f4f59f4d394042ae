/**
 * Who is told that a library changed: one connection of this process listens for all of its streams. A poke is a
 * hint without data; one that is lost costs time and nothing else, since the next delta holds everything.
 */
import postgres from 'postgres';
import type { LibraryId } from '#core/owner.ts';
import { log } from '../log.ts';

export const POKE_CHANNEL = 'library_changed';

export type Pokes = {
  /** Calls back on every change of the library until the returned function is called. */
  subscribe(library: LibraryId, onPoke: () => void): () => void;
  close(): Promise<void>;
};

export async function listenForPokes(url: string): Promise<Pokes> {
  const listeners = new Map<string, Set<() => void>>();
  // A connection of its own: the pool's clients are Drizzle's, and a listener would hold one for ever.
  const sql = postgres(url, {
    max: 1,
    idle_timeout: 0,
    connect_timeout: 5,
    onnotice() {},
    connection: { application_name: 'afterimage-pokes' },
  });
  const tell = (library: string) => {
    for (const onPoke of listeners.get(library) ?? []) onPoke();
  };
  let isFirst = true;
  await sql.listen(
    POKE_CHANNEL,
    (payload) => tell(payload.slice(0, payload.indexOf(':'))),
    () => {
      if (isFirst) isFirst = false;
      else {
        log.info('listening for changes again; everybody is asked to look');
        for (const library of listeners.keys()) tell(library);
      }
    },
  );
  return {
    subscribe(library, onPoke) {
      const own = listeners.get(library) ?? new Set();
      listeners.set(library, own.add(onPoke));
      return () => {
        own.delete(onPoke);
        if (own.size === 0 && listeners.get(library) === own) listeners.delete(library);
      };
    },
    close: () => sql.end({ timeout: 2 }),
  };
}
