/**
 * The real verbs on a real Postgres, as a schedule sees them. A restored backup is played in SQL by the superuser, as
 * the command for it does it.
 */
import type postgres from 'postgres';
import { AppError } from '#core/errors.ts';
import type { LibraryId } from '#core/owner.ts';
import { parseCursor } from '#core/protocol.ts';
import type { Ack, Op, PushResult } from '#core/sync.ts';
import { makeGuest } from '#server/auth/guest.ts';
import type { SignIn } from '#server/claim/account.ts';
import { claimLibrary } from '#server/claim/claim.ts';
import type { LibraryCtx } from '#server/context.ts';
import type { RunningServer } from '#server/server.ts';
import { readChanges, readCursor, readWindow } from '#server/sync/changes.ts';
import { pushOps } from '#server/sync/push.ts';
import { purgeTombstones } from '#server/sync/tombstones.ts';
import { newLibrary } from '#server/testing/server.ts';
import { RemoteError } from '../remote-port.ts';
import { SEEDERS } from './schedule.ts';
import type { LibraryName, World } from './world.ts';

const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** What a backup holds, children after their parents. */
const TABLES = ['libraries', 'collections', 'media', 'media_files', 'sync_clients'] as const;

/** Schedules name items by small numbers, so that each one needs the database to itself. */
const CLEAR = `set session_replication_role = replica;
  ${[...TABLES, 'storage_objects', 'claims', 'audit_events', 'guest_sessions'].map((table) => `delete from ${table};`).join('\n')}
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

/** @param account Whose library `u` is: one for all schedules of a database. */
export async function createPgWorld(
  server: RunningServer,
  sql: postgres.Sql,
  account: SignIn,
): Promise<World> {
  await sql.unsafe(CLEAR);
  const guest = (await makeGuest(server)).actor;
  const ids: Record<LibraryName, LibraryId> = {
    u: (await newLibrary(server, account)).library,
    g: guest.library,
  };
  const ctxOf = (name: LibraryName): LibraryCtx => ({ ...server, library: ids[name] });
  const purged = new Map<string, { epoch: string; version: number }>();
  const effects = new Map<string, { epoch: string; version: number }>();
  /** What each operation says that the server was sent, by its name. */
  const named = new Map<string, string>();
  let fault: string | null = null;
  let isMerged = false;
  let isSaved = false;

  /** What the libraries start with is put in as rows: thousands of schedules need no pictures for it. */
  async function seed(name: LibraryName, ops: Op[]): Promise<PushResult> {
    const ctx = ctxOf(name);
    const rows = ops.map((op, index) => ({
      id: op.id,
      text: op.type === 'save' ? (op.input.prompt ?? '') : 'name' in op ? op.name : '',
      is_item: op.type === 'save',
      nth: index + 1,
      created_at: momentOf(op),
    }));
    const [head] = await sql.begin(async (tx) => {
      // One statement for all, which the trigger of versions would not let pass.
      await tx`set local session_replication_role = replica`;
      await tx`
        with seed as (
          select r.*, l.id as library_id, l.version + r.nth as version from libraries l, jsonb_to_recordset(${tx.json(rows)})
            as r(id uuid, text text, is_item boolean, nth int, created_at timestamptz) where l.id = ${ctx.library}),
        shelves as (
          insert into collections (id, library_id, version, name) select id, library_id, version, text from seed where not is_item)
        insert into media (id, library_id, version, prompt, created_at, kind, origin, width, height, mime, bytes, sha256, roles)
        select id, library_id, version, text, created_at, 'image', 'uploaded', 1, 1, 'image/png', 70, repeat('0', 64), '{original}'
        from seed where is_item`;
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
    for (const op of input.ops) {
      const [key, says] = [`${input.clientId}#${op.seq}`, JSON.stringify(op)];
      // The server passes over a number that it knows: whatever else comes under it never takes effect.
      if ((named.get(key) ?? says) !== says) fault ??= `the number of ${says} was given to ${named.get(key)}`;
      named.set(key, says);
    }
    const result = await pushOps(ctxOf(name), { ...input, ops: input.ops.map(withBytes) }).catch(refused);
    for (const [index, ack] of result.acks.entries()) {
      const op = input.ops[index];
      if (op && ack.status === 'ok') {
        effects.set(effectName(name, input.clientId, op.seq), { epoch: result.epoch, version: ack.version });
      }
      if ((op?.type === 'purge' || op?.type === 'collection-delete') && ack.status === 'ok') {
        purged.set(op.id, { epoch: result.epoch, version: ack.version });
      }
      if ((op?.type === 'save' || op?.type === 'collection-create') && ack.status === 'ok')
        purged.delete(op.id);
    }
    return result;
  }

  const readAll = (name: LibraryName) => readWindow(ctxOf(name), { limit: 500 });

  /** What the guest's operations did is where their rows are now, under the version that they came with. */
  function moveEffects(at: { epoch: string; version: number }) {
    for (const name of [...effects.keys()].filter((name) => name.startsWith('g/')))
      effects.set(name.replace(/^g/, 'u'), at);
  }

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
      const brought = await readAll('g');
      await claimLibrary(server, account, guest, { library: ids.g });
      const { rows, collections } = await readAll('u');
      const arrived = new Set<string>([...rows, ...collections].map(({ id }) => id));
      for (const { id } of [...brought.rows, ...brought.collections])
        if (!arrived.has(id)) fault ??= `the claim has left ${id} behind`;
      moveEffects(parseCursor(await readCursor(ctxOf('u'))));
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
    content: readAll,
    isPurgedAt: (_name, id, cursor) => {
      const at = purged.get(id);
      const asked = parseCursor(cursor);
      return at !== undefined && at.epoch === asked.epoch && at.version <= asked.version;
    },
    effectOf: (name, client, { seq }) => effects.get(effectName(name, client, seq)) ?? null,
    check: () => {
      if (fault !== null) throw new Error(fault);
    },
  };
}
