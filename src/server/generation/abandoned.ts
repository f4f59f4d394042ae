import { sql } from 'drizzle-orm';
import { GenerationId } from '#core/media.ts';
import type { Server } from '../context.ts';
import { asServer } from '../db/doors.ts';

/** Unfinished generations whose job has used up its attempts, or is gone. */
export async function findAbandoned(server: Pick<Server, 'db'>): Promise<GenerationId[]> {
  const rows = await asServer(server, (tx) =>
    tx.execute<{ id: string }>(sql`
      select g.id from generations g
      where g.state in ('queued', 'running', 'saving') and g.created_at < now() - interval '1 minute'
        and not exists (
          select from pgboss.job j where j.id = g.id and j.state in ('created', 'retry', 'active'))
      limit 100`),
  );
  return rows.map((row) => GenerationId.parse(row.id));
}
