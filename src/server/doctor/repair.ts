/**
 * Puts right what can be put right from what is there. Invariant: bytes of an original are never deleted and a record
 * is never dropped; whatever is deleted was asked for once more, and no record names it.
 */
import { and, eq, inArray, notExists, sql } from 'drizzle-orm';
import { isKept } from '#core/media.ts';
import type { Server } from '../context.ts';
import type { Supply } from '../backup/supply.ts';
import { asServer, withinLibrary } from '../db/doors.ts';
import { mediaFiles, storageObjects, uploads } from '../db/schema.ts';
import { prepareMedia } from '../ingest/prepare.ts';
import {
  doomObjects,
  doomStaged,
  findObject,
  settleObjects,
  stageObject,
  type StagedObject,
} from '../ledger.ts';
import type { StorageKey } from '../storage/keys.ts';
import { storageOf, type Places } from '../storage/place.ts';
import type { Backend } from '../storage/port.ts';
import { verifyObject } from '../storage/verify.ts';
import type { Finding, NamedFile } from './finding.ts';

type RepairCtx = Pick<Server, 'db' | 'now'> & Places;

type Options = {
  /** Younger orphans stay, in milliseconds: a backup may be putting them back this very moment. */
  graceMs?: number;
  /** Deletes orphans though most objects are some. */
  force?: boolean;
  /** Of a backup: what was lost is put back from it. */
  supply?: Supply | undefined;
};

export type Repair = { fixed: boolean; note: string };

const HOUR = 3_600_000;
const fixed = (note: string): Repair => ({ fixed: true, note });
const kept = (note: string): Repair => ({ fixed: false, note });

export async function repair(ctx: RepairCtx, finding: Finding, options: Options = {}): Promise<Repair> {
  switch (finding.type) {
    case 'orphaned':
      return deleteOrphan(ctx, finding, options);
    case 'missing':
    case 'corrupt':
      return finding.file
        ? remakeFile(ctx, finding.key, finding.file, options)
        : doomUnnamed(ctx, finding.key);
    case 'withdrawn':
      return reinstate(ctx, finding.backend, finding.key, finding.file, options);
    case 'unnamed':
      return doomUnnamed(ctx, finding.key);
    case 'stale':
      return doomStale(ctx, finding.key);
    case 'stuck':
      return kept(`deleting it fails (${finding.failure}); it is tried again every minute`);
    case 'unreadable':
      return kept('nothing is known of it until the storage answers');
    case 'unreachable':
      return kept('configure this storage, or wait until it answers, and ask again');
    case 'bare':
      return kept('its original is in no storage: put back a backup');
  }
}

async function deleteOrphan(
  ctx: RepairCtx,
  { backend, key, modifiedAt, doubtful }: Extract<Finding, { type: 'orphaned' }>,
  { graceMs = HOUR, force = false }: Options,
): Promise<Repair> {
  if (doubtful && !force)
    return kept(
      'most of what is stored is unknown here: is this its database? --force deletes it nevertheless',
    );
  if (ctx.now().getTime() - modifiedAt.getTime() < graceMs)
    return kept('too young to be sure: ask again later');
  const known = await asServer(ctx, (tx) => findObject(tx, key));
  if (known?.backend === backend && known.state !== 'gone') return kept('the ledger knows it by now');
  const storage = await storageOf(ctx, backend);
  await storage.delete(key);
  return (await storage.head(key)) === null ? fixed('deleted') : kept('the storage does not delete it');
}

/** What no record names; the sweeper deletes its bytes. */
async function doomUnnamed(ctx: RepairCtx, key: StorageKey): Promise<Repair> {
  const doomed = await asServer(ctx, (tx) =>
    tx
      .update(storageObjects)
      .set({ state: 'doomed' })
      .where(
        and(
          eq(storageObjects.key, key),
          eq(storageObjects.state, 'live'),
          notExists(tx.select().from(mediaFiles).where(eq(mediaFiles.objectKey, key))),
          notExists(tx.select().from(uploads).where(eq(uploads.objectKey, key))),
        ),
      )
      .returning({ key: storageObjects.key }),
  );
  return doomed.length > 0 ? fixed('let go of') : kept('it is named by now');
}

async function doomStale(ctx: RepairCtx, key: StorageKey): Promise<Repair> {
  await asServer(ctx, (tx) =>
    tx
      .update(storageObjects)
      .set({ state: 'doomed' })
      .where(and(eq(storageObjects.key, key), eq(storageObjects.state, 'staged'))),
  );
  return fixed('let go of');
}

