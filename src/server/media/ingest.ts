/**
 * Bytes to record. `stageFiles` runs outside of any transaction; `insertMedia` inside one that took the library's
 * version. Both are keyed by the media id, so that work done twice ends in one record.
 */
import { and, eq } from 'drizzle-orm';
import type { FileRole, MediaId } from '#core/media.ts';
import type { LibraryCtx, Server } from '../context.ts';
import type { Tx } from '../db/client.ts';
import type { Head } from '../db/doors.ts';
import { media, mediaFiles } from '../db/schema.ts';
import type { PreparedMedia } from '../ingest/prepare.ts';
import { settleObjects, stageObject, type StagedObject } from '../ledger.ts';

export type StagedFile = {
  role: FileRole;
  object: StagedObject;
  mime: string;
  width: number;
  height: number;
};

/** @param original The bytes themselves, or the object of an upload that holds them already. */
export async function stageFiles(
  ctx: Pick<Server, 'db' | 'storage' | 'now'>,
  id: MediaId,
  original: Uint8Array | StagedObject,
  prepared: PreparedMedia,
): Promise<StagedFile[]> {
  const { mime, width, height } = prepared;
  const stageOriginal =
    original instanceof Uint8Array ? stageObject(ctx, id, original, { mime }) : Promise.resolve(original);
  const files: Promise<StagedFile>[] = [
    stageOriginal.then((object) => ({ role: 'original', object, mime, width, height })),
    ...prepared.files.map(async (file): Promise<StagedFile> => ({
      role: file.role,
      object: await stageObject(ctx, id, file.bytes, { mime: file.mime }),
      mime: file.mime,
      width: file.width,
      height: file.height,
    })),
  ];
  // When one fails the others are waited for: nothing is written any more once a save has been refused.
  await Promise.allSettled(files);
  return Promise.all(files);
}

type Recipe = Omit<
  typeof media.$inferInsert,
  | 'libraryId'
  | 'version'
  | 'kind'
  | 'width'
  | 'height'
  | 'durationMs'
  | 'mime'
  | 'bytes'
  | 'sha256'
  | 'thumbhash'
  | 'roles'
>;

/** @returns false when the id is taken: nothing was written, and the staged files are the sweeper's. */
export async function insertMedia(
  tx: Tx,
  head: Head,
  ctx: Pick<LibraryCtx, 'library' | 'now'>,
  recipe: Recipe,
  prepared: PreparedMedia,
  files: StagedFile[],
): Promise<boolean> {
  const original = files.find((file) => file.role === 'original');
  if (!original) throw new Error(`media ${recipe.id} has no original`);
  const inserted = await tx
    .insert(media)
    .values({
      ...recipe,
      libraryId: ctx.library,
      version: head.version,
      kind: prepared.kind,
      width: prepared.width,
      height: prepared.height,
      durationMs: prepared.durationMs,
      mime: prepared.mime,
      bytes: original.object.bytes,
      sha256: original.object.sha256,
      thumbhash: prepared.thumbhash,
      roles: files.map((file) => file.role),
    })
    .onConflictDoNothing({ target: media.id })
    .returning({ id: media.id });
  if (inserted.length === 0) return false;
  await settleObjects(
    tx,
    ctx.now(),
    files.map((file) => file.object),
  );
  await tx.insert(mediaFiles).values(
    files.map((file) => ({
      mediaId: recipe.id,
      role: file.role,
      libraryId: ctx.library,
      objectKey: file.object.key,
      mime: file.mime,
      width: file.width,
      height: file.height,
      bytes: file.object.bytes,
      sha256: file.object.sha256,
    })),
  );
  return true;
}

/** The record of this id in this library, a tombstone included. */
export async function findMedia(tx: Tx, ctx: Pick<LibraryCtx, 'library'>, id: MediaId) {
  const [row] = await tx
    .select()
    .from(media)
    .where(and(eq(media.libraryId, ctx.library), eq(media.id, id)));
  return row;
}
