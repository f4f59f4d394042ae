/**
 * Who is told that a library changed: one connection of this process listens for all of its streams. A poke is a
 * hint without data; one that is lost costs time and nothing else, since the next delta holds everything.
 */
import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import type { LibraryId } from '#core/owner.ts';
import type { Db } from '../db/client.ts';
import { log } from '../log.ts';
import type { Backend } from '../storage/port.ts';

const POKE_CHANNEL = 'library_changed';

/**
 * Tells every stream of the library to look again. Outside a transaction: inside, it locks all commits. It never fails,
 * since what it tells of has happened already.
 */
export async function sendPoke(db: Db, library: LibraryId): Promise<void> {
  try {
    await db.execute(sql`select pg_notify(${POKE_CHANNEL}, ${library})`);
  } catch (error) {
    log.error('devices were not told of a change, and find it at their next look', error);
  }
}

export type Pokes = {
  /** Calls back on every change of the library until the returned function is called. */
  subscribe(library: LibraryId, onPoke: () => void): () => void;
  close(): Promise<void>;
};

/** How a server says to others on its database which storages it can read. */
const NAME = 'afterimage-server';

/** How many servers run on this database that cannot read what is moved to a storage. */
export async function findBlind(client: postgres.Sql, backend: Backend): Promise<number> {
  const [found] = await client<{ count: string }[]>`
    select count(*) from pg_stat_activity where datname = current_database()
      and split_part(application_name, ' ', 1) = ${NAME}
      and not (${backend} = any (string_to_array(application_name, ' ')))`;
  return Number(found?.count);
}

/** How many servers run on this database. */
export async function countServers(client: postgres.Sql): Promise<number> {
  const [found] = await client<{ count: string }[]>`
    select count(*) from pg_stat_activity where datname = current_database()
      and split_part(application_name, ' ', 1) = ${NAME}`;
  return Number(found?.count);
}

/** @param backends What this process can read. */
export async function listenForPokes(url: string, backends: readonly Backend[]): Promise<Pokes> {
  const listeners = new Map<string, Set<() => void>>();
  // A connection of its own: the pool's clients are Drizzle's, and a listener would hold one for ever.
  const client = postgres(url, {
    max: 1,
    idle_timeout: 0,
    connect_timeout: 5,
    onnotice() {},
    connection: { application_name: [NAME, ...backends].join(' ') },
  });
  const tell = (library: string) => {
    for (const onPoke of listeners.get(library) ?? []) onPoke();
  };
  let isFirst = true;
  await client.listen(POKE_CHANNEL, tell, () => {
    if (isFirst) isFirst = false;
    else {
      log.info('listening for changes again; everybody is asked to look');
      for (const library of listeners.keys()) tell(library);
    }
  });
  return {
    subscribe(library, onPoke) {
      const own = listeners.get(library) ?? new Set();
      listeners.set(library, own.add(onPoke));
      return () => {
        own.delete(onPoke);
        if (own.size === 0 && listeners.get(library) === own) listeners.delete(library);
      };
    },
    close: () => client.end({ timeout: 2 }),
  };
}
