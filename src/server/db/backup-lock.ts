/**
 * While a backup runs, doomed bytes stay. Invariant: whoever deletes asks for the lock in the statement that finds what to
 * delete; a backup takes its snapshot after it has the lock. What that statement found was doomed before the snapshot, so
 * that no byte which the snapshot calls live is deleted before the backup ends, however it ends.
 */
import { sql } from 'drizzle-orm';
import type postgres from 'postgres';

/** Beside the lock of migrations. Any constant will do. */
const BACKUP_LOCK = 7_201_965;

/** A condition of statements that find bytes to delete. */
export const noBackupRuns = sql`not exists (select from pg_locks where locktype = 'advisory' and granted
  and database = (select oid from pg_database where datname = current_database())
  and classid = 0 and objid = ${sql.raw(String(BACKUP_LOCK))} and objsubid = 1)`;

/**
 * Holds it for as long as the connection lives, which has to be one and the same all along: `confirm` says whether it was.
 * @throws Error when another backup runs
 */
export async function holdDeletions(client: postgres.Sql): Promise<{ confirm(): Promise<void> }> {
  const take = async () => {
    const [row] = await client<{ taken: boolean; pid: number }[]>`
      select pg_try_advisory_lock(${BACKUP_LOCK}) as taken, pg_backend_pid() as pid`;
    return row;
  };
  const first = await take();
  if (!first?.taken) throw new Error('Another backup of this database is under way: wait for its end.');
  return {
    async confirm() {
      const again = await take();
      if (again?.pid !== first.pid)
        throw new Error('The connection to the database broke off during the backup: run it again.');
    },
  };
}
