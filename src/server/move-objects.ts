/**
 * Moves bytes between storages while the app runs. Invariant: a record names its old object until the new one was read
 * back and has the hash that the record was made with; then one transaction names the new one and dooms the old. Killed
 * at any point, it leaves a staged row for the sweeper, and the next run goes on with what is left.
 */
import { and, eq, gt, ne, sql } from 'drizzle-orm';
import type { MediaId } from '#core/media.ts';
import type { LibraryId } from '#core/owner.ts';
import type { Server } from './context.ts';
import { asServer, withinLibrary } from './db/doors.ts';
import { mediaFiles, storageObjects } from './db/schema.ts';
import {
  confirmObject,
  doomStaged,
  reserveObject,
  settleObjects,
  type StagedObject,
  findObject,
} from './ledger.ts';
import type { StorageKey } from './storage/keys.ts';
import { storageOf, type Places } from './storage/place.ts';
import { LINK_SECONDS, type Backend, type Storage } from './storage/port.ts';

type MoveCtx = Pick<Server, 'db' | 'now'> & Places;

export type MoveOptions = {
  to: Backend;
  /** Only what lies here; else everything that is not there yet. */
  from?: Backend | undefined;
  library?: LibraryId | undefined;
  /** Objects under way at the same time. */
  parallel?: number;
  /** Ends it after the objects that are under way. */
  signal?: AbortSignal;
  onProgress?: (progress: MoveSummary) => void;
};

/** `left`: what could not be moved, and why; the rest of what was asked for is at its new place. */
export type MoveSummary = { moved: number; bytes: number; left: { key: StorageKey; reason: string }[] };

type Row = {
  key: StorageKey;
  backend: Backend;
  media: MediaId;
  library: LibraryId;
  mime: string;
  bytes: number;
  sha256: string;
};

const BATCH = 200;
/** So many failures in a row are the storage's and not the objects'. */
const PATIENCE = 10;

const wanted = ({ to, from, library }: MoveOptions) =>
  and(
    eq(storageObjects.state, 'live'),
    ne(storageObjects.backend, to),
    from && eq(storageObjects.backend, from),
    library && eq(mediaFiles.libraryId, library),
  );

const readPage = (ctx: MoveCtx, options: MoveOptions, after: string): Promise<Row[]> =>
  asServer(ctx, (tx) =>
    tx
      .selectDistinctOn([storageObjects.key], {
        key: storageObjects.key,
        backend: storageObjects.backend,
        media: mediaFiles.mediaId,
        library: mediaFiles.libraryId,
        mime: mediaFiles.mime,
        bytes: mediaFiles.bytes,
        sha256: mediaFiles.sha256,
      })
      .from(storageObjects)
      .innerJoin(mediaFiles, eq(mediaFiles.objectKey, storageObjects.key))
      .where(and(wanted(options), gt(storageObjects.key, sql`${after}`)))
      .orderBy(storageObjects.key)
      .limit(BATCH),
  );

/** How much there is to move. */
export async function countMovable(
  ctx: MoveCtx,
  options: MoveOptions,
): Promise<{ objects: number; bytes: number }> {
  const [found] = await asServer(ctx, (tx) =>
    tx
      .select({ objects: sql<string>`count(*)`, bytes: sql<string>`coalesce(sum(${mediaFiles.bytes}), 0)` })
      .from(storageObjects)
      .innerJoin(mediaFiles, eq(mediaFiles.objectKey, storageObjects.key))
      .where(wanted(options)),
  );
  return { objects: Number(found?.objects ?? 0), bytes: Number(found?.bytes ?? 0) };
}

/** @throws Error that says why these bytes are not at the new place; then they are where they were. */
async function copyObject(ctx: MoveCtx, target: Storage, row: Row): Promise<StagedObject> {
  const source = await storageOf(ctx, row.backend);
  const found = await source.get(row.key);
  if (found === null) throw new Error(`missing in ${row.backend}`);
  const there = { ...ctx, storage: target };
  const key = await reserveObject(there, row.media, row.mime);
  const put = await target.put(key, found.stream, { mime: row.mime, bytes: row.bytes });
  if (put.sha256 !== row.sha256) {
    await doomStaged(ctx, [{ key, ...put }]);
    throw new Error(`not the bytes in ${row.backend} that were saved`);
  }
  return confirmObject(there, key, put);
}

/** @returns Whether the record names the new object. Not when it was purged, moved or claimed meanwhile. */
function nameAnew(ctx: MoveCtx, row: Row, object: StagedObject): Promise<boolean> {
  return asServer(ctx, async (tx) => {
    const { count } = await withinLibrary(tx, row.library, () =>
      tx
        .update(mediaFiles)
        .set({ objectKey: object.key })
        .where(and(eq(mediaFiles.libraryId, row.library), eq(mediaFiles.objectKey, row.key))),
    );
    if (count === 0) return false;
    await settleObjects(tx, ctx.now(), [object]);
    // Whoever read the old name may be about to read its bytes, and a link to them holds for some minutes.
    await tx
      .update(storageObjects)
      .set({
        state: 'doomed',
        keepUntil: new Date(ctx.now().getTime() + LINK_SECONDS * 1000),
        stagedFor: row.media,
      })
      .where(
        and(
          eq(storageObjects.key, row.key),
          eq(storageObjects.state, 'live'),
          sql`not exists (select from media_files f where f.object_key = ${row.key})`,
        ),
      );
    return true;
  });
}

/** Whether it still lies there for somebody: what was purged, or moved by another, while we were at it is not left behind. */
async function isWanted(ctx: MoveCtx, { key, backend }: Row): Promise<boolean> {
  const found = await asServer(ctx, (tx) => findObject(tx, key));
  return found?.backend === backend && found.state === 'live';
}

async function moveObject(ctx: MoveCtx, target: Storage, row: Row): Promise<boolean> {
  const object = await copyObject(ctx, target, row);
  if (await nameAnew(ctx, row, object)) return true;
  await doomStaged(ctx, [object]);
  return false;
}

/**
 * Moves what is asked for, a bounded number of objects at a time. What fails is told and stays where it was.
 * @throws StorageError UNCONFIGURED; Error when the storage fails again and again
 */
export async function moveObjects(ctx: MoveCtx, options: MoveOptions): Promise<MoveSummary> {
  const { parallel = 4, signal, onProgress } = options;
  const target = await storageOf(ctx, options.to);
  const summary: MoveSummary = { moved: 0, bytes: 0, left: [] };
  let failures = 0;

  async function moveOne(row: Row): Promise<void> {
    try {
      if (await moveObject(ctx, target, row)) {
        summary.moved += 1;
        summary.bytes += row.bytes;
      }
      failures = 0;
    } catch (error) {
      if (!(await isWanted(ctx, row).catch(() => true))) return;
      failures += 1;
      summary.left.push({ key: row.key, reason: error instanceof Error ? error.message : String(error) });
      if (failures >= PATIENCE)
        throw new Error(`Moving failed ${PATIENCE} times in a row: ${summary.left.at(-1)?.reason}`, {
          cause: error,
        });
    }
    onProgress?.(summary);
  }

  for (let after = ''; ;) {
    const page = await readPage(ctx, options, after);
    const rows = page.values();
    const lane = async () => {
      for (const row of rows) {
        if (signal?.aborted || failures >= PATIENCE) return;
        await moveOne(row);
      }
    };
    await Promise.all(Array.from({ length: parallel }, lane));
    const last = page.at(-1);
    if (!last || page.length < BATCH || signal?.aborted) return summary;
    after = last.key;
  }
}
