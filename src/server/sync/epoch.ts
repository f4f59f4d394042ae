import { sql } from 'drizzle-orm';
import type { Server } from '../context.ts';
import { asServer } from '../db/doors.ts';
import { libraries } from '../db/schema.ts';

/**
 * Says that history was rewritten, as by a restored backup: no cursor given out before is answered with a delta, and
 * no acknowledgement from before counts.
 * @returns How many libraries there are.
 */
export async function startNewEpoch(server: Pick<Server, 'db'>): Promise<number> {
  const changed = await asServer(server, (tx) =>
    tx
      .update(libraries)
      .set({ epoch: sql`gen_random_uuid()` })
      .returning({ id: libraries.id }),
  );
  return changed.length;
}
