/**
 * What a transaction does when its connection is gone. postgres.js 3.4.9 goes on writing to it: its own rollback ends
 * the process, and a later statement may run on the connection that took its place, outside of any transaction and
 * as the login itself (porsager/postgres issues 1208 and 1216). Invariant: after the loss nothing more is sent.
 */
import type postgres from 'postgres';

const LOST = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_DESTROYED',
  'CONNECTION_ENDED',
  'ECONNABORTED',
  'ECONNRESET',
  'ENOTCONN',
  'EPIPE',
  'ETIMEDOUT',
  // Nothing was sent yet.
  'CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENOENT',
  'ENOTFOUND',
]);

export const LOST_CONNECTION = 'LostConnectionError';

/** A transaction that could not begin, or whose connection is gone. Whether its commit arrived may be unknown. */
class LostConnectionError extends Error {
  override readonly name = LOST_CONNECTION;
  constructor(cause: unknown) {
    super(`The database was lost: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** Postgres closes the connection after it has said FATAL: it was told to stop, or waited too long. */
export const isLoss = (error: unknown): boolean =>
  error instanceof Error &&
  (('code' in error && typeof error.code === 'string' && LOST.has(error.code)) ||
    ('severity' in error && (error.severity === 'FATAL' || error.severity === 'PANIC')) ||
    isLoss(error.cause));

type Fate = { isLost: boolean };

/**
 * The transaction rejects by itself when its connection closes. What it does with an end of its work is the harm, so
 * after a loss the work has none.
 */
const withoutEnd = async <T>(fate: Fate, work: Promise<T>): Promise<T> => {
  try {
    return await work;
  } catch (error) {
    if (!fate.isLost && !isLoss(error)) throw error;
    fate.isLost = true;
    return new Promise<never>(() => {});
  }
};

type Work = (scoped: postgres.TransactionSql) => Promise<unknown>;

function guardScope(scoped: postgres.TransactionSql, fate: Fate): postgres.TransactionSql {
  const unsafe: postgres.TransactionSql['unsafe'] = (...statement) => {
    if (fate.isLost)
      throw new Error('The connection of this transaction is gone: nothing of it has happened.');
    return scoped.unsafe(...statement);
  };
  const savepoint = (work: Work) =>
    scoped.savepoint((inner) => withoutEnd(fate, work(guardScope(inner, fate))));
  return new Proxy(scoped, {
    get: (target, name): unknown => {
      if (name === 'unsafe') return unsafe;
      return name === 'savepoint' ? savepoint : Reflect.get(target, name);
    },
  });
}

/** The same client for Drizzle, whose transactions end with their connection. */
export function guardTransactions(client: postgres.Sql): postgres.Sql {
  const begin = (work: Work) => {
    const fate: Fate = { isLost: false };
    const whole = client.begin((scoped) => withoutEnd(fate, work(guardScope(scoped, fate))));
    return whole.catch((error: unknown) => {
      fate.isLost = true;
      throw isLoss(error) ? new LostConnectionError(error) : error;
    });
  };
  return new Proxy(client, {
    get: (target, name): unknown => (name === 'begin' ? begin : Reflect.get(target, name)),
  });
}
