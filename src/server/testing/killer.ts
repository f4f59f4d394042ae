/**
 * Ends a database connection at a chosen statement. It stands between a client and Postgres and counts the answers
 * that say that a statement is over.
 */
import { sql } from 'drizzle-orm';
import { once } from 'node:events';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from '../db/client.ts';

/**
 * reply: the statement was executed, and the backend is terminated before the client hears of it.
 * during: the backend is terminated as soon as the statement was sent, wherever it is by then.
 * cut: the connection is gone after the statement, as when the client's process was killed.
 */
export type Kill = { at: number; how: 'reply' | 'during' | 'cut' };

export type Killer = {
  /** The same database, through here. One connection at a time. */
  url: string;
  /** From now on statements are counted; at the chosen one the connection ends. Null: they are counted alone. */
  arm(kill: Kill | null): void;
  /** How many statements have ended since. Once the connection was ended, waits until Postgres knows. */
  disarm(): Promise<number>;
  close(): Promise<void>;
};

const READY_FOR_QUERY = 'Z'.charCodeAt(0);
const BACKEND_KEY_DATA = 'K'.charCodeAt(0);

/** @param db Of a superuser, who sees and ends all backends. */
export async function openKiller(db: Db, databaseUrl: string): Promise<Killer> {
  const waitFor = async (pid: number) => {
    const here = sql`select from pg_stat_activity where pid = ${pid}`;
    while ((await db.execute(here)).length > 0) await sleep(2);
  };
  const terminate = async (pid: number) => {
    await db.execute(sql`select pg_terminate_backend(${pid})`);
    await waitFor(pid);
  };
  const target = new URL(databaseUrl);
  let kill: Kill | null = null;
  let seen = 0;
  let ended: Promise<void> | null = null;

  const isNow = (at: number) => kill !== null && ended === null && seen === at;

  function relay(client: net.Socket) {
    const backend = net.connect(Number(target.port), target.hostname);
    let pid = 0;
    let rest: Buffer = Buffer.alloc(0);
    const drop = () => {
      client.destroy();
      backend.destroy();
    };
    const strike = (how: Kill['how']) => {
      if (how === 'cut') drop();
      ended = (how === 'cut' ? waitFor(pid) : terminate(pid)).finally(drop);
    };

    client.on('data', (sent: Buffer) => {
      backend.write(sent);
      if (kill?.how === 'during' && isNow(kill.at - 1)) strike('during');
    });
    backend.on('data', (received: Buffer) => {
      rest = Buffer.concat([rest, received]);
      while (rest.length >= 5 && rest.length > rest.readUInt32BE(1)) {
        const message = rest.subarray(0, rest.readUInt32BE(1) + 1);
        rest = rest.subarray(message.length);
        if (message[0] === BACKEND_KEY_DATA) pid = message.readUInt32BE(5);
        if (message[0] === READY_FOR_QUERY) seen += 1;
        if (message[0] === READY_FOR_QUERY && kill && kill.how !== 'during' && isNow(kill.at))
          strike(kill.how);
        if (ended === null || kill?.how === 'during') client.write(message);
      }
    });
    for (const socket of [client, backend]) {
      socket.setNoDelay();
      // Whoever is cut off may say so in this way too.
      socket.on('error', drop);
      socket.on('close', drop);
    }
  }

  const listener = net.createServer(relay).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('the killer listens on no port');
  target.port = String(address.port);
  const url = target.href;
  target.port = new URL(databaseUrl).port;
  return {
    url,
    arm(next) {
      kill = next;
      seen = 0;
      ended = null;
    },
    async disarm() {
      kill = null;
      await ended;
      ended = null;
      return seen;
    },
    async close() {
      listener.close();
      await once(listener, 'close');
    },
  };
}
