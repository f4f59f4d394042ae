/** What is in the database after a round, read by the superuser, and whether it is where it must be. */
import { sql, type SQL } from 'drizzle-orm';
import type { LibraryId } from '#core/owner.ts';
import { makeCursor, SYNC_SCHEMA } from '#core/sync.ts';
import type { Server } from '../../context.ts';
import type { StorageKey } from '../../storage/keys.ts';
import { readChanges } from '../../sync/changes.ts';
import { MOVED_TABLES } from '../move.ts';
import type { Plan } from './plan.ts';
import { ACCOUNT_VERSION, GUEST_VERSION, type Outcome, type Setting } from './setting.ts';

const list = (ids: readonly (string | null)[]) =>
  sql`${`{${ids.filter((id) => id !== null).join(',')}}`}::uuid[]`;
const rows = (query: SQL) => sql`(select coalesce(json_agg(t), '[]'::json) from (${query}) as t)`;

/** The device's operations that the server knows of, and whether their effect is the one that belongs to them. */
export async function readTaken(
  { db }: Pick<Server, 'db'>,
  { clientId, library, starred }: Setting,
  to: LibraryId,
) {
  const [found] = await db.execute<{ taken: number; starred: boolean; trashed: boolean }>(sql`
    select coalesce((select sum(last_seq) from sync_clients
      where library_id = any (${list([library, to])}) and client_id = ${clientId}), 0)::int as taken,
      starred, trashed_at is not null as trashed from media where id = ${starred}`);
  if (!found) return { taken: 0, faults: ['lost: the item that was starred'] };
  const faults: string[] = [];
  if (found.starred !== found.taken >= 1 || found.trashed !== found.taken >= 2)
    faults.push(`${found.taken} operations are known, but starred ${found.starred}, trash ${found.trashed}`);
  return { taken: found.taken, faults };
}

/** A device that was in step before the round hears of all that has come since. */
export async function followAsDevice(
  { db }: Server,
  setting: Setting,
  { claim }: Outcome,
): Promise<string[]> {
  const { library } = claim;
  const [head] = await db.execute<{ epoch: string }>(sql`select epoch from libraries where id = ${library}`);
  const isMerged = claim.way === 'merged';
  const cursor = makeCursor(head?.epoch ?? '', isMerged ? ACCOUNT_VERSION : GUEST_VERSION);
  const changes = await readChanges({ db, library }, { cursor, schema: SYNC_SCHEMA });
  if (changes.type !== 'delta') return [`a device is told ${changes.type} and not what has changed`];
  const told = new Set<string>(
    changes.changes.map((change) => ('row' in change ? change.row.id : change.id)),
  );
  const { jobs, starred, kept, collection } = setting;
  const news: string[] = [starred, ...jobs.map(({ id }) => id)];
  for (const { kind, output } of jobs) if (isMerged || kind === 'whole') news.push(output);
  if (isMerged) news.push(kept, collection);
  return news.filter((id) => !told.has(id)).map((id) => `a device does not hear of ${id}`);
}

type Row = { id: string; library_id: LibraryId; version: number };
type Media = Row & { starred: boolean; trashed: boolean; gone: boolean; collection_ids: string[] };
type Snapshot = {
  libraries: {
    id: LibraryId;
    version: number;
    user_id: string | null;
    session_id: string | null;
    merged_into: LibraryId | null;
  }[];
  media: Media[];
  generations: (Row & { state: string; saved: string })[];
  collections: (Row & { gone: boolean })[];
  files: { media_id: string; library_id: LibraryId; role: string; key: StorageKey; state: string }[];
  ledger: { staged_for: string; state: string; count: number }[];
  uploads: { id: string; library_id: LibraryId; state: string }[];
  clients: { client_id: string; library_id: LibraryId; last_seq: number }[];
  session: { claimed_by: string | null; dead: boolean }[];
  claims: { user_id: string; undone: boolean }[];
  told: { user_id: string; count: number }[];
};

async function readSnapshot({ db }: Pick<Server, 'db'>, setting: Setting, { home, claim }: Outcome) {
  const { library, session, kept, starred, saved, jobs, collection, upload, a, b } = setting;
  const libraries = list([library, a.library, b.library, claim.library, home]);
  const outputs = jobs.map(({ output }) => output);
  const media = list([kept, starred, saved, a.item, b.item, ...outputs]);
  const users = list([a.signIn.userId, b.signIn.userId]);
  const generations = list(jobs.map(({ id }) => id));
  const [snapshot] = await db.execute<Snapshot>(sql`select
    ${rows(sql`select id, version, user_id, session_id, merged_into from libraries where id = any (${libraries})`)} as libraries,
    ${rows(sql`select id, library_id, version, starred, trashed_at is not null as trashed, deleted_at is not null as gone,
      collection_ids from media where id = any (${media}) or library_id = any (${libraries})`)} as media,
    ${rows(sql`select id, library_id, version, state, outputs -> 0 ->> 'state' as saved from generations
      where id = any (${generations}) or library_id = any (${libraries})`)} as generations,
    ${rows(sql`select id, library_id, version, deleted_at is not null as gone from collections
      where id = ${collection} or library_id = any (${libraries})`)} as collections,
    ${rows(sql`select media_id, library_id, role, key, state from media_files join storage_objects on key = object_key
      where media_id = any (${media}) or library_id = any (${libraries})`)} as files,
    ${rows(sql`select staged_for, state, count(*) from storage_objects where staged_for = any (${media})
      group by staged_for, state`)} as ledger,
    ${rows(sql`select id, library_id, state from uploads join storage_objects on key = object_key
      where id = ${upload} or library_id = any (${libraries})`)} as uploads,
    ${rows(sql`select client_id, library_id, last_seq from sync_clients where library_id = any (${libraries})`)} as clients,
    ${rows(sql`select claimed_by, token_hash is null as dead from guest_sessions where id = ${session}`)} as session,
    ${rows(sql`select user_id, undone_at is not null as undone from claims
      where user_id = any (${users}) and from_library = ${library}`)} as claims,
    ${rows(sql`select user_id, count(*) from audit_events where type = 'library-claimed' and user_id = any (${users})
      group by user_id`)} as told`);
  if (!snapshot) throw new Error('a snapshot is one row');
  return snapshot;
}

