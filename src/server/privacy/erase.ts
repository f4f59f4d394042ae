/**
 * Deleting for good. Invariant: the rows of everything that an erasure takes go in one transaction, which dooms their
 * bytes and marks these with the erasure; it is finished only once each of them was seen to be gone. A process that dies
 * before that transaction has changed nothing, and after it leaves no more than bytes that any sweep deletes.
 */
import { and, eq, inArray, isNotNull, isNull, lte, ne, notExists, or, sql } from 'drizzle-orm';
import { randomUUID } from 'node:crypto';
import type { ErasureCounts } from '#core/account.ts';
import type { LibraryId, SessionId, UserId } from '#core/owner.ts';
import { dropTokens } from '../auth/tokens.ts';
import { lockAccount } from '../claim/account.ts';
import type { Server } from '../context.ts';
import type { Tx } from '../db/client.ts';
import { asServer, withinLibrary } from '../db/doors.ts';
import { claims, erasures, guestSessions, users } from '../db/identity.ts';
import {
  collections,
  generations,
  libraries,
  media,
  mediaFiles,
  purges,
  storageObjects,
  syncClients,
  uploads,
} from '../db/schema.ts';
import { erasedMail } from '../account/mails.ts';
import { siteUrl } from '../account/visit.ts';
import { log } from '../log.ts';
import { sendPoke } from '../sync/pokes.ts';

/** Tables of a library, in an order in which their rows may go. */
export const ERASED = [mediaFiles, uploads, media, generations, collections, purges, syncClients];

/** Who goes: an account with all that came into it, or a guest with the one library. */
export type Subject = { userId: UserId } | { sessionId: SessionId };

const NONE: ErasureCounts = { libraries: 0, rows: 0, media: 0, files: 0, bytes: 0 };

type EraseCtx = Pick<Server, 'db' | 'now' | 'mail' | 'parts'>;

/** Writes the receipt. @returns Its number. */
export async function openErasure(
  tx: Tx,
  erasure: { userId: UserId | null; requestedAt: Date; dueAt: Date },
): Promise<string> {
  const id = randomUUID();
  await tx.insert(erasures).values({ id, ...erasure, counts: NONE });
  return id;
}

/** The subject's library and, around corners, every one that was merged into it; locked. */
async function lockLibraries(tx: Tx, subject: Subject): Promise<LibraryId[]> {
  const own = 'userId' in subject ? sql`user_id = ${subject.userId}` : sql`session_id = ${subject.sessionId}`;
  const rows = await tx.execute<{ id: LibraryId }>(sql`
    with recursive mine as (
      select id from libraries where ${own}
      union select merged.id from libraries as merged join mine on merged.merged_into = mine.id)
    select id from libraries where id in (select id from mine) order by id for update`);
  return rows.map(({ id }) => id);
}

/**
 * Dooms what records and uploads hold. What is still being made for one of them goes along, and so do bytes that a purge
 * doomed before: the erasure waits for all of these.
 */
async function doomBytes(tx: Tx, erasureId: string, ids: LibraryId[]): Promise<void> {
  const named = tx
    .select({ key: mediaFiles.objectKey })
    .from(mediaFiles)
    .where(inArray(mediaFiles.libraryId, ids))
    .union(tx.select({ key: uploads.objectKey }).from(uploads).where(inArray(uploads.libraryId, ids)));
  const records = sql`select id from media where ${inArray(media.libraryId, ids)}
    union select (output ->> 'mediaId')::uuid from generations, jsonb_array_elements(outputs) as output
      where ${inArray(generations.libraryId, ids)}`;
  await tx
    .update(storageObjects)
    .set({ state: 'doomed', erasureId, keepUntil: null })
    .where(
      or(
        and(ne(storageObjects.state, 'gone'), inArray(storageObjects.key, named)),
        and(
          // What is live is named by a record: one of another library, if it is not found above.
          inArray(storageObjects.state, ['staged', 'doomed']),
          sql`${storageObjects.stagedFor} in (${records})`,
        ),
      ),
    );
}

