/**
 * The real verbs on a real Postgres, as a schedule sees them. A claim and a restored backup are played in SQL by the
 * superuser, as the commands for them do it.
 */
import type postgres from 'postgres';
import { AppError } from '#core/errors.ts';
import type { Media } from '#core/media.ts';
import type { LibraryId } from '#core/owner.ts';
import { parseCursor } from '#core/protocol.ts';
import type { Ack, Op, PushResult } from '#core/sync.ts';
import { makeGuest } from '#server/auth/guest.ts';
import type { LibraryCtx } from '#server/context.ts';
import type { RunningServer } from '#server/server.ts';
import { readChanges, readWindow } from '#server/sync/changes.ts';
import { pushOps } from '#server/sync/push.ts';
import { purgeTombstones } from '#server/sync/tombstones.ts';
import { RemoteError } from '../remote-port.ts';
import { SEEDERS } from './schedule.ts';
import type { LibraryName, World } from './world.ts';

const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** What a backup holds, children after their parents. */
const TABLES = ['libraries', 'media', 'media_files', 'sync_clients'] as const;

/** Schedules name items by small numbers, so that each one needs the database to itself. */
const CLEAR = `set session_replication_role = replica;
  ${[...TABLES, 'storage_objects', 'guest_sessions'].map((table) => `delete from ${table};`).join('\n')}
  set session_replication_role = default;`;

const BACKUP = TABLES.map(
  (table) => `delete from saved_${table}; insert into saved_${table} table ${table};`,
);
const RESTORE = TABLES.map((table) => `delete from ${table}; insert into ${table} table saved_${table};`);

/** Once for a database: the tables that play the backup. */
export const prepareBackup = (sql: postgres.Sql) =>
  sql.unsafe(TABLES.map((table) => `create table saved_${table} as table ${table} with no data;`).join('\n'));

const refused = (error: unknown): never => {
  if (error instanceof AppError) throw new RemoteError(error.code, error.message, { cause: error });
  throw error;
};

/** The bytes that a schedule only speaks of. */
const withBytes = (op: Op): Op =>
  op.type === 'save' ? { ...op, input: { prompt: op.input.prompt, data: PIXEL } } : op;

/** Moments apart, in the order of their numbers, before anything that a schedule saves. */
const momentOf = ({ seq }: Op) => new Date(1_700_000_000_000 + seq);

const effectName = (name: LibraryName, client: string, seq: number) => `${name}/${client}#${seq}`;

export async function createPgWorld(server: RunningServer, sql: postgres.Sql): Promise<World> {
  await sql.unsafe(CLEAR);
  const ids: Record<LibraryName, LibraryId> = {
    u: (await makeGuest(server)).actor.library,
    g: (await makeGuest(server)).actor.library,
  };
  const ctxOf = (name: LibraryName): LibraryCtx => ({ ...server, library: ids[name] });
  const purged = new Map<string, { epoch: string; version: number }>();
  const effects = new Map<string, { epoch: string; version: number }>();
  let isMerged = false;
  let isSaved = false;

  /** What the libraries start with is put in as rows: thousands of schedules need no pictures for it. */
  async function seed(name: LibraryName, ops: Op[]): Promise<PushResult> {
    const ctx = ctxOf(name);
    const rows = ops.map((op) => ({
      id: op.id,
      prompt: op.type === 'save' ? (op.input.prompt ?? '') : '',
      created_at: momentOf(op),
    }));
    const [head] = await sql.begin(async (tx) => {
      // One statement for all, which the trigger of versions would not let pass.
      await tx`set local session_replication_role = replica`;
      await tx`
        insert into media (id, library_id, version, prompt, created_at, kind, origin, width, height, mime, bytes, sha256, roles)
        select seed.id, l.id, seed.version, seed.prompt, seed.created_at, 'image', 'uploaded', 1, 1, 'image/png', 70, repeat('0', 64), '{original}'
        from libraries l, lateral (
          select r.*, l.version + row_number() over (order by r.created_at) as version
          from jsonb_to_recordset(${tx.json(rows)}) as r(id uuid, prompt text, created_at timestamptz)) as seed
        where l.id = ${ctx.library}`;
      return tx<{ epoch: string; version: string }[]>`
        update libraries set version = version + ${ops.length} where id = ${ctx.library} returning epoch, version`;
    });
    const before = Number(head?.version) - ops.length;
    const acks = ops.map(({ seq }, index): Ack => ({
      seq,
      version: before + index + 1,
      status: 'ok',
      error: null,
    }));
    return { epoch: head?.epoch ?? '', acks };
  }

  async function push(name: LibraryName, input: Parameters<typeof pushOps>[1]) {
    const result = await pushOps(ctxOf(name), { ...input, ops: input.ops.map(withBytes) }).catch(refused);
    for (const [index, ack] of result.acks.entries()) {
      const op = input.ops[index];
      if (op && ack.status === 'ok') {
        effects.set(effectName(name, input.clientId, op.seq), { epoch: result.epoch, version: ack.version });
      }
      if (op?.type === 'purge' && ack.status === 'ok') {
        purged.set(op.id, { epoch: result.epoch, version: ack.version });
      }
      if (op?.type === 'save' && ack.status === 'ok') purged.delete(op.id);
    }
    return result;
  }

  const readRows = async (name: LibraryName): Promise<Media[]> =>
    (await readWindow(ctxOf(name), { limit: 500 })).rows;

  return {
    connect: (name) => ({
      changes: ({ adopt, ...input }) =>
        readChanges(ctxOf(name), { ...input, adopt: adopt && { ...adopt, library: ids.g } }).catch(refused),
      window: (input) => readWindow(ctxOf(name), input).catch(refused),
      push: (input) => (SEEDERS.has(input.clientId) ? seed(name, input.ops) : push(name, input)),
    }),
    purgeTombstones: async () => {
      await purgeTombstones(server, -1);
    },
    merge: async () => {
      if (isMerged) return;
      isMerged = true;
      isSaved = false;
      purged.clear();
      await sql.begin(async (tx) => {
        await tx`select id from libraries where id in ${tx([ids.u, ids.g])} order by id for update`;
        const [head] =
          await tx`update libraries set version = version + 1 where id = ${ids.u} returning version`;
        await tx`update media set origin_library = ${ids.g}, origin_version = version, library_id = ${ids.u},
                 version = ${head?.version} where library_id = ${ids.g}`;
        await tx`update media_files set library_id = ${ids.u} where library_id = ${ids.g}`;
        await tx`insert into sync_clients (library_id, client_id, last_seq, rejected)
                 select ${ids.u}, client_id, last_seq, rejected from sync_clients where library_id = ${ids.g}
                 on conflict (library_id, client_id) do update
                 set last_seq = greatest(sync_clients.last_seq, excluded.last_seq)`;
        await tx`update libraries set merged_into = ${ids.u}, session_id = null where id = ${ids.g}`;
      });
    },
    backup: async () => {
      isSaved = true;
      await sql.unsafe(BACKUP.join('\n'));
    },
    restoreBackup: async () => {
      if (!isSaved) return;
      purged.clear();
      effects.clear();
      await sql.unsafe(`begin; set local session_replication_role = replica; ${RESTORE.join('\n')}
        update libraries set epoch = gen_random_uuid(); commit;`);
    },
    rows: readRows,
    isPurgedAt: (_name, id, cursor) => {
      const at = purged.get(id);
      const asked = parseCursor(cursor);
      return at !== undefined && at.epoch === asked.epoch && at.version <= asked.version;
    },
    effectOf: (name, client, { seq }) => effects.get(effectName(name, client, seq)) ?? null,
    check: () => {},
  };
}