/** Tables of the whole database in which something is left in a library that was merged away. */
export async function findStranded({ db }: Pick<Server, 'db'>): Promise<string[]> {
  const left: string[] = [];
  for (const table of MOVED_TABLES) {
    const found = await db.execute(sql`select from ${sql.identifier(table)} as owned
      join libraries on libraries.id = owned.library_id where merged_into is not null limit 1`);
    if (found.length > 0) left.push(table);
  }
  return left;
}

/** @param sent How many operations the device has sent. */
export async function findInDatabase(
  server: Server,
  setting: Setting,
  plan: Plan,
  sent: number,
  outcome: Outcome,
): Promise<string[]> {
  const snapshot = await readSnapshot(server, setting, outcome);
  return [
    ...findPlaces(snapshot, setting, plan, outcome),
    ...findEffects(snapshot, setting, plan, sent),
    ...(await findBytes(server, snapshot, setting, plan)),
    ...findOwners(snapshot, setting, plan, outcome),
  ];
}

/** Everything is where it must be, once; and nothing else is there. */
function findPlaces(snapshot: Snapshot, setting: Setting, plan: Plan, { claim, home, winner }: Outcome) {
  const { kept, starred, saved, jobs, collection, upload, clientId, a, b } = setting;
  const places = new Map<string, (LibraryId | null)[]>();
  for (const id of [kept, starred, collection, ...jobs.flatMap(({ id, output }) => [id, output])])
    places.set(id, [home]);
  // What the device saved after the claim is the account's own, and stays when the claim is taken back.
  if (plan.also === 'save') places.set(saved, [home, claim.library]);
  for (const id of [upload, clientId]) places.set(id, [claim.library]);
  for (const account of [a, b])
    if (account.item) places.set(account.item, [account === winner ? claim.library : account.library]);
  const found = [
    ...snapshot.media,
    ...snapshot.generations,
    ...snapshot.collections,
    ...snapshot.uploads,
    ...snapshot.clients.map(({ client_id, library_id }) => ({ id: client_id, library_id })),
  ];
  const faults: string[] = [];
  const versions = new Map(snapshot.libraries.map(({ id, version }) => [id, version]));
  const owner = new Map(found.map(({ id, library_id }) => [id, library_id]));
  for (const id of places.keys()) {
    const times = found.filter((row) => row.id === id).length;
    if (times !== 1) faults.push(times === 0 ? `lost: ${id}` : `there are ${times} of ${id}`);
  }
  for (const { id, library_id } of found) {
    const allowed = places.get(id);
    if (!allowed) faults.push(`somebody else’s: ${id} in ${library_id}`);
    else if (!allowed.includes(library_id))
      faults.push(`misplaced: ${id} in ${library_id}, not ${allowed[0]}`);
  }
  for (const { media_id, library_id, role } of snapshot.files) {
    if (owner.get(media_id) !== library_id) faults.push(`misplaced: ${role} of ${media_id} in ${library_id}`);
  }
  for (const { id, library_id, version } of [
    ...snapshot.media,
    ...snapshot.generations,
    ...snapshot.collections,
  ]) {
    if (version > (versions.get(library_id) ?? -1)) faults.push(`${id} is ahead of its library`);
  }
  return faults;
}

