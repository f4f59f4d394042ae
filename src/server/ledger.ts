/**
 * The ledger of bytes. Order of a save: a staged row, the bytes, their verification, then one transaction that
 * inserts the record and turns the objects live. Whatever stops on the way leaves a staged row for the sweeper;
 * no record ever names bytes that were not read back.
 */
import { and, eq, inArray, isNull, lt, lte, ne, or, sql, type SQL } from 'drizzle-orm';
import { AppError } from '#core/errors.ts';
import type { MediaId } from '#core/media.ts';
import type { ReceiptId } from '#core/receipt.ts';
import type { Server } from './context.ts';
import type { Tx } from './db/client.ts';
import { noBackupRuns } from './db/backup-lock.ts';
import { asServer } from './db/doors.ts';
import { storageObjects } from './db/schema.ts';
import { log } from './log.ts';
import { newStorageKey, type StorageKey } from './storage/keys.ts';
import { storageOf, type Places } from './storage/place.ts';
import { StorageError, type Backend, type Digest, type Storage } from './storage/port.ts';
import { verifyObject } from './storage/verify.ts';

type LedgerCtx = Pick<Server, 'db' | 'storage' | 'now'>;
type SweepCtx = LedgerCtx & Places;

export type StagedObject = { key: StorageKey; bytes: number; sha256: string };

/** What a put may carry: bytes at hand, or a stream of at most `maxBytes`. */
export type Body = Parameters<Server['storage']['put']>[1];

/** Writes down a new key for bytes that are to come, as they always are before they exist. */
export async function reserveObject(ctx: LedgerCtx, stagedFor: string, mime: string): Promise<StorageKey> {
  const key = newStorageKey();
  await asServer(ctx, (tx) =>
    tx.insert(storageObjects).values({ key, backend: ctx.storage.backend, state: 'staged', stagedFor, mime }),
  );
  return key;
}

/**
 * Puts bytes under a new key and reads them back.
 * @param stagedFor Id of the record that will hold them.
 */
export async function stageObject(
  ctx: LedgerCtx,
  stagedFor: string,
  body: Body,
  options: { mime: string; maxBytes?: number },
): Promise<StagedObject> {
  const key = await reserveObject(ctx, stagedFor, options.mime);
  const put = await ctx.storage.put(key, body, options);
  return confirmObject(ctx, key, put);
}

/**
 * Reads back what lies under a reserved key, and writes down what it is.
 * @param expected What was sent, if we sent it.
 */
export async function confirmObject(
  ctx: LedgerCtx,
  key: StorageKey,
  expected?: Digest,
): Promise<StagedObject> {
  const stored = await verifyObject(ctx.storage, key);
  if (stored === null || (expected && stored.sha256 !== expected.sha256)) {
    throw new AppError(
      'UNAVAILABLE',
      'The storage did not keep the file as it was sent. Nothing was saved: try again.',
    );
  }
  // A sweep that came before the bytes found nothing to delete: doomed anew, they go with the next one.
  const [row] = await asServer(ctx, (tx) =>
    tx
      .update(storageObjects)
      .set({ ...stored, state: sql`case state when 'staged' then 'staged' else 'doomed' end` })
      .where(and(eq(storageObjects.key, key), ne(storageObjects.state, 'live')))
      .returning({ state: storageObjects.state }),
  );
  if (row?.state !== 'staged') throw tookTooLong();
  return { key, ...stored };
}

const tookTooLong = () =>
  new AppError(
    'UNAVAILABLE',
    'Saving took too long and its bytes were let go. Nothing was saved: try again.',
  );

/** Turns staged objects live, in the transaction that inserts the rows which name them. */
export async function settleObjects(tx: Tx, now: Date, objects: StagedObject[]): Promise<void> {
  for (const { key, bytes, sha256 } of objects) {
    const settled = await tx
      .update(storageObjects)
      .set({ state: 'live', bytes, sha256, verifiedAt: now })
      .where(and(eq(storageObjects.key, key), eq(storageObjects.state, 'staged')))
      .returning({ key: storageObjects.key });
    if (settled.length === 0) throw await whyNotStaged(tx, key);
  }
}

/** What the ledger says of an object; undefined when it does not know it. */
export async function findObject(tx: Tx, key: StorageKey) {
  const [found] = await tx
    .select({ state: storageObjects.state, backend: storageObjects.backend })
    .from(storageObjects)
    .where(eq(storageObjects.key, key));
  return found;
}

async function whyNotStaged(tx: Tx, key: StorageKey): Promise<AppError> {
  if ((await findObject(tx, key))?.state !== 'live') return tookTooLong();
  const message = 'This upload was saved already, by another request. Nothing else was saved.';
  return new AppError('CONFLICT', message, { field: 'upload' });
}

/** Marks objects for deletion, in the transaction that removes the rows which name them. */
export async function doomObjects(tx: Tx, keys: StorageKey[]): Promise<void> {
  if (keys.length === 0) return;
  await tx.update(storageObjects).set({ state: 'doomed' }).where(inArray(storageObjects.key, keys));
}

/**
 * Marks the bytes of purged media, in the transaction of the purge: what their records named, and what was left of earlier
 * attempts or places. A link to them gets no more time.
 */
