/**
 * What goes by itself: items whose days in the trash are over, and, into the trash first, the items of guests who have not
 * been here for long. Invariant: each batch asks its question again under the library's lock, so that what was restored, or
 * who came back, in the meantime stays. A generation under way keeps its items, and its guest. A share would have to keep
 * its item in `isDue`; there are none yet.
 */
import { and, asc, eq, exists, gt, isNotNull, isNull, lt, notExists, sql, type SQL } from 'drizzle-orm';
import { AppError } from '#core/errors.ts';
import type { LibraryId, SessionId } from '#core/owner.ts';
import type { Server } from './context.ts';
import type { Tx } from './db/client.ts';
import { asServer, withinLibrary, writeLibrary } from './db/doors.ts';
import { guestSessions } from './db/identity.ts';
import { generations, libraries, media } from './db/schema.ts';
import { log } from './log.ts';
import { applyPurge, applyTrash } from './media/change.ts';
import { isLive } from './media/rows.ts';
import { sendPoke } from './sync/pokes.ts';

type RetentionCtx = Pick<Server, 'db' | 'now' | 'queue'>;

export type RetentionRules = {
  /** Days that a trashed item can be restored; 0 keeps it until it is purged by hand. */
  trashDays: number;
  /** Days without a visit after which a guest's items go to the trash; 0 leaves them. */
  guestIdleDays: number;
  /** Ends it after the batch under way. */
  signal?: AbortSignal;
};

/** `isComplete`: nothing that was due is left. */
export type RetentionResult = { purged: number; trashed: number; isComplete: boolean };

const DAY = 86_400_000;
const LIBRARIES = 100;
/** Small, so that a person who is at it waits for the library's lock for a moment only. */
const BATCH = 200;

const daysAgo = ({ now }: Pick<Server, 'now'>, days: number) => new Date(now().getTime() - days * DAY);

const unfinished = sql`${generations.state} in ('queued', 'running', 'saving')`;

const isDue = (tx: Tx, before: Date): SQL | undefined =>
  and(
    isLive,
    isNotNull(media.trashedAt),
    lt(media.trashedAt, before),
    notExists(
      tx
        .select({ id: generations.id })
        .from(generations)
        .where(and(eq(generations.id, media.generationId), unfinished)),
    ),
  );

const isUntrashed = and(isLive, isNull(media.trashedAt));

/** Ids by pages, each asked for after the ones before were dealt with; one that fails is logged and passed over. */
async function forEach<T extends { id: LibraryId }>(
  signal: AbortSignal | undefined,
  ask: (after: string) => Promise<T[]>,
  work: (found: T) => Promise<number>,
): Promise<{ count: number; isComplete: boolean }> {
  let count = 0;
  let isComplete = true;
  for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
    const page = await ask(after);
    for (const found of page) {
      if (signal?.aborted) return { count, isComplete: false };
      try {
        count += await work(found);
      } catch (error) {
        // A library that was merged meanwhile is found under its new name the next time.
        if (!(error instanceof AppError && error.code === 'OWNER_CHANGED')) {
          log.error(`retention of library ${found.id} will be tried again`, error);
        }
        isComplete = false;
      }
    }
    const last = page.at(-1);
    if (!last || page.length < LIBRARIES) return { count, isComplete: isComplete && !signal?.aborted };
    after = last.id;
  }
}

/** Purges what has been in a library's trash for too long, a batch a transaction, on a receipt. */
async function purgeLibrary(
  server: RetentionCtx,
  library: LibraryId,
  rules: RetentionRules,
): Promise<number> {
  const before = daysAgo(server, rules.trashDays);
  const ctx = { ...server, library };
  let purged = 0;
  while (!rules.signal?.aborted) {
    const count = await writeLibrary(ctx, async (tx, head) => {
      const due = await tx
        .select({ id: media.id })
        .from(media)
        .where(and(eq(media.libraryId, library), isDue(tx, before)))
        .orderBy(asc(media.trashedAt))
        .limit(BATCH);
      if (due.length === 0) return 0;
      await applyPurge(
        tx,
        head,
        ctx,
        due.map(({ id }) => id),
        'trash',
      );
      return due.length;
    });
    purged += count;
    if (count < BATCH) break;
  }
  return purged;
}

