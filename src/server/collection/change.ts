/**
 * Changes of collections and of what is in them, each applied inside a transaction that has taken the library's
 * version. The same functions serve one request and an operation out of a device's outbox.
 */
import { and, arrayContains, count, eq, inArray, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import {
  CollectionId,
  COLLECTIONS_LIMIT,
  COLLECTIONS_OF_ITEM_LIMIT,
  type Collection,
  type Membership,
} from '#core/collection.ts';
import { AppError, notFound } from '#core/errors.ts';
import type { MediaId } from '#core/media.ts';
import { changeMembership } from '#core/membership.ts';
import type { LibraryCtx } from '../context.ts';
import type { Tx } from '../db/client.ts';
import { readLibrary, writeLibrary, type Head } from '../db/doors.ts';
import { collections, media } from '../db/schema.ts';
import { requireMedia } from '../media/change.ts';
import { isLive, toCollection } from './rows.ts';

type ChangeCtx = Pick<LibraryCtx, 'library' | 'now'>;

const own = (ctx: Pick<ChangeCtx, 'library'>, id: CollectionId) =>
  and(eq(collections.libraryId, ctx.library), eq(collections.id, id));

/** Unknown, foreign and deleted ids are NOT_FOUND alike. */
async function requireAll(tx: Tx, ctx: Pick<ChangeCtx, 'library'>, ids: readonly CollectionId[]) {
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return [];
  const rows = await tx
    .select()
    .from(collections)
    .where(and(eq(collections.libraryId, ctx.library), inArray(collections.id, wanted), isLive));
  if (rows.length < wanted.length) throw notFound('collection');
  return rows;
}

/** @returns Whether it is new: an id that exists keeps the name it has by now. */
export async function applyCreate(
  tx: Tx,
  head: Head,
  ctx: ChangeCtx,
  id: CollectionId,
  name: string,
): Promise<boolean> {
  const [known] = await tx.select().from(collections).where(own(ctx, id));
  if (known?.deletedAt) {
    throw new AppError('CONFLICT', 'This collection was deleted. Create it under a new id.', { field: 'id' });
  }
  if (known) return false;
  const [live] = await tx
    .select({ count: count() })
    .from(collections)
    .where(and(eq(collections.libraryId, ctx.library), isLive));
  if (live && live.count >= COLLECTIONS_LIMIT) {
    throw new AppError(
      'CONFLICT',
      `A library has room for ${COLLECTIONS_LIMIT} collections. This one was not created: delete another first.`,
    );
  }
  const at = ctx.now();
  const inserted = await tx
    .insert(collections)
    .values({ id, libraryId: ctx.library, version: head.version, name, createdAt: at, updatedAt: at })
    .onConflictDoNothing()
    .returning({ id: collections.id });
  if (inserted.length === 0)
    throw new AppError('CONFLICT', 'This id cannot be used. Make a new one.', { field: 'id' });
  return true;
}

export async function applyRename(
  tx: Tx,
  head: Head,
  ctx: ChangeCtx,
  id: CollectionId,
  name: string,
): Promise<boolean> {
  const [known] = await requireAll(tx, ctx, [id]);
  if (known?.name === name) return false;
  await tx.update(collections).set({ name, version: head.version, updatedAt: ctx.now() }).where(own(ctx, id));
  return true;
}

/** Leaves a nameless tombstone for other devices. Its media stay, and are in it no longer. */
export async function applyDelete(tx: Tx, head: Head, ctx: ChangeCtx, id: CollectionId): Promise<boolean> {
  await requireAll(tx, ctx, [id]);
  const changed = { version: head.version, updatedAt: ctx.now() };
  await tx
    .update(collections)
    .set({ ...changed, name: '', deletedAt: ctx.now() })
    .where(own(ctx, id));
  await tx
    .update(media)
    .set({
      ...changed,
      collectionIds: sql`array_remove(${media.collectionIds}, ${id}::uuid)`,
      originLibrary: null,
      originVersion: null,
    })
    .where(and(eq(media.libraryId, ctx.library), arrayContains(media.collectionIds, [id])));
  return true;
}

const uuids = (ids: readonly CollectionId[]) => sql`${`{${ids.join(',')}}`}::uuid[]`;

/**
 * Puts items into collections and takes them out: `changeMembership`, of many at once. Taking out of a collection that
 * is gone changes nothing.
 */
export async function applyCollect(
  tx: Tx,
  head: Head,
  ctx: ChangeCtx,
  ids: readonly MediaId[],
  membership: Membership,
): Promise<boolean> {
  const rows = await requireMedia(tx, ctx, ids);
  await requireAll(tx, ctx, membership.add);
  const affected = rows.flatMap((row) => {
    const next = changeMembership(row.collectionIds, membership);
    return next === row.collectionIds ? [] : [{ id: row.id, next }];
  });
  if (affected.length === 0) return false;
  if (affected.some(({ next }) => next.length > COLLECTIONS_OF_ITEM_LIMIT)) {
    throw new AppError(
      'CONFLICT',
      `An item can be in ${COLLECTIONS_OF_ITEM_LIMIT} collections. Nothing was changed: take it out of another first.`,
    );
  }
  const { add, remove } = membership;
  const named = uuids([...remove, ...add]);
  await tx
    .update(media)
    .set({
      collectionIds: sql`array(select c from unnest(${media.collectionIds}) as c where c <> all(${named}))
                         || ${uuids([...new Set(add)])}`,
      version: head.version,
      updatedAt: ctx.now(),
      originLibrary: null,
      originVersion: null,
    })
    .where(
      and(
        eq(media.libraryId, ctx.library),
        inArray(
          media.id,
          affected.map(({ id }) => id),
        ),
      ),
    );
  return true;
}

const getCollection = (ctx: LibraryCtx, id: CollectionId): Promise<Collection> =>
  readLibrary(ctx, async (tx) => {
    const [row] = await requireAll(tx, ctx, [id]);
    if (!row) throw notFound('collection');
    return toCollection(row);
  });

/** Creating the same id again answers with the collection that exists. */
export async function createCollection(
  ctx: LibraryCtx,
  input: { id?: CollectionId | undefined; name: string },
): Promise<Collection> {
  const id = input.id ?? CollectionId.parse(uuidv7());
  await writeLibrary(ctx, (tx, head) => applyCreate(tx, head, ctx, id, input.name));
  return getCollection(ctx, id);
}

/** @throws AppError NOT_FOUND for an unknown, foreign or deleted id alike, here and below. */
export async function renameCollection(
  ctx: LibraryCtx,
  { id, name }: { id: CollectionId; name: string },
): Promise<Collection> {
  await writeLibrary(ctx, (tx, head) => applyRename(tx, head, ctx, id, name));
  return getCollection(ctx, id);
}

export async function deleteCollection(ctx: LibraryCtx, id: CollectionId): Promise<{ id: CollectionId }> {
  await writeLibrary(ctx, (tx, head) => applyDelete(tx, head, ctx, id));
  return { id };
}

/** All of it or, when one item or the collection is not there, nothing. */
export async function changeItems(
  ctx: LibraryCtx,
  { id, add, remove }: { id: CollectionId; add: MediaId[]; remove: MediaId[] },
): Promise<{ id: CollectionId }> {
  await writeLibrary(ctx, async (tx, head) => {
    await requireAll(tx, ctx, [id]);
    await applyCollect(tx, head, ctx, remove, { add: [], remove: [id] });
    await applyCollect(tx, head, ctx, add, { add: [id], remove: [] });
  });
  return { id };
}