/** @returns What was deleted of these libraries, themselves included. */
async function deleteLibraries(tx: Tx, erasureId: string, ids: LibraryId[]): Promise<ErasureCounts> {
  if (ids.length === 0) return NONE;
  await doomBytes(tx, erasureId, ids);
  const counts = { ...NONE, libraries: ids.length, rows: ids.length };
  for (const id of ids) {
    await withinLibrary(tx, id, async () => {
      const [held] = await tx
        .select({ files: sql<string>`count(*)`, bytes: sql<string>`coalesce(sum(${mediaFiles.bytes}), 0)` })
        .from(mediaFiles)
        .where(eq(mediaFiles.libraryId, id));
      counts.files += Number(held?.files ?? 0);
      counts.bytes += Number(held?.bytes ?? 0);
      for (const table of ERASED) {
        const { count } = await tx.delete(table).where(eq(table.libraryId, id));
        counts.rows += count;
        if (table === media) counts.media += count;
      }
    });
  }
  await tx.delete(libraries).where(inArray(libraries.id, ids));
  return counts;
}

/** Guests that were claimed by this account: nothing is left of them but that they were. */
const deleteClaimed = (tx: Tx, userId: UserId) =>
  tx
    .delete(guestSessions)
    .where(
      and(
        eq(guestSessions.claimedBy, userId),
        notExists(
          tx.select({ id: libraries.id }).from(libraries).where(eq(libraries.sessionId, guestSessions.id)),
        ),
        notExists(tx.select({ id: claims.id }).from(claims).where(eq(claims.sessionId, guestSessions.id))),
      ),
    );

async function deleteGuest(tx: Tx, sessionId: SessionId): Promise<number> {
  const claimed = await tx.select({ id: claims.id }).from(claims).where(eq(claims.sessionId, sessionId));
  if (claimed.length > 0) {
    // An account still tells where a library came from.
    await tx.update(guestSessions).set({ tokenHash: null }).where(eq(guestSessions.id, sessionId));
    return 0;
  }
  const { count } = await tx.delete(guestSessions).where(eq(guestSessions.id, sessionId));
  return count;
}

/** Rows that go with a user by themselves are counted before. */
async function deleteUser(tx: Tx, userId: UserId): Promise<number> {
  const [held] = await tx.execute<{ count: string }>(sql`
    select (select count(*) from accounts where user_id = ${userId})
         + (select count(*) from auth_sessions where user_id = ${userId})
         + (select count(*) from audit_events where user_id = ${userId})
         + (select count(*) from claims where user_id = ${userId}) as count`);
  await dropTokens(tx, userId);
  await tx.delete(claims).where(eq(claims.userId, userId));
  const { count: guests } = await deleteClaimed(tx, userId);
  const { count } = await tx.delete(users).where(eq(users.id, userId));
  return Number(held?.count ?? 0) + guests + count;
}

/** Takes every row of the subject, which the caller's transaction has locked against claims. @returns The libraries that are no more. */
export async function eraseRows(
  tx: Tx,
  now: Date,
  erasureId: string,
  subject: Subject,
  notify: string | null = null,
): Promise<LibraryId[]> {
  const ids = await lockLibraries(tx, subject);
  const counts = await deleteLibraries(tx, erasureId, ids);
  counts.rows +=
    'userId' in subject ? await deleteUser(tx, subject.userId) : await deleteGuest(tx, subject.sessionId);
  await tx
    .update(erasures)
    .set({ erasedAt: now, userId: null, notify, counts })
    .where(eq(erasures.id, erasureId));
  return ids;
}

/**
 * A guest who still is one, locked. Locks are taken in one order by everybody: the account, the guest's session, then
 * libraries; what is the subject's once its lock is held stays so.
 */
