import { sql } from 'drizzle-orm';
import { LibraryId } from '#core/owner.ts';
import type { Server } from '../context.ts';
import { asServer, inLibrary } from '../db/doors.ts';

/** How long a tombstone waits for devices that were away, in days: one that comes later starts over. */
export const TOMBSTONE_DAYS = 30;

/** Libraries that one call takes on. */
const BATCH = 100;

/**
 * Removes tombstones that are old enough and raises the floor of their library in the same transaction, so that a
 * cursor from before them is answered with a reset and never with a delta that lacks them.
 * @returns How many rows were removed.
 */
export async function purgeTombstones(
  server: Pick<Server, 'db' | 'now'>,
  olderThanDays = TOMBSTONE_DAYS,
): Promise<number> {
  const before = new Date(server.now().getTime() - olderThanDays * 86_400_000).toISOString();
  const found = await asServer(server, (tx) =>
    tx.execute<{ library_id: string }>(sql`
      select library_id from media where deleted_at < ${before} union
      select library_id from generations where deleted_at < ${before} union
      select library_id from collections where deleted_at < ${before} limit ${BATCH}`),
  );
  let removed = 0;
  for (const { library_id } of found) {
    removed += await inLibrary({ db: server.db, library: LibraryId.parse(library_id) }, async (tx) => {
      // The library's row is the lock: no delta is read between the floor and the deletion that it stands for.
      await tx.execute(sql`select from libraries for update`);
      const [gone] = await tx.execute<{ floor: string | null; count: string }>(sql`
        with m as (delete from media where deleted_at < ${before} returning version),
             g as (delete from generations where deleted_at < ${before} returning version),
             c as (delete from collections where deleted_at < ${before} returning version),
             gone as (select version from m union all select version from g union all select version from c)
        select max(version) as floor, count(*) as count from gone`);
      if (!gone || gone.floor === null) return 0;
      await tx.execute(sql`update libraries set floor = greatest(floor, ${gone.floor}::bigint)`);
      return Number(gone.count);
    });
  }
  return removed;
}