export async function doomPurged(
  tx: Tx,
  purgeId: ReceiptId,
  media: readonly MediaId[],
  keys: readonly StorageKey[],
): Promise<void> {
  const leftOver = and(
    inArray(storageObjects.stagedFor, [...media]),
    inArray(storageObjects.state, ['staged', 'doomed']),
  );
  await tx
    .update(storageObjects)
    .set({ state: 'doomed', purgeId, keepUntil: null, failure: null })
    .where(or(inArray(storageObjects.key, [...keys]), leftOver));
}

/** Dooms objects that turned out not to be needed. */
export async function doomStaged(ctx: LedgerCtx, objects: StagedObject[]): Promise<void> {
  const keys = objects.map((object) => object.key);
  await asServer(ctx, (tx) =>
    tx
      .update(storageObjects)
      .set({ state: 'doomed' })
      .where(and(inArray(storageObjects.key, keys), eq(storageObjects.state, 'staged'))),
  );
}

const BATCH = 200;

/** Deletes doomed bytes of one backend, sees that they are gone, and only then says so. Safe in several processes. */
async function deleteDoomed(ctx: SweepCtx, storage: Storage): Promise<number> {
  let deleted = 0;
  let after = '';
  for (;;) {
    const now = ctx.now();
    const batch = await asServer(ctx, (tx) =>
      tx
        .select({ key: storageObjects.key })
        .from(storageObjects)
        .where(
          and(
            eq(storageObjects.state, 'doomed'),
            eq(storageObjects.backend, storage.backend),
            or(isNull(storageObjects.keepUntil), lte(storageObjects.keepUntil, now)),
            sql`${storageObjects.key} > ${after}`,
            noBackupRuns,
          ),
        )
        .orderBy(storageObjects.key)
        .limit(BATCH),
    );
    const gone: StorageKey[] = [];
    for (const { key } of batch) {
      try {
        await storage.delete(key);
        if ((await storage.head(key)) !== null)
          throw new StorageError('CORRUPT', 'It is there still, though the storage says that it is deleted.');
        gone.push(key);
      } catch (error) {
        log.error(`object ${key} could not be deleted and will be tried again`, error);
        await noteFailure(ctx, eq(storageObjects.key, key), error);
      }
    }
    if (gone.length > 0) {
      await asServer(ctx, (tx) =>
        tx
          .update(storageObjects)
          .set({ state: 'gone', goneAt: ctx.now(), failure: null })
          .where(and(inArray(storageObjects.key, gone), eq(storageObjects.state, 'doomed'))),
      );
    }
    deleted += gone.length;
    const last = batch.at(-1);
    if (!last || batch.length < BATCH) return deleted;
    after = last.key;
  }
}

/** For the receipts that wait. @returns How many rows did not say so before. */
async function noteFailure(ctx: SweepCtx, which: SQL, error: unknown): Promise<number> {
  const failure = error instanceof StorageError ? error.code : 'UNAVAILABLE';
  const { count } = await asServer(ctx, (tx) =>
    tx
      .update(storageObjects)
      .set({ failure })
      .where(
        and(
          which,
          eq(storageObjects.state, 'doomed'),
          sql`${storageObjects.failure} is distinct from ${failure}`,
        ),
      ),
  );
  return count;
}

/** Null when this server has no access to it: its doomed bytes wait, and say why. */
async function openDoomed(ctx: SweepCtx, backend: Backend): Promise<Storage | null> {
  try {
    return await storageOf(ctx, backend);
  } catch (error) {
    const told = await noteFailure(ctx, eq(storageObjects.backend, backend), error);
    if (told > 0) log.error(`${told} objects of the storage ${backend} cannot be deleted`, error);
    return null;
  }
}

/** Backends that hold something doomed. */
async function findDoomed(ctx: SweepCtx): Promise<Backend[]> {
  const rows = await asServer(ctx, (tx) =>
    tx
      .selectDistinct({ backend: storageObjects.backend })
      .from(storageObjects)
      .where(eq(storageObjects.state, 'doomed')),
  );
  return rows.map(({ backend }) => backend);
}

/** How long a save may take before its bytes count as left behind, in milliseconds. */
export const STAGED_FOR_AT_MOST = 3_600_000;

/**
 * Lets go of what nobody will finish: staged objects older than `olderThanMs` with their uploads, and everything doomed.
 * @returns How many were doomed now and how many are gone.
 */
export async function sweepStorage(
  ctx: SweepCtx,
  olderThanMs = STAGED_FOR_AT_MOST,
): Promise<{ doomed: number; gone: number; temporary: number }> {
  const before = new Date(ctx.now().getTime() - olderThanMs);
  const doomed = await asServer(ctx, async (tx) => {
    const swept = await tx
      .update(storageObjects)
      .set({ state: 'doomed' })
      .where(and(eq(storageObjects.state, 'staged'), lt(storageObjects.createdAt, before)))
      .returning({ key: storageObjects.key });
    // By its object and not by its own age: an upload must not outlive the bytes that it promises.
    await tx.execute(sql`delete from uploads using storage_objects
      where storage_objects.key = uploads.object_key and storage_objects.state = 'doomed'`);
    return swept;
  });
  let gone = 0;
  for (const backend of await findDoomed(ctx)) {
    const storage = await openDoomed(ctx, backend);
    if (storage) gone += await deleteDoomed(ctx, storage);
  }
  return {
    doomed: doomed.length,
    gone,
    temporary: await ctx.storage.sweepTemporary(olderThanMs),
  };
}
