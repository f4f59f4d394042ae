/**
 * One kill: a scene is laid out, a process of its own is killed at a point, another server starts, sweeps and is asked
 * again. Invariant of the bench: before and after a trial both storages and the ledger are empty.
 */
import { fork } from 'node:child_process';
import path from 'node:path';
import postgres from 'postgres';
import type { MediaId } from '#core/media.ts';
import type { LibraryId } from '#core/owner.ts';
import { examine } from '../../doctor/examine.ts';
import { sweepStorage } from '../../ledger.ts';
import { purgeMedia } from '../../media/change.ts';
import { openServer, type RunningServer } from '../../server.ts';
import type { StorageKey } from '../../storage/keys.ts';
import type { Backend, Storage } from '../../storage/port.ts';
import { verifyObject } from '../../storage/verify.ts';
import type { Task } from './acts.ts';
import { openPlaces, type Folders } from './places.ts';
import type { NamedPoint, Point } from './points.ts';
import { SCENES, type Scene } from './scenes.ts';
import type { Order, Word } from './victim.ts';

export type Bench = { databaseUrl: string; folders: Folders; sql: postgres.Sql; home: RunningServer };

export type Findings = { lost: string[]; orphaned: string[]; died: boolean };

const VICTIM = path.join(import.meta.dirname, 'victim.ts');
/** When the links to what was moved have died. */
const LATER_MS = 11 * 60_000;

async function openBenchServer(databaseUrl: string, folders: Folders): Promise<RunningServer> {
  const { disk, s3 } = await openPlaces(folders);
  return openServer({
    databaseUrl,
    storage: disk,
    otherStorage: async (backend) => (backend === 's3' ? s3 : null),
    role: 'sender',
    scratch: folders.scratch,
  });
}

export async function openBench(
  databaseUrl: string,
  root: string,
): Promise<Bench & { close(): Promise<void> }> {
  const folders = {
    disk: path.join(root, 'disk'),
    s3: path.join(root, 's3'),
    scratch: path.join(root, 'scratch'),
  };
  const home = await openBenchServer(databaseUrl, folders);
  const sql = postgres(databaseUrl, { max: 1, onnotice() {} });
  return {
    databaseUrl,
    folders,
    sql,
    home,
    async close() {
      await home.close();
      await sql.end();
    },
  };
}

/** @param round Spreads over the trials of a point where in a call it is killed. */
export async function runTrial(
  bench: Bench,
  { operation, point }: NamedPoint,
  round: number,
): Promise<Findings> {
  const scene = await SCENES[operation](bench.home);
  const { died, answers } = await killAt(bench, scene.task, point, round % 8);
  const fresh = await openBenchServer(bench.databaseUrl, bench.folders);
  try {
    return { died, ...(await judge(bench, fresh, scene, answers)) };
  } finally {
    await fresh.close();
  }
}

/** The steps of an operation that nobody disturbs, in order. */
export async function traceSteps(bench: Bench, operation: NamedPoint['operation']): Promise<string[]> {
  const { task } = await SCENES[operation](bench.home);
  return (await killAt(bench, task, null, 0)).steps;
}

