/**
 * The only ways in. `readLibrary` and `writeLibrary` open the transaction, drop to the role that row level security
 * binds, and name the library, so that a statement that forgets its filter still sees one owner's rows.
 * A write takes the library's version first: it is the lock, and version V+1 is not given out before V has ended.
 */
import { and, eq, isNull, sql } from 'drizzle-orm';
import { AppError, notFound } from '#core/errors.ts';
import { NOBODYS_LIBRARY, type LibraryId } from '#core/owner.ts';
import { sendPoke } from '../sync/pokes.ts';
import type { Db, Tx } from './client.ts';
import { libraries } from './schema.ts';

export type LibraryCtx = { db: Db; library: LibraryId };

/** Awaited before anything else: a statement of Drizzle's starts when it is awaited, so that another could overtake it. */
const enter = (tx: Tx, role: 'app_user' | 'app_worker', library: LibraryId | '') =>
  tx.execute(sql`select set_config('role', ${role}, true), set_config('app.library_id', ${library}, true)`);

/** One snapshot of one library. */
export function readLibrary<T>(ctx: LibraryCtx, fn: (tx: Tx) => Promise<T>): Promise<T> {
  return ctx.db.transaction(
    async (tx) => {
      await enter(tx, 'app_user', ctx.library);
      return fn(tx);
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  );
}

/**
 * Upkeep of one library that changes nothing a device can see, so that it takes no version. Everything a person does
 * goes through `writeLibrary`.
 */
export function inLibrary<T>(ctx: LibraryCtx, fn: (tx: Tx) => Promise<T>): Promise<T> {
  return ctx.db.transaction(async (tx) => {
    await enter(tx, 'app_user', ctx.library);
    return fn(tx);
  });
}

export type Head = { version: number; epoch: string };

/**
 * @param fn Gets the version that every row it touches must carry. Keep it short: it holds the library's lock.
 * @throws AppError OWNER_CHANGED when the library was merged into another.
 */
export async function writeLibrary<T>(ctx: LibraryCtx, fn: (tx: Tx, head: Head) => Promise<T>): Promise<T> {
  if (ctx.library === NOBODYS_LIBRARY) throw notFound('item');
  const result = await ctx.db.transaction(async (tx) => {
    await enter(tx, 'app_user', ctx.library);
    const [head] = await tx
      .update(libraries)
      .set({ version: sql`${libraries.version} + 1` })
      .where(and(eq(libraries.id, ctx.library), isNull(libraries.mergedInto)))
      .returning({ version: libraries.version, epoch: libraries.epoch });
    if (!head) {
      throw new AppError('OWNER_CHANGED', 'This library has moved to an account. Reload to go on there.');
    }
    return fn(tx, head);
  });
  // Outside the transaction: inside, a notification takes a lock that all commits of the database share.
  await sendPoke(ctx.db, ctx.library);
  return result;
}

/** The server's own errands, outside of any one library: credentials, a job's own row, the storage ledger. */
export function asServer<T>(ctx: { db: Db }, fn: (tx: Tx) => Promise<T>): Promise<T> {
  return ctx.db.transaction(async (tx) => {
    await enter(tx, 'app_worker', '');
    return fn(tx);
  });
}

/** In the middle of an errand of the server, acts as one library: as its own role, on its own rows alone. */
export async function withinLibrary<T>(tx: Tx, library: LibraryId, fn: () => Promise<T>): Promise<T> {
  await enter(tx, 'app_user', library);
  const result = await fn();
  await enter(tx, 'app_worker', '');
  return result;
}

/**
 * Inside a transaction of `asServer`: the libraries of one claim or of its undo, where rows may change their place and
 * nothing else.
 */
export async function amongLibraries<T>(
  tx: Tx,
  among: readonly LibraryId[],
  fn: () => Promise<T>,
): Promise<T> {
  await tx.execute(
    sql`select set_config('role', 'app_claim', true),
               set_config('app.claim_libraries', ${`{${among.join(',')}}`}, true)`,
  );
  const result = await fn();
  await enter(tx, 'app_worker', '');
  return result;
}