export async function lockGuest(tx: Tx, sessionId: SessionId): Promise<boolean> {
  const held = await tx
    .select({ id: guestSessions.id })
    .from(guestSessions)
    .where(and(eq(guestSessions.id, sessionId), isNotNull(guestSessions.tokenHash)))
    .for('update');
  return held.length > 0;
}

/** The account that goes with an erasure, locked; null when it was taken back, or another process was faster. */
async function lockDue(tx: Tx, erasureId: string): Promise<{ userId: UserId; email: string | null } | null> {
  const isDue = and(eq(erasures.id, erasureId), isNull(erasures.takenBackAt), isNull(erasures.erasedAt));
  const [due] = await tx.select({ userId: erasures.userId }).from(erasures).where(isDue);
  if (!due?.userId) return null;
  await lockAccount(tx, due.userId);
  const [user] = await tx
    .select({ userId: users.id, email: users.email })
    .from(users)
    .where(eq(users.id, due.userId))
    .for('update');
  const [still] = await tx.select({ id: erasures.id }).from(erasures).where(isDue).for('update');
  return user && still ? user : null;
}

/** Erases one account, unless it was taken back meanwhile or another process was faster. */
async function eraseAccount(server: EraseCtx, erasureId: string): Promise<boolean> {
  const now = server.now();
  const gone = await asServer(server, async (tx) => {
    const due = await lockDue(tx, erasureId);
    return due && eraseRows(tx, now, erasureId, { userId: due.userId }, due.email);
  });
  for (const library of gone ?? []) await forgetLibrary(server, library);
  return gone !== null;
}

/** What is left of a library that is no more: its devices, and what had come of files that were on their way. */
export async function forgetLibrary(server: EraseCtx, library: LibraryId): Promise<void> {
  await server.parts.forgetLibrary(library);
  await sendPoke(server.db, library);
}

/** Erases the accounts whose days of grace are over. One that fails is logged, and tried again the next time. */
export async function eraseDue(server: EraseCtx): Promise<number> {
  const due = await asServer(server, (tx) =>
    tx
      .select({ id: erasures.id })
      .from(erasures)
      .where(and(lte(erasures.dueAt, server.now()), isNull(erasures.takenBackAt), isNull(erasures.erasedAt))),
  );
  let erased = 0;
  for (const { id } of due) {
    try {
      if (await eraseAccount(server, id)) erased += 1;
    } catch (error) {
      log.error(`erasure ${id} will be tried again`, error);
    }
  }
  return erased;
}

/** Ends the erasures whose bytes are all gone, and tells those who can be told. @returns How many ended. */
export async function finishErasures(server: EraseCtx): Promise<number> {
  const ended = await asServer(server, async (tx) => {
    const waiting = tx
      .select({ key: storageObjects.key })
      .from(storageObjects)
      .where(and(eq(storageObjects.erasureId, erasures.id), ne(storageObjects.state, 'gone')));
    const done = await tx
      .select({ id: erasures.id, notify: erasures.notify })
      .from(erasures)
      .where(and(sql`${erasures.erasedAt} is not null`, isNull(erasures.finishedAt), notExists(waiting)))
      .for('update', { skipLocked: true });
    const ids = done.map(({ id }) => id);
    if (ids.length === 0) return [];
    await tx.update(storageObjects).set({ erasureId: null }).where(inArray(storageObjects.erasureId, ids));
    await tx
      .update(erasures)
      .set({ finishedAt: server.now(), notify: null })
      .where(inArray(erasures.id, ids));
    return done;
  });
  for (const { id, notify } of ended) {
    if (notify === null || server.mail.mode === 'none') continue;
    try {
      await server.mail.send(erasedMail(notify, `${siteUrl()}/api/v1/erasures/${id}`));
    } catch (error) {
      log.error(`nobody was told that erasure ${id} has ended`, error);
    }
  }
  return ended.length;
}
