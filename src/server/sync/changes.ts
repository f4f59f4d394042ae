import { and, eq, gt, inArray } from 'drizzle-orm';
import { GENERATION_STATES, isActive } from '#core/generation-state.ts';
import {
  DELTA_LIMIT,
  makeCursor,
  parseCursor,
  SYNC_SCHEMA,
  type Change,
  type Changes,
  type ChangesInput,
  type ClientId,
  type Window,
  type WindowInput,
} from '#core/sync.ts';
import { AppError } from '#core/errors.ts';
import type { LibraryCtx } from '../context.ts';
import type { Tx } from '../db/client.ts';
import { readLibrary } from '../db/doors.ts';
import { isLive as isLiveCollection, toCollection } from '../collection/rows.ts';
import { collections, generations, libraries, media, syncClients } from '../db/schema.ts';
import { isListed, NEWEST_FIRST as NEWEST_GENERATIONS, toGeneration } from '../generation/rows.ts';
import { isLive, NEWEST_FIRST, olderThan, pageOf, toMedia } from '../media/rows.ts';

type ReadCtx = Pick<LibraryCtx, 'db' | 'library'>;

/** Generations that a device starts with: those under way, and enough of the recent ones to show failures. */
const RECENT_GENERATIONS = 50;

async function readHead(tx: Tx, ctx: ReadCtx) {
  const [head] = await tx
    .select({
      epoch: libraries.epoch,
      version: libraries.version,
      floor: libraries.floor,
      mergedInto: libraries.mergedInto,
    })
    .from(libraries)
    .where(eq(libraries.id, ctx.library));
  if (!head) throw new AppError('GUEST_REQUIRED', 'This browser has no library yet.');
  return head;
}

/** Where the library is now. */
export const readCursor = (ctx: ReadCtx) =>
  readLibrary(ctx, async (tx) => {
    const { epoch, version, mergedInto } = await readHead(tx, ctx);
    if (mergedInto !== null) throw new AppError('OWNER_CHANGED', 'This library has moved to an account.');
    return makeCursor(epoch, version);
  });

type Adopt = ChangesInput['adopt'];

function toMediaChange(row: typeof media.$inferSelect, adopt: Adopt): Change {
  if (row.deletedAt) return { type: 'media-gone', id: row.id, version: row.version };
  const held =
    adopt &&
    row.originLibrary === adopt.library &&
    row.originVersion !== null &&
    row.originVersion <= adopt.version;
  return held
    ? { type: 'media-stub', id: row.id, version: row.version }
    : { type: 'media', row: toMedia(row) };
}

const toGenerationChange = (row: typeof generations.$inferSelect): Change =>
  row.deletedAt
    ? { type: 'generation-gone', id: row.id, version: row.version }
    : { type: 'generation', row: toGeneration(row) };

const toCollectionChange = (row: typeof collections.$inferSelect): Change =>
  row.deletedAt
    ? { type: 'collection-gone', id: row.id, version: row.version }
    : { type: 'collection', row: toCollection(row) };

/** How much of what these clients have pushed a snapshot contains. */
const readTaken = async (tx: Tx, ctx: ReadCtx, clients: ClientId[] | undefined) =>
  clients && {
    taken: await tx
      .select({ clientId: syncClients.clientId, seq: syncClients.lastSeq })
      .from(syncClients)
      .where(and(eq(syncClients.libraryId, ctx.library), inArray(syncClients.clientId, clients))),
  };

/** What has changed since a device's cursor: all of it, or the word to start over. Never a part. */
export function readChanges(
  ctx: ReadCtx,
  { cursor, schema, adopt, clients }: ChangesInput,
): Promise<Changes> {
  return readLibrary(ctx, async (tx): Promise<Changes> => {
    const head = await readHead(tx, ctx);
    if (head.mergedInto !== null) return { type: 'moved', to: head.mergedInto };
    if (schema !== SYNC_SCHEMA) return { type: 'reset', reason: 'schema' };
    if (cursor === null) return { type: 'reset', reason: 'no-cursor' };
    const since = parseCursor(cursor);
    if (since.epoch !== head.epoch) return { type: 'reset', reason: 'epoch' };
    if (since.version < head.floor) return { type: 'reset', reason: 'floor' };
    if (since.version > head.version) return { type: 'reset', reason: 'ahead' };
    if (since.version === head.version) return { type: 'same' };

    const [taken, rows, jobs, names] = await Promise.all([
      readTaken(tx, ctx, clients),
      tx
        .select()
        .from(media)
        .where(and(eq(media.libraryId, ctx.library), gt(media.version, since.version)))
        .limit(DELTA_LIMIT + 1),
      tx
        .select()
        .from(generations)
        .where(and(eq(generations.libraryId, ctx.library), gt(generations.version, since.version)))
        .limit(DELTA_LIMIT + 1),
      tx
        .select()
        .from(collections)
        .where(and(eq(collections.libraryId, ctx.library), gt(collections.version, since.version)))
        .limit(DELTA_LIMIT + 1),
    ]);
    if (rows.length + jobs.length + names.length > DELTA_LIMIT) return { type: 'reset', reason: 'too-many' };
    return {
      type: 'delta',
      changes: [
        ...rows.map((row) => toMediaChange(row, adopt)),
        ...jobs.map(toGenerationChange),
        ...names.map(toCollectionChange),
      ],
      cursor: makeCursor(head.epoch, head.version),
      ...taken,
    };
  });
}

const ACTIVE = GENERATION_STATES.filter(isActive);

/** The newest rows, from one snapshot with the cursor that stands for it. */
export function readWindow(ctx: ReadCtx, { before, limit, clients }: WindowInput): Promise<Window> {
  const older = olderThan(before);
  return readLibrary(ctx, async (tx) => {
    const listed = and(eq(generations.libraryId, ctx.library), isListed);
    const [head, taken, rows, recent, active, names] = await Promise.all([
      readHead(tx, ctx),
      readTaken(tx, ctx, clients),
      tx
        .select()
        .from(media)
        .where(and(eq(media.libraryId, ctx.library), isLive, older))
        .orderBy(...NEWEST_FIRST)
        .limit(limit + 1),
      older
        ? []
        : tx
            .select()
            .from(generations)
            .where(listed)
            .orderBy(...NEWEST_GENERATIONS)
            .limit(RECENT_GENERATIONS),
      older
        ? []
        : tx
            .select()
            .from(generations)
            .where(and(listed, inArray(generations.state, ACTIVE))),
      older
        ? []
        : tx
            .select()
            .from(collections)
            .where(and(eq(collections.libraryId, ctx.library), isLiveCollection)),
    ]);
    if (head.mergedInto !== null)
      throw new AppError('OWNER_CHANGED', 'This library has moved to an account.');
    const { page, next } = pageOf(rows, limit);
    const jobs = new Map([...recent, ...active].map((row) => [row.id, toGeneration(row)]));
    return {
      rows: page.map(toMedia),
      generations: [...jobs.values()],
      collections: names.map(toCollection),
      asOf: makeCursor(head.epoch, head.version),
      next,
      ...taken,
    };
  });
}
