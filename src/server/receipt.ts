import { and, desc, eq, gt, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import { decodePageCursor } from '#core/cursor.ts';
import { notFound } from '#core/errors.ts';
import {
  ReceiptId,
  type ListReceiptsInput,
  type PurgeCounts,
  type PurgeReason,
  type Receipt,
  type ReceiptPage,
} from '#core/receipt.ts';
import type { LibraryCtx } from './context.ts';
import type { Tx } from './db/client.ts';
import { noBackupRuns } from './db/backup-lock.ts';
import { readLibrary } from './db/doors.ts';
import { purges, storageObjects } from './db/schema.ts';
import { pageOf } from './media/rows.ts';
import type { StorageFailure } from './storage/port.ts';

/** Purges within this long of the first are one to a person: a device sends an emptied trash item by item. */
const SHARED_MS: Record<PurgeReason, number> = { asked: 60_000, trash: 3_600_000 };

/**
 * Writes down what a purge takes, in its transaction, which holds the library's lock.
 * @returns The receipt that its bytes are to be put on.
 */
export async function notePurge(
  tx: Tx,
  { library, now }: Pick<LibraryCtx, 'library' | 'now'>,
  reason: PurgeReason,
  taken: PurgeCounts,
): Promise<ReceiptId> {
  const requestedAt = now();
  const [open] = await tx
    .select({ id: purges.id, counts: purges.counts })
    .from(purges)
    .where(
      and(
        eq(purges.libraryId, library),
        eq(purges.reason, reason),
        gt(purges.requestedAt, new Date(requestedAt.getTime() - SHARED_MS[reason])),
      ),
    )
    .orderBy(desc(purges.requestedAt))
    .limit(1);
  if (!open) {
    const id = ReceiptId.parse(uuidv7());
    await tx.insert(purges).values({ id, libraryId: library, reason, requestedAt, counts: taken });
    return id;
  }
  const { images, videos, files, bytes } = open.counts;
  const counts = {
    images: images + taken.images,
    videos: videos + taken.videos,
    files: files + taken.files,
    bytes: bytes + taken.bytes,
  };
  await tx
    .update(purges)
    .set({ counts })
    .where(and(eq(purges.libraryId, library), eq(purges.id, open.id)));
  return open.id;
}

type ReadCtx = Pick<LibraryCtx, 'db' | 'library'>;

const WAITS = sql`${storageObjects.state} <> 'gone'`;

/** Receipts with what the ledger says of their bytes now. */
const selectReceipts = (tx: Tx) =>
  tx
    .select({
      id: purges.id,
      reason: purges.reason,
      createdAt: purges.requestedAt,
      counts: purges.counts,
      waiting: sql<string>`count(${storageObjects.key}) filter (where ${WAITS})`,
      bytes: sql<string>`coalesce(sum(${storageObjects.bytes}) filter (where ${WAITS}), 0)`,
      failures: sql<StorageFailure[]>`coalesce(array_agg(distinct ${storageObjects.failure})
        filter (where ${WAITS} and ${storageObjects.failure} is not null), '{}')`,
      isHeld: sql<boolean>`not (${noBackupRuns})`,
      goneAt: sql<string | null>`max(${storageObjects.goneAt})`,
    })
    .from(purges)
    .leftJoin(storageObjects, eq(storageObjects.purgeId, purges.id))
    .groupBy(purges.id)
    .$dynamic();

type Row = Awaited<ReturnType<typeof selectReceipts>>[number];

function whyPending({ isHeld, failures }: Row): NonNullable<Receipt['pending']>['why'] {
  // What failed before is not tried again either while a backup runs.
  if (isHeld) return 'backup';
  if (failures.length === 0) return 'soon';
  return failures.includes('UNCONFIGURED') ? 'unreachable' : 'refused';
}

function toReceipt(row: Row): Receipt {
  const { id, reason, createdAt, counts, waiting, bytes, goneAt } = row;
  const files = Number(waiting);
  return {
    id,
    reason,
    requestedAt: createdAt.toISOString(),
    counts,
    goneAt: files > 0 ? null : new Date(goneAt ?? createdAt).toISOString(),
    pending: files > 0 ? { files, bytes: Number(bytes), why: whyPending(row) } : null,
  };
}

/** Newest first, by keyset. */
export function listReceipts(ctx: ReadCtx, { limit, cursor }: ListReceiptsInput): Promise<ReceiptPage> {
  const before = cursor === undefined ? null : decodePageCursor(cursor);
  const older =
    before &&
    sql`(${purges.requestedAt}, ${purges.id}) < (${before.createdAt.toISOString()}::timestamptz, ${before.id}::uuid)`;
  return readLibrary(ctx, async (tx) => {
    const rows = await selectReceipts(tx)
      .where(and(eq(purges.libraryId, ctx.library), older ?? undefined))
      .orderBy(desc(purges.requestedAt), desc(purges.id))
      .limit(limit + 1);
    const { page, next } = pageOf(rows, limit);
    return { items: page.map(toReceipt), nextCursor: next };
  });
}

/** @throws AppError NOT_FOUND for an unknown and a foreign id alike. */
export function getReceipt(ctx: ReadCtx, id: ReceiptId): Promise<Receipt> {
  return readLibrary(ctx, async (tx) => {
    const [row] = await selectReceipts(tx).where(and(eq(purges.libraryId, ctx.library), eq(purges.id, id)));
    if (!row) throw notFound('receipt');
    return toReceipt(row);
  });
}
