/**
 * Changes of media, each applied inside a transaction that has taken the library's version. The same functions
 * serve one request and an operation out of a device's outbox.
 */
import { and, eq, inArray } from 'drizzle-orm';
import { AppError, notFound } from '#core/errors.ts';
import {
  normaliseTags,
  type Media,
  type MediaId,
  type MediaIdsInput,
  type MediaPatch,
  type UpdateMediaInput,
} from '#core/media.ts';
import type { PurgeReason } from '#core/receipt.ts';
import type { LibraryCtx } from '../context.ts';
import type { Tx } from '../db/client.ts';
import { writeLibrary, type Head } from '../db/doors.ts';
import { media, mediaFiles } from '../db/schema.ts';
import { doomPurged } from '../ledger.ts';
import { notePurge } from '../receipt.ts';
import { isLive, toMedia, type MediaRow } from './rows.ts';

type ChangeCtx = Pick<LibraryCtx, 'library' | 'now'>;

/** Locks nothing: the library's row is the lock. Fails whole if one id is unknown, foreign or purged. */
export async function requireMedia(tx: Tx, ctx: ChangeCtx, ids: readonly MediaId[]): Promise<MediaRow[]> {
  const wanted = [...new Set(ids)];
  const rows = await tx
    .select()
    .from(media)
    .where(and(eq(media.libraryId, ctx.library), inArray(media.id, wanted), isLive));
  if (rows.length < wanted.length) throw notFound('item');
  return rows;
}

const own = (ctx: ChangeCtx, ids: MediaId[]) => and(eq(media.libraryId, ctx.library), inArray(media.id, ids));

/** @returns Whether anything changed. */
export async function applyPatch(
  tx: Tx,
  head: Head,
  ctx: ChangeCtx,
  id: MediaId,
  patch: MediaPatch,
): Promise<boolean> {
  await requireMedia(tx, ctx, [id]);
  const { headline, tags, starred, prompt } = patch;
  if (headline === undefined && tags === undefined && starred === undefined && prompt === undefined)
    return false;
  await tx
    .update(media)
    .set({
      headline,
      starred,
      prompt,
      tags: tags && normaliseTags(tags),
      version: head.version,
      updatedAt: ctx.now(),
      originLibrary: null,
      originVersion: null,
    })
    .where(own(ctx, [id]));
  return true;
}

async function setTrashed(
  tx: Tx,
  head: Head,
  ctx: ChangeCtx,
  ids: readonly MediaId[],
  trashedAt: Date | null,
) {
  const rows = await requireMedia(tx, ctx, ids);
  const affected = rows
    .filter((row) => (row.trashedAt === null) !== (trashedAt === null))
    .map((row) => row.id);
  if (affected.length === 0) return false;
  await tx
    .update(media)
    .set({
      trashedAt,
      version: head.version,
      updatedAt: ctx.now(),
      originLibrary: null,
      originVersion: null,
    })
    .where(own(ctx, affected));
  return true;
}

/** What is in the trash already keeps its date. */
export const applyTrash = (tx: Tx, head: Head, ctx: ChangeCtx, ids: readonly MediaId[]) =>
  setTrashed(tx, head, ctx, ids, ctx.now());

export const applyRestore = (tx: Tx, head: Head, ctx: ChangeCtx, ids: readonly MediaId[]) =>
  setTrashed(tx, head, ctx, ids, null);

/** Leaves a scrubbed tombstone for other devices, and dooms the bytes on a receipt, in the same transaction. */
export async function applyPurge(
  tx: Tx,
  head: Head,
  ctx: ChangeCtx,
  ids: readonly MediaId[],
  reason: PurgeReason = 'asked',
): Promise<boolean> {
  const rows = await requireMedia(tx, ctx, ids);
  const gone = rows.map((row) => row.id);
  const files = await tx
    .delete(mediaFiles)
    .where(and(eq(mediaFiles.libraryId, ctx.library), inArray(mediaFiles.mediaId, gone)))
    .returning({ key: mediaFiles.objectKey, bytes: mediaFiles.bytes });
  const receipt = await notePurge(tx, ctx, reason, {
    images: rows.filter(({ kind }) => kind === 'image').length,
    videos: rows.filter(({ kind }) => kind === 'video').length,
    files: files.length,
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
  });
  await doomPurged(
    tx,
    receipt,
    gone,
    files.map((file) => file.key),
  );
  await tx
    .update(media)
    .set({
      version: head.version,
      deletedAt: ctx.now(),
      updatedAt: ctx.now(),
      prompt: '',
      headline: null,
      tags: [],
      collectionIds: [],
      starred: false,
      provider: null,
      model: null,
      seed: null,
      settings: {},
      metadata: {},
      bytes: 0,
      sha256: '',
      thumbhash: null,
      roles: [],
      sourceUrl: null,
      sourceUuid: null,
      originLibrary: null,
      originVersion: null,
    })
    .where(own(ctx, gone));
  return true;
}

/** @throws AppError NOT_FOUND; BAD_INPUT when nothing is to be changed. */
export function updateMedia(ctx: LibraryCtx, { id, ...patch }: UpdateMediaInput): Promise<Media> {
  return writeLibrary(ctx, async (tx, head) => {
    if (!(await applyPatch(tx, head, ctx, id, patch))) {
      throw new AppError(
        'BAD_INPUT',
        'Name at least one field to change: headline, tags, starred or prompt.',
      );
    }
    const [row] = await requireMedia(tx, ctx, [id]);
    if (!row) throw notFound('item');
    return toMedia(row);
  });
}

type Applied = (tx: Tx, head: Head, ctx: ChangeCtx, ids: readonly MediaId[]) => Promise<boolean>;

async function change(ctx: LibraryCtx, { ids }: MediaIdsInput, apply: Applied): Promise<{ ids: MediaId[] }> {
  await writeLibrary(ctx, (tx, head) => apply(tx, head, ctx, ids));
  return { ids };
}

/** Moves media to the trash. Foreign and unknown ids are NOT_FOUND alike, and then nothing moves. */
export const trashMedia = (ctx: LibraryCtx, input: MediaIdsInput) => change(ctx, input, applyTrash);

/** Takes media out of the trash, as it was. */
export const restoreMedia = (ctx: LibraryCtx, input: MediaIdsInput) => change(ctx, input, applyRestore);

/** Deletes media for good. The bytes follow within seconds; their ledger entries say when they were gone. */
export async function purgeMedia(ctx: LibraryCtx, input: MediaIdsInput) {
  const purged = await change(ctx, input, applyPurge);
  await ctx.queue.sendSweep();
  return purged;
}