/** What was asked for has happened, and nothing that was there has changed otherwise. */
function findEffects(snapshot: Snapshot, setting: Setting, { also }: Plan, sent: number): string[] {
  const { kept, starred, collection, jobs } = setting;
  const faults: string[] = [];
  const item = (id: string) => snapshot.media.find((row) => row.id === id);
  const star = item(starred);
  if (!star?.starred || !star.trashed || star.gone) faults.push('the star or the trash was lost');
  if (star?.collection_ids.join() !== (also === 'collect' ? collection : ''))
    faults.push('the starred item is in other collections');
  const other = item(kept);
  if (other?.gone !== (also === 'purge')) faults.push('the kept item is not as it was left');
  if (other?.collection_ids.join() !== (also === 'purge' ? '' : collection))
    faults.push('the kept item is in other collections');
  if (snapshot.collections.some(({ gone }) => gone)) faults.push('the collection was deleted');
  for (const { id, output } of jobs) {
    const generation = snapshot.generations.find((row) => row.id === id);
    if (generation?.state !== 'succeeded' || generation.saved !== 'saved')
      faults.push(`generation ${id} is ${generation?.state}, its output ${generation?.saved}`);
    if (item(output)?.gone !== false) faults.push(`lost: output ${output}`);
  }
  const [client] = snapshot.clients;
  if (client?.last_seq !== sent) faults.push(`of ${sent} operations ${client?.last_seq} are known`);
  if (snapshot.uploads[0]?.state !== 'staged') faults.push('the bytes of the upload were let go');
  return faults;
}

const WHOLE = 'original,preview,thumb';

/** Every file has its live object in the ledger and its bytes in the storage, once. */
async function findBytes(server: Server, snapshot: Snapshot, setting: Setting, { also }: Plan) {
  const faults: string[] = [];
  const rolesOf = (id: string) =>
    snapshot.files
      .filter(({ media_id }) => media_id === id)
      .map(({ role }) => role)
      .sort()
      .join();
  for (const { kind, output } of setting.jobs)
    if (kind === 'rest' && rolesOf(output) !== 'original') faults.push(`lost: the file of ${output}`);
  const made = setting.jobs.flatMap(({ kind, output }) => (kind === 'whole' ? [output] : []));
  if (also === 'save') made.push(setting.saved);
  for (const id of made) {
    if (rolesOf(id) !== WHOLE) faults.push(`lost: of ${id} there is ${rolesOf(id) || 'no file'}`);
    for (const { state, count } of snapshot.ledger.filter(({ staged_for }) => staged_for === id)) {
      // Bytes of a save that was refused wait for the sweeper.
      const isLeft = id === setting.saved && state === 'staged';
      if (!isLeft && (state !== 'live' || count !== 3)) faults.push(`${count} objects of ${id} are ${state}`);
    }
  }
  if (rolesOf(setting.kept) !== (also === 'purge' ? '' : 'original')) faults.push('files of the kept item');
  if (snapshot.files.some(({ state }) => state !== 'live')) faults.push('a file whose object is not live');
  const stored = snapshot.files.filter(({ media_id }) => made.some((id) => id === media_id));
  for (const { key } of stored) {
    if ((await server.storage.head(key)) === null) faults.push(`lost: the bytes of ${key}`);
    await server.storage.delete(key);
  }
  return faults;
}

/** Each library has the owner that it must have, or leads to where its rows are. */
function findOwners(snapshot: Snapshot, setting: Setting, plan: Plan, outcome: Outcome): string[] {
  const { claim, winner, loser, home, holder } = outcome;
  const faults: string[] = [];
  const own = (id: LibraryId | null, account: { signIn: { userId: string } } | null, what: string) => {
    const row = snapshot.libraries.find((library) => library.id === id);
    const isHeld = account
      ? row?.user_id === account.signIn.userId && row.session_id === null
      : row?.user_id === null && row.session_id !== null;
    if (!isHeld || row?.merged_into !== null) faults.push(`${what} has another owner`);
  };
  const leadsTo = (id: LibraryId, to: LibraryId, what: string) => {
    const row = snapshot.libraries.find((library) => library.id === id);
    if (row?.merged_into !== to || row.user_id !== null || row.session_id !== null)
      faults.push(`${what} does not lead to ${to}`);
  };
  const isMerged = winner.item !== null;
  if (claim.way !== (isMerged ? 'merged' : 'repointed')) faults.push(`the claim was ${claim.way}`);
  if (claim.library !== (isMerged ? winner.library : setting.library))
    faults.push('the claim leads elsewhere');
  own(claim.library, winner, 'the library of the winner');
  own(home, holder, 'what the guest had');
  if (isMerged) leadsTo(setting.library, claim.library, 'the guest’s library');
  else if (winner.library) leadsTo(winner.library, claim.library, 'the winner’s empty library');
  if (loser.library) {
    if (holder === loser && loser.item === null) leadsTo(loser.library, home, 'the loser’s empty library');
    else own(loser.library, loser, 'the library of the loser');
  }
  const [session] = snapshot.session;
  if (!session?.dead || session.claimed_by !== winner.signIn.userId) faults.push('the cookie is still good');
  if (snapshot.claims.length !== 1 || snapshot.claims[0]?.user_id !== winner.signIn.userId)
    faults.push(`${snapshot.claims.length} claims are noted`);
  if (snapshot.claims[0]?.undone !== (plan.undo !== null)) faults.push('the claim’s end is noted wrongly');
  for (const { userId } of [winner.signIn, loser.signIn]) {
    const times =
      Number(userId === winner.signIn.userId) +
      Number(plan.undo !== null && userId === holder?.signIn.userId);
    const told = snapshot.told.find(({ user_id }) => user_id === userId)?.count ?? 0;
    if (told !== times) faults.push(`an account is told of ${told} claims instead of ${times}`);
  }
  return faults;
}
