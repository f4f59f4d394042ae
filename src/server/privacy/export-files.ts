/**
 * The files of an export. One that is missing or damaged is listed, and the rest goes on; a storage that is out of
 * reach ends the whole, since an archive that does not open is never taken for one that lacks nothing.
 */
import { and, eq, inArray, sql } from 'drizzle-orm';
import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '#core/errors.ts';
import { KEPT_ROLES, type FileRole } from '#core/media.ts';
import type { LibraryCtx } from '../context.ts';
import { readLibrary } from '../db/doors.ts';
import { mediaFiles, storageObjects } from '../db/schema.ts';
import { log } from '../log.ts';
import { StorageKey } from '../storage/keys.ts';
import { storageOf, type Places } from '../storage/place.ts';
import type { Backend } from '../storage/port.ts';
import { isOutOfReach, reachStorage, readFailure } from '../storage/reach.ts';

/** A file as it was saved: an original, or an image that one was made from. */
export type Kept = {
  role: FileRole;
  mime: string;
  bytes: number;
  sha256: string;
  key: StorageKey | null;
  backend: Backend | null;
};
type Held = Kept & { key: StorageKey; backend: Backend };

export type FilesCtx = Pick<LibraryCtx, 'db' | 'library'> &
  Places & {
    /** Waits between attempts at a storage that does not answer, in milliseconds. */
    pauses?: readonly number[];
  };

const PAUSES = [1000, 3000, 9000];

const LOST = 'its bytes are not in the storage';
const UNREAD = 'the storage could not read it this time, and may have it still: download again later';
const BROKEN = 'reading its bytes broke off; what is here is the beginning: download again later';
const OTHER = 'its bytes are not those that were saved';

/** For each storage that the library's files are in, two keys to ask it for. */
async function readProbes(ctx: FilesCtx): Promise<Map<Backend, StorageKey[]>> {
  const found = await readLibrary(ctx, (tx) =>
    tx
      .select({
        backend: storageObjects.backend,
        first: sql<string>`min(${storageObjects.key})`,
        last: sql<string>`max(${storageObjects.key})`,
      })
      .from(mediaFiles)
      .innerJoin(storageObjects, eq(storageObjects.key, mediaFiles.objectKey))
      .where(
        and(
          eq(mediaFiles.libraryId, ctx.library),
          inArray(mediaFiles.role, KEPT_ROLES),
          eq(storageObjects.state, 'live'),
        ),
      )
      .groupBy(storageObjects.backend),
  );
  return new Map(
    found.map(({ backend, first, last }) => [
      backend,
      [...new Set([first, last])].map((key) => StorageKey.parse(key)),
    ]),
  );
}

const DOWN =
  'The storage does not answer just now, so the download would be incomplete. Nothing is lost: try again later.';

/** @throws AppError UNAVAILABLE when a storage that an export of this library needs does not answer. */
export async function checkStorages(ctx: FilesCtx, limitMs?: number): Promise<void> {
  const probes = await readProbes(ctx);
  const asked = [...probes].map(([backend, keys]) => reachStorage(ctx, backend, keys, limitMs));
  await Promise.all(asked).catch((error: unknown) => {
    throw readFailure(error, DOWN);
  });
}

/** What a page waits for, in milliseconds. */
const GLANCE_MS = 3000;

/** Why an export would be refused just now, for a page that offers it; null when it would not be. */
export const whyRefused = (ctx: FilesCtx & Pick<LibraryCtx, 'limits'>): Promise<string | null> =>
  Promise.all([checkStorages(ctx, GLANCE_MS), ctx.limits.check('export', ctx.library)]).then(
    () => null,
    (error: unknown) => {
      if (error instanceof AppError) return error.message;
      throw error;
    },
  );

/** @throws StorageError when it is the storage that is out of reach, and not this object alone. */
async function refuseOutage(ctx: FilesCtx, backend: Backend): Promise<void> {
  await reachStorage(ctx, backend, (await readProbes(ctx)).get(backend) ?? []);
}

/** The bytes from `start` on, asked for again while the storage is out of reach; null when there is no such object. */
async function openKept(ctx: FilesCtx, { key, backend, bytes }: Held, start: number) {
  for (const pause of [...(ctx.pauses ?? PAUSES), null]) {
    try {
      const range = start === 0 ? undefined : { start, end: bytes - 1 };
      return (await (await storageOf(ctx, backend)).get(key, range))?.stream ?? null;
    } catch (error) {
      if (!isOutOfReach(error) || pause === null) throw error;
      await wait(pause);
    }
  }
  return null;
}

/**
 * The bytes of a file, compared with its record on the way, and asked for from where they broke off. They can no longer
 * be called back by the time that something is wrong with them, so that it is told afterwards.
 */
async function* readKept(
  ctx: FilesCtx,
  opened: ReadableStream<Uint8Array>,
  kept: Held,
  file: string,
  fail: (reason: string) => void,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let stream: ReadableStream<Uint8Array> | null = opened;
  let at = 0;
  while (stream !== null) {
    const from = at;
    try {
      for await (const chunk of stream) {
        hash.update(chunk);
        at += chunk.byteLength;
        yield chunk;
      }
      if (hash.digest('hex') !== kept.sha256) fail(OTHER);
      return;
    } catch (error) {
      log.error(`export: ${file} broke off`, error);
      // Without a byte since the last time it is not the line that broke.
      const again = isOutOfReach(error) && from < at && at < kept.bytes;
      stream = again ? await reopen(ctx, kept, at) : null;
      if (stream === null && isOutOfReach(error)) await refuseOutage(ctx, kept.backend);
    }
  }
  fail(BROKEN);
}

const reopen = (ctx: FilesCtx, kept: Held, at: number) =>
  openKept(ctx, kept, at).catch((error: unknown) => {
    log.error('export: it cannot be read any further', error);
    return null;
  });

export type FileEntry = { name: string; input: AsyncGenerator<Uint8Array> };

/**
 * One file of an item, or the word that it is not there.
 * @throws StorageError when its storage is out of reach: then the archive must not be finished.
 */
export async function* writeKept(
  ctx: FilesCtx,
  kept: Kept | undefined,
  file: string,
  fail: (reason: string) => void,
): AsyncGenerator<FileEntry> {
  if (!kept || kept.key === null || kept.backend === null) return fail(LOST);
  const held: Held = { ...kept, key: kept.key, backend: kept.backend };
  let stream: ReadableStream<Uint8Array> | null;
  try {
    stream = await openKept(ctx, held, 0);
  } catch (error) {
    log.error(`export: ${file} cannot be read`, error);
    if (isOutOfReach(error)) await refuseOutage(ctx, held.backend);
    return fail(UNREAD);
  }
  if (stream === null) return fail(LOST);
  const input = readKept(ctx, stream, held, file, fail);
  try {
    yield { name: file, input };
  } finally {
    // Whoever stops reading stops here. One that broke off by itself refuses, and has nothing to let go of.
    await input.return(undefined);
    await stream.cancel().catch(() => {});
  }
}
