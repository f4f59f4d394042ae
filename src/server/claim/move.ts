/**
 * How the rows of each owned table change their place. Invariant: every table with a `library_id` is in this list (a
 * test walks the schema), so that nothing stays behind in a library that was merged away.
 */
import { sql, type SQL } from 'drizzle-orm';
import type { ClaimId, ClaimWay } from '#core/claim.ts';
import type { LibraryId } from '#core/owner.ts';
import type { Tx } from '../db/client.ts';

type Move = { claim: ClaimId; from: LibraryId; to: LibraryId; version: number };
type Merge = Move;
/** @property came `version` of a re-pointed library when it was claimed; null: a merge has marked what it moved. */
type GiveBack = Move & { bornUntil: number | null };

type OwnedTable = {
  table: string;
  merge: (move: Merge) => SQL;
  /** null: stays with the account. */
  giveBack: ((move: GiveBack) => SQL) | null;
};

/** What came with the claim: marked by the merge, or born in the library before it was re-pointed. */
const came = ({ claim, bornUntil }: GiveBack, of: SQL) =>
  bornUntil === null
    ? sql`${of}.claim_id = ${claim}`
    : sql`${of}.claim_id is null and ${of}.born_version <= ${bornUntil}`;

/** In this order when rows are given back: media look at the collections that went and at generations that did not. */
const MOVE_LIST: readonly OwnedTable[] = [
  {
    table: 'collections',
    merge: ({ claim, from, to, version }) => sql`
      update collections set library_id = ${to}, version = ${version}, claim_id = ${claim}
      where library_id = ${from}`,
    giveBack: (move) => sql`
      update collections set library_id = ${move.to}, version = ${move.version}, claim_id = null,
        born_version = ${move.version}
      where library_id = ${move.from} and ${came(move, sql`collections`)}`,
  },
  {
    table: 'media',
    // A source that both have imported stays with the account's item; the other is kept without it.
    merge: ({ claim, from, to, version }) => sql`
      update media set library_id = ${to}, version = ${version}, claim_id = ${claim},
        origin_library = ${from}, origin_version = version,
        source_uuid = case when exists (select from media twin
          where twin.library_id = ${to} and twin.source_uuid = media.source_uuid) then null else source_uuid end
      where library_id = ${from}`,
    // With what a generation of the claim has made since.
    giveBack: (move) => sql`
      update media set library_id = ${move.to}, version = ${move.version}, claim_id = null,
        born_version = ${move.version}, origin_library = null, origin_version = null,
        collection_ids = array(select kept.id from unnest(collection_ids) with ordinality as kept (id, place)
          join collections on collections.id = kept.id and collections.library_id = ${move.to} order by place)
      where library_id = ${move.from} and ((${came(move, sql`media`)}) or generation_id in
        (select id from generations where library_id = ${move.from} and ${came(move, sql`generations`)}))`,
  },
  {
    table: 'media_files',
    merge: ({ from, to }) => sql`update media_files set library_id = ${to} where library_id = ${from}`,
    giveBack: ({ from, to }) => sql`
      update media_files set library_id = ${to} from media
      where media.id = media_files.media_id and media.library_id = ${to} and media_files.library_id = ${from}`,
  },
  {
    table: 'generations',
    // A request id that the account has used itself goes on to answer with the account's generation.
    merge: ({ claim, from, to, version }) => sql`
      update generations set library_id = ${to}, version = ${version}, claim_id = ${claim},
        request_id = case when exists (select from generations twin
          where twin.library_id = ${to} and twin.request_id = generations.request_id) then null else request_id end
      where library_id = ${from}`,
    giveBack: (move) => sql`
      update generations set library_id = ${move.to}, version = ${move.version}, claim_id = null,
        born_version = ${move.version}
      where library_id = ${move.from} and ${came(move, sql`generations`)}`,
  },
  {
    table: 'uploads',
    merge: ({ from, to }) => sql`update uploads set library_id = ${to} where library_id = ${from}`,
    giveBack: null,
  },
  {
    table: 'purges',
    merge: ({ from, to }) => sql`update purges set library_id = ${to} where library_id = ${from}`,
    giveBack: null,
  },
  {
    table: 'sync_clients',
    // Operations that a device sent before the claim are known after it, under the same client and number.
    merge: ({ from, to }) => sql`
      with gone as (delete from sync_clients where library_id = ${from} returning *)
      insert into sync_clients (library_id, client_id, last_seq, rejected, seen_at)
      select ${to}::uuid, client_id, last_seq, rejected, seen_at from gone
      on conflict (library_id, client_id) do update set
        last_seq = greatest(sync_clients.last_seq, excluded.last_seq),
        rejected = sync_clients.rejected || excluded.rejected,
        seen_at = greatest(sync_clients.seen_at, excluded.seen_at)`,
    giveBack: null,
  },
];

export const MOVED_TABLES: readonly string[] = MOVE_LIST.map(({ table }) => table);

/** Within `amongLibraries`, with both libraries locked and `to` at its new version. */
export async function mergeRows(tx: Tx, move: Merge): Promise<void> {
  for (const { merge } of MOVE_LIST) await tx.execute(merge(move));
}

/**
 * The same for an undo. Items that stay leave the collections that went.
 * @param claimed Which way the claim went, and the library's version after it.
 */
export async function giveBackRows(
  tx: Tx,
  move: Move,
  claimed: { way: ClaimWay; version: number },
): Promise<void> {
  const bornUntil = claimed.way === 'repointed' ? claimed.version : null;
  for (const { giveBack } of MOVE_LIST) if (giveBack) await tx.execute(giveBack({ ...move, bornUntil }));
  await tx.execute(sql`
    update media set version = ${move.version}, origin_library = null, origin_version = null,
      collection_ids = array(select kept.id from unnest(collection_ids) with ordinality as kept (id, place)
        where kept.id not in (select id from collections where library_id = ${move.to}) order by place)
    where library_id = ${move.from}
      and collection_ids && array(select id from collections where library_id = ${move.to})`);
}
