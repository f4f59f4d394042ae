import { sql } from 'drizzle-orm';
import type { Server } from '../../context.ts';
import { MOVED_TABLES } from '../move.ts';
import { ACCOUNT_VERSION, type Setting } from './setting.ts';

type Found = { found: 'whole' | 'nothing' | 'half'; faults: string[] };

/** What there is of account A's claim, by everything that a claim changes. */
export async function findParts(
  { db }: Pick<Server, 'db'>,
  { a, library, session }: Setting,
): Promise<Found> {
  const { userId } = a.signIn;
  const left = MOVED_TABLES.map(
    (table) => sql`exists (select from ${sql.identifier(table)} where library_id = ${library})`,
  );
  const [parts] = await db.execute<Record<string, boolean>>(sql`
    select guest.token_hash is null as "the cookie is dead",
      guest.claimed_by is not distinct from ${userId} as "the session is the account’s",
      exists (select from claims where user_id = ${userId}) as "it is noted",
      exists (select from audit_events where user_id = ${userId}) as "it is told",
      theirs.session_id is null as "the library is no guest’s",
      ${a.item ? sql`theirs.merged_into is not distinct from ${a.library}` : sql`theirs.user_id is not distinct from ${userId}`} as "it is the account’s"
      ${a.item ? sql`, not (${sql.join(left, sql` or `)}) as "its rows have moved", own.version > ${ACCOUNT_VERSION} as "the account has a new version"` : sql``}
      ${a.library && !a.item ? sql`, own.merged_into is not distinct from ${library} as "the empty library gave way"` : sql``}
    from guest_sessions as guest join libraries as theirs on theirs.id = ${library}
      left join libraries as own on own.id = ${a.library} where guest.id = ${session}`);
  if (!parts) return { found: 'half', faults: ['lost: the guest’s library itself'] };
  const [done, undone] = [true, false].map((is) => Object.keys(parts).filter((part) => parts[part] === is));
  if (undone?.length === 0) return { found: 'whole', faults: [] };
  if (done?.length === 0) return { found: 'nothing', faults: [] };
  return {
    found: 'half',
    faults: [`half a claim: ${done?.join(', ')}, but not: ${undone?.join(', ')}`],
  };
}