/** Back to live when the bytes are all there; else as if they were missing. */
async function reinstate(
  ctx: RepairCtx,
  backend: Backend,
  key: StorageKey,
  file: NamedFile | null,
  options: Options,
): Promise<Repair> {
  const storage = await storageOf(ctx, backend);
  const held = await verifyObject(storage, key);
  if (held) {
    const back = await asServer(ctx, (tx) =>
      tx
        .update(storageObjects)
        .set({ state: 'live', verifiedAt: ctx.now(), goneAt: null, failure: null })
        .where(
          and(
            eq(storageObjects.key, key),
            inArray(storageObjects.state, ['staged', 'doomed', 'gone']),
            sql`exists (select from media_files f where f.object_key = ${key} and f.sha256 = ${held.sha256})`,
          ),
        )
        .returning({ key: storageObjects.key }),
    );
    // A sweep that was at it already may have been faster.
    if (back.length > 0 && (await storage.head(key))) return fixed('its bytes are whole: live again');
  }
  return file ? remakeFile(ctx, key, file, options) : kept('no record names it by now');
}

function lost({ role, media }: NamedFile, isAsked: boolean): Repair {
  const what = role === 'original' ? 'the original' : `an image that it was made from (${role})`;
  const help = isAsked ? 'and is not whole in this backup' : '--from DIR puts it back from a backup';
  return kept(`${what} of item ${media} cannot be made again${isAsked ? ' ' : ': '}${help}`);
}

const isNamed = (key: StorageKey, file: NamedFile) =>
  and(eq(mediaFiles.mediaId, file.media), eq(mediaFiles.role, file.role), eq(mediaFiles.objectKey, key));

/** The very bytes that were saved, under a new key. Null when the backup does not have them. */
async function putBack(
  ctx: RepairCtx,
  key: StorageKey,
  file: NamedFile,
  supply: Supply,
): Promise<Repair | null> {
  const [named] = await asServer(ctx, (tx) =>
    tx
      .select({ sha256: mediaFiles.sha256, mime: mediaFiles.mime })
      .from(mediaFiles)
      .where(isNamed(key, file)),
  );
  const bytes = named && (await supply(named.sha256));
  if (!bytes) return null;
  const object = await stageObject(ctx, file.media, bytes, { mime: named.mime });
  if (object.sha256 === named.sha256) return nameAnew(ctx, key, file, object, 'put back from the backup');
  await doomStaged(ctx, [object]);
  return null;
}

/** Renditions can be made again as long as there is an original. */
async function remakeFile(
  ctx: RepairCtx,
  key: StorageKey,
  file: NamedFile,
  { supply }: Options,
): Promise<Repair> {
  const back = supply && (await putBack(ctx, key, file, supply));
  if (back) return back;
  if (isKept(file.role)) return lost(file, supply !== undefined);
  const original = await findOriginal(ctx, file);
  const storage = original && (await storageOf(ctx, original.backend));
  const held = storage && (await verifyObject(storage, original.key));
  if (!storage || held?.sha256 !== original.sha256) return kept('its original is damaged or missing as well');
  const prepared = await storage.lend(original.key, (path) => prepareMedia(path, { field: 'original' }));
  const made = prepared?.files.find(({ role }) => role === file.role);
  if (!made) return kept(`its ${file.role} cannot be made from the original on this server`);
  const object = await stageObject(ctx, file.media, made.bytes, { mime: made.mime });
  const { mime, width, height } = made;
  return nameAnew(ctx, key, file, object, 'made again from the original', { mime, width, height });
}

/** Lets the record name the new object in the place of the one that was found wanting. */
async function nameAnew(
  ctx: RepairCtx,
  key: StorageKey,
  file: NamedFile,
  object: StagedObject,
  note: string,
  changed: Partial<typeof mediaFiles.$inferInsert> = {},
): Promise<Repair> {
  const taken = await asServer(ctx, async (tx) => {
    const { count } = await withinLibrary(tx, file.library, () =>
      tx
        .update(mediaFiles)
        .set({ ...changed, objectKey: object.key, bytes: object.bytes, sha256: object.sha256 })
        .where(isNamed(key, file)),
    );
    if (count === 0) return false;
    await settleObjects(tx, ctx.now(), [object]);
    await doomObjects(tx, [key]);
    return true;
  });
  if (!taken) await doomStaged(ctx, [object]);
  return taken ? fixed(note) : kept('it was changed meanwhile: ask again');
}

async function findOriginal(ctx: RepairCtx, file: NamedFile) {
  const [original] = await asServer(ctx, (tx) =>
    tx
      .select({ key: storageObjects.key, backend: storageObjects.backend, sha256: mediaFiles.sha256 })
      .from(mediaFiles)
      .innerJoin(storageObjects, eq(storageObjects.key, mediaFiles.objectKey))
      .where(
        and(
          eq(mediaFiles.mediaId, file.media),
          eq(mediaFiles.role, 'original'),
          eq(storageObjects.state, 'live'),
        ),
      ),
  );
  return original;
}
