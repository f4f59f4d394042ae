import { eq, sql, type SQL } from 'drizzle-orm';
import { makeCursor, WINDOW, type Digest } from '#core/sync.ts';
import { AppError } from '#core/errors.ts';
import type { LibraryCtx } from '../context.ts';
import type { Tx } from '../db/client.ts';
import { readLibrary } from '../db/doors.ts';
import { libraries } from '../db/schema.ts';

/** As `digestRows` does on a device. */
async function sumUp(tx: Tx, rows: SQL) {
  const [sums] = await tx.execute<{ count: string; versions: string; mix: string }>(sql`
    select count(*) as count, coalesce(sum(version), 0) as versions,
           coalesce(sum((('x' || right(id::text, 4))::bit(16)::int::bigint * version) % 4294967296), 0) as mix
    from (${rows}) as summed`);
  return { count: Number(sums?.count), versions: Number(sums?.versions), mix: Number(sums?.mix) };
}

/** What the newest `WINDOW` rows and all collections add up to. */
export function readDigest(ctx: Pick<LibraryCtx, 'db' | 'library'>): Promise<Digest> {
  return readLibrary(ctx, async (tx) => {
    const [[head], newest, collections] = await Promise.all([
      tx
        .select({ epoch: libraries.epoch, version: libraries.version })
        .from(libraries)
        .where(eq(libraries.id, ctx.library)),
      sumUp(
        tx,
        sql`select id, version from media where library_id = ${ctx.library} and deleted_at is null
            order by created_at desc, id desc limit ${WINDOW}`,
      ),
      sumUp(
        tx,
        sql`select id, version from collections where library_id = ${ctx.library} and deleted_at is null`,
      ),
    ]);
    if (!head) throw new AppError('GUEST_REQUIRED', 'This browser has no library yet.');
    return { asOf: makeCursor(head.epoch, head.version), ...newest, collections };
  });
}
