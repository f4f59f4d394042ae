import { and, eq } from 'drizzle-orm';
import { createReadStream } from 'node:fs';
import { AppError } from '#core/errors.ts';
import type { UploadId } from '#core/media.ts';
import { MAX_UPLOAD_BYTES } from '#core/upload.ts';
import type { LibraryCtx } from './context.ts';
import { readLibrary, writeLibrary } from './db/doors.ts';
import { storageObjects, uploads } from './db/schema.ts';
import {
  confirmObject,
  doomStaged,
  reserveObject,
  stageObject,
  type Body,
  type StagedObject,
} from './ledger.ts';
import type { StorageKey } from './storage/keys.ts';
import { storageFailure } from './storage/port.ts';
import type { UploadPart } from './upload-parts.ts';

const findUpload = (ctx: LibraryCtx, id: UploadId) =>
  readLibrary(ctx, async (tx) => {
    const [found] = await tx
      .select({ key: uploads.objectKey, bytes: storageObjects.bytes, sha256: storageObjects.sha256 })
      .from(uploads)
      .innerJoin(storageObjects, eq(storageObjects.key, uploads.objectKey))
      .where(and(eq(uploads.libraryId, ctx.library), eq(uploads.id, id)));
    return found;
  });

/**
 * Takes bytes ahead of the record that will hold them; they wait an hour for it. The same id sent again is a no-op.
 * @throws AppError TOO_LARGE beyond `MAX_UPLOAD_BYTES`; BAD_INPUT when empty.
 */
export async function putUpload(
  ctx: LibraryCtx,
  id: UploadId,
  body: Body,
): Promise<{ id: UploadId; bytes: number }> {
  const before = await findUpload(ctx, id);
  if (before?.bytes != null) return { id, bytes: before.bytes };
  const object = await stageObject(ctx, id, body, {
    mime: 'application/octet-stream',
    maxBytes: MAX_UPLOAD_BYTES,
  }).catch((error: unknown) => {
    throw storageFailure(error, 'body');
  });
  return keepUpload(ctx, id, object);
}

/** Lets the upload hold the object, unless its id holds another already: then that one stays. */
async function keepUpload(ctx: LibraryCtx, id: UploadId, object: StagedObject) {
  const taken = await writeLibrary(ctx, (tx) =>
    tx
      .insert(uploads)
      .values({ id, libraryId: ctx.library, objectKey: object.key })
      .onConflictDoNothing()
      .returning({ id: uploads.id }),
  );
  if (taken.length > 0) return { id, bytes: object.bytes };
  const first = await findUpload(ctx, id);
  if (first?.key !== object.key) await doomStaged(ctx, [object]);
  if (first?.bytes == null)
    throw new AppError('CONFLICT', 'This upload id cannot be used. Make a new one.', { field: 'id' });
  return { id, bytes: first.bytes };
}

/** Bytes that need not be sent again: all of an upload that is kept, or what came of one before its sender left. */
export const findOffset = (ctx: LibraryCtx, id: UploadId): Promise<number> =>
  ctx.parts.withFile(
    ctx.library,
    id,
    async (file) => (await findUpload(ctx, id))?.bytes ?? (await file.size()),
  );

/**
 * Takes a part of a file of `length` bytes; with its last one, the file is kept as by `putUpload`.
 * @throws AppError CONFLICT when the part does not begin where the last one ended, TOO_LARGE, BAD_INPUT.
 */
export async function appendUpload(
  ctx: LibraryCtx,
  id: UploadId,
  part: UploadPart,
): Promise<{ id: UploadId; offset: number; isKept: boolean }> {
  if (part.length > MAX_UPLOAD_BYTES) {
    const message = `The file is larger than the ${MAX_UPLOAD_BYTES} bytes allowed.`;
    throw new AppError('TOO_LARGE', message, { field: 'upload-length' });
  }
  return ctx.parts.withFile(ctx.library, id, async (file) => {
    const kept = await findUpload(ctx, id);
    if (kept?.bytes != null) return { id, offset: kept.bytes, isKept: true };
    const offset = await file.append(part).catch((error: unknown) => {
      throw storageFailure(error, 'body');
    });
    if (offset < part.length) return { id, offset, isKept: false };
    await putUpload(ctx, id, createReadStream(file.path));
    await file.forget();
    return { id, offset, isKept: true };
  });
}

/** A key at which a browser may put the bytes of an upload into the storage itself. `finishUpload` takes them over. */
export const beginUpload = (ctx: LibraryCtx, id: UploadId): Promise<StorageKey> =>
  reserveObject(ctx, id, 'application/octet-stream');

/**
 * Takes the `bytes` that a browser put under a key of `beginUpload`, once they were read back. Said again, it changes
 * nothing.
 * @throws AppError UNAVAILABLE when nothing is there, or when it came too late; TOO_LARGE as `putUpload`.
 */
export async function finishUpload(
  ctx: LibraryCtx,
  id: UploadId,
  key: StorageKey,
  bytes: number,
): Promise<void> {
  const before = await findUpload(ctx, id);
  if (before?.key === key) return;
  const object = await confirmObject(ctx, key);
  if (object.bytes !== bytes || bytes > MAX_UPLOAD_BYTES) {
    await doomStaged(ctx, [object]);
    throw bytes > MAX_UPLOAD_BYTES
      ? new AppError('TOO_LARGE', `The file is larger than the ${MAX_UPLOAD_BYTES} bytes allowed.`)
      : new AppError('UNAVAILABLE', 'The storage did not keep the whole file. Nothing was saved: try again.');
  }
  await keepUpload(ctx, id, object);
}

/** The object that holds the bytes of an upload of this library; null once a record has taken them. */
export async function readUpload(ctx: LibraryCtx, id: UploadId): Promise<StagedObject | null> {
  const found = await findUpload(ctx, id);
  if (!found || found.bytes === null || found.sha256 === null) return null;
  return { key: found.key, bytes: found.bytes, sha256: found.sha256 };
}