async function killAt(bench: Bench, task: Task, point: Point | null, delayMs: number) {
  const before = await connectionsOf(bench);
  const { databaseUrl, folders } = bench;
  const child = fork(VICTIM, {
    serialization: 'advanced',
    execArgv: [],
    env: {
      ...process.env,
      NODE_ENV: 'test',
      DATA_DIR: folders.scratch,
      NODE_COMPILE_CACHE: path.join(folders.scratch, 'cache'),
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const answers: string[] = [];
  const steps: string[] = [];
  child.on('message', ({ type, what }: Word) => (type === 'answer' ? answers : steps).push(what));
  const order: Order = { databaseUrl, folders, task, point, delayMs };
  child.send(order);
  const signal = await new Promise((resolve) => child.once('exit', (_, by) => resolve(by)));
  // Postgres learns of a death from the socket; until then what was sent last may still take effect.
  while ((await connectionsOf(bench)).some((pid) => !before.includes(pid)))
    await new Promise((resolve) => setTimeout(resolve, 2));
  return { died: signal === 'SIGKILL', answers, steps };
}

async function connectionsOf({ sql }: Bench): Promise<number[]> {
  const rows = await sql<
    { pid: number }[]
  >`select pid from pg_stat_activity where datname = current_database()`;
  return rows.map(({ pid }) => pid);
}

async function judge(
  { sql, folders }: Bench,
  server: RunningServer,
  scene: Scene,
  answers: readonly string[],
): Promise<{ lost: string[]; orphaned: string[] }> {
  const { disk, s3 } = await openPlaces(folders);
  const stores: Partial<Record<Backend, Storage>> = { disk, s3 };
  const later = { ...server, now: () => new Date(Date.now() + LATER_MS) };
  const kept = [...scene.kept];
  for (const { answer, ids } of scene.promised) if (answers.includes(answer)) kept.push(...ids);
  const lost: string[] = [];

  const look = async (when: string, ids: readonly MediaId[]) => {
    for (const id of ids)
      for (const fault of await findDamage(sql, stores, id)) lost.push(`${when}: ${fault}`);
  };
  lost.push(...(await scene.findTorn(sql, server, answers)));
  await look('after the kill', kept);
  const found = await itemsOf(sql);
  await sweepStorage(server, -1);
  await look('after the sweep', [...kept, ...found.filter((id) => !scene.purged.includes(id))]);
  try {
    await scene.retry(sql, server);
  } catch (error) {
    lost.push(`asked again: ${String(error)}`);
  }
  await sweepStorage(later, -1);
  await s3.sweepTemporary(-1);
  const made = scene.promised.flatMap(({ ids }) => ids);
  await look('in the end', [...scene.kept, ...made, ...found.filter((id) => !scene.purged.includes(id))]);

  const orphaned = await findOrphans(sql, stores);
  for await (const finding of examine(server, { deep: true })) orphaned.push(JSON.stringify(finding));
  await clear(sql, later);
  const rest = await findOrphans(sql, stores);
  const left = await listAll(stores);
  return {
    lost,
    orphaned: [...orphaned, ...rest, ...left.map((key) => `after everything was purged: ${key}`)],
  };
}

async function itemsOf(sql: postgres.Sql): Promise<MediaId[]> {
  const rows = await sql<{ id: MediaId }[]>`select id from media where deleted_at is null and sha256 <> '0'`;
  return rows.map(({ id }) => id);
}

type File = {
  role: string;
  key: StorageKey;
  backend: Backend;
  state: string;
  sha256: string;
  original: string;
};

/** What is wrong with an item that must be whole. */
async function findDamage(
  sql: postgres.Sql,
  stores: Partial<Record<Backend, Storage>>,
  id: MediaId,
): Promise<string[]> {
  const files = await sql<File[]>`
    select f.role, o.key, o.backend, o.state, f.sha256, m.sha256 as original
    from media m join media_files f on f.media_id = m.id and f.library_id = m.library_id
      join storage_objects o on o.key = f.object_key
    where m.id = ${id} and m.deleted_at is null`;
  const faults: string[] = [];
  if (
    files
      .map(({ role }) => role)
      .sort()
      .join() !== 'original,preview,thumb'
  )
    faults.push(`${id} has ${files.length} files`);
  for (const { role, key, backend, state, sha256, original } of files) {
    const held = stores[backend] ? await verifyObject(stores[backend], key) : null;
    if (state !== 'live') faults.push(`the ${role} of ${id} is ${state}`);
    if (held === null || held.sha256 !== sha256 || (role === 'original' && sha256 !== original))
      faults.push(`the bytes of the ${role} of ${id} are ${held ? 'others' : 'missing'}`);
  }
  return faults;
}

async function listAll(stores: Partial<Record<Backend, Storage>>): Promise<StorageKey[]> {
  const keys: StorageKey[] = [];
  for (const storage of Object.values(stores)) for await (const { key } of storage.list()) keys.push(key);
  return keys;
}

/** Bytes without a live row of a record, rows without either; said once the sweeper has been. */
async function findOrphans(sql: postgres.Sql, stores: Partial<Record<Backend, Storage>>): Promise<string[]> {
  const orphans: string[] = [];
  for (const [backend, storage] of Object.entries(stores)) {
    const rows = await sql<{ key: string }[]>`select o.key from storage_objects o
      join media_files f on f.object_key = o.key where o.state = 'live' and o.backend = ${backend}`;
    const named = new Set(rows.map(({ key }) => key));
    for await (const { key } of storage.list())
      if (!named.has(key)) orphans.push(`${key} lies in ${backend}`);
  }
  const rows = await sql<{ key: string; state: string }[]>`select key, state from storage_objects o
    where state in ('staged', 'doomed')
      or (state = 'live' and not exists (select from media_files f where f.object_key = o.key))`;
  for (const { key, state } of rows) orphans.push(`${key} is ${state} in the ledger`);
  return orphans;
}

/** Lets go of all that the trial has made, so that the next begins with nothing. */
async function clear(sql: postgres.Sql, later: RunningServer): Promise<void> {
  const rows = await sql<{ library: LibraryId; ids: MediaId[] }[]>`
    select library_id as library, array_agg(id) as ids from media where deleted_at is null group by library_id`;
  for (const { library, ids } of rows) await purgeMedia({ ...later, library }, { ids });
  await sweepStorage(later, -1);
}
