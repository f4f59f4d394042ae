import { sql } from 'drizzle-orm';
import type { ClaimCounts } from '#core/claim.ts';
import { GENERATION_STATES, isActive } from '#core/generation-state.ts';
import type { LibraryId } from '#core/owner.ts';
import type { Tx } from '../db/client.ts';

const UNFINISHED = GENERATION_STATES.filter(isActive).join(',');

/** @param tx One that sees the library's rows. */
export async function countLibrary(tx: Tx, library: LibraryId): Promise<ClaimCounts> {
  const [found] = await tx.execute<ClaimCounts>(sql`
    with live as (select kind, trashed_at from media where library_id = ${library} and deleted_at is null)
    select
      (select count(*) from live where kind = 'image' and trashed_at is null)::int as images,
      (select count(*) from live where kind = 'video' and trashed_at is null)::int as videos,
      (select count(*) from collections where library_id = ${library} and deleted_at is null)::int as collections,
      (select count(*) from live where trashed_at is not null)::int as trashed,
      (select count(*) from generations where library_id = ${library} and deleted_at is null
        and state = any (string_to_array(${UNFINISHED}, ',')))::int as unfinished`);
  if (!found) throw new Error('counting answered without a row');
  return { ...found };
}

export const isEmpty = (counts: ClaimCounts) => Object.values(counts).every((count) => count === 0);