const purgeTrash = (server: RetentionCtx, rules: RetentionRules) =>
  forEach(
    rules.signal,
    (after) =>
      asServer(server, (tx) =>
        tx
          .selectDistinct({ id: media.libraryId })
          .from(media)
          .where(and(isDue(tx, daysAgo(server, rules.trashDays)), gt(media.libraryId, sql`${after}`)))
          .orderBy(media.libraryId)
          .limit(LIBRARIES),
      ),
    ({ id }) => purgeLibrary(server, id, rules),
  );

type IdleGuest = { id: LibraryId; session: SessionId };

const isIdle = (before: Date) => and(lt(guestSessions.lastSeenAt, before), isNull(guestSessions.claimedBy));

const hasNoJob = (tx: Tx) =>
  notExists(
    tx
      .select({ id: generations.id })
      .from(generations)
      .where(and(eq(generations.libraryId, libraries.id), unfinished)),
  );

/**
 * One batch of an idle guest's items, into the trash. The session is locked as well: a guest who comes back before it is
 * not idle any more, and one who comes back after it finds everything there.
 */
async function trashBatch(server: RetentionCtx, { id, session }: IdleGuest, before: Date): Promise<number> {
  const count = await asServer(server, async (tx) => {
    const [idle] = await tx
      .select({ id: guestSessions.id })
      .from(guestSessions)
      .where(and(eq(guestSessions.id, session), isIdle(before)))
      .for('update');
    if (!idle) return 0;
    const [head] = await tx
      .update(libraries)
      .set({ version: sql`${libraries.version} + 1` })
      .where(
        and(
          eq(libraries.id, id),
          eq(libraries.sessionId, session),
          isNull(libraries.mergedInto),
          hasNoJob(tx),
        ),
      )
      .returning({ version: libraries.version, epoch: libraries.epoch });
    if (!head) return 0;
    return withinLibrary(tx, id, async () => {
      const items = await tx
        .select({ id: media.id })
        .from(media)
        .where(and(eq(media.libraryId, id), isUntrashed))
        .orderBy(asc(media.id))
        .limit(BATCH);
      if (items.length === 0) return 0;
      const ids = items.map((item) => item.id);
      await applyTrash(tx, head, { library: id, now: server.now }, ids);
      return items.length;
    });
  });
  if (count > 0) await sendPoke(server.db, id);
  return count;
}

async function trashGuest(server: RetentionCtx, guest: IdleGuest, rules: RetentionRules): Promise<number> {
  const before = daysAgo(server, rules.guestIdleDays);
  let trashed = 0;
  while (!rules.signal?.aborted) {
    const count = await trashBatch(server, guest, before);
    trashed += count;
    if (count < BATCH) break;
  }
  return trashed;
}

const trashIdleGuests = (server: RetentionCtx, rules: RetentionRules) =>
  forEach<IdleGuest>(
    rules.signal,
    (after) =>
      asServer(server, (tx) =>
        tx
          .select({ id: libraries.id, session: guestSessions.id })
          .from(libraries)
          .innerJoin(guestSessions, eq(guestSessions.id, libraries.sessionId))
          .where(
            and(
              isIdle(daysAgo(server, rules.guestIdleDays)),
              isNull(libraries.mergedInto),
              gt(libraries.id, sql`${after}`),
              hasNoJob(tx),
              exists(
                tx
                  .select({ id: media.id })
                  .from(media)
                  .where(and(eq(media.libraryId, libraries.id), isUntrashed)),
              ),
            ),
          )
          .orderBy(libraries.id)
          .limit(LIBRARIES),
      ),
    (guest) => trashGuest(server, guest, rules),
  );

/** Does what is due, and asks for the bytes to be deleted. Safe to run in several processes, and to be broken off. */
export async function applyRetention(server: RetentionCtx, rules: RetentionRules): Promise<RetentionResult> {
  const nothing = { count: 0, isComplete: true };
  const purged = rules.trashDays > 0 ? await purgeTrash(server, rules) : nothing;
  const trashed = rules.guestIdleDays > 0 ? await trashIdleGuests(server, rules) : nothing;
  if (purged.count > 0) await server.queue.sendSweep();
  return {
    purged: purged.count,
    trashed: trashed.count,
    isComplete: purged.isComplete && trashed.isComplete,
  };
}
