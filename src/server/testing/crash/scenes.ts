/** What lies there before each operation, and what must be so after a kill and a second try. */
import { randomInt } from 'node:crypto';
import type postgres from 'postgres';
import sharp from 'sharp';
import { uuidv7 } from 'uuidv7';
import { CreateGenerationInput } from '#core/generation.ts';
import { GenerationId, MediaId, UploadId } from '#core/media.ts';
import { findGuest, type GuestActor } from '../../auth/guest.ts';
import { claimLibrary } from '../../claim/claim.ts';
import { runGeneration } from '../../generation/run.ts';
import { saveMedia } from '../../media/save.ts';
import type { RunningServer } from '../../server.ts';
import type { LibraryCtx } from '../../context.ts';
import { actorOf, addCollection, gather, newSignIn } from '../claim.ts';
import { newGuest } from '../server.ts';
import { act, type Task } from './acts.ts';
import type { OperationName } from './points.ts';

export type Scene = {
  task: Task;
  /** Items that were there before and stay. */
  kept: MediaId[];
  /** Items that must be there once this was answered. */
  promised: { answer: string; ids: MediaId[] }[];
  /** Items that are gone in the end. */
  purged: MediaId[];
  /** Right after the kill: what is neither done nor left alone, each as a sentence. */
  findTorn: (sql: postgres.Sql, server: RunningServer, answers: readonly string[]) => Promise<string[]>;
  /** As whoever got no answer asks again, or as the queue gives a job to another. */
  retry: (sql: postgres.Sql, server: RunningServer) => Promise<void>;
};

const quiet = async () => {};
const nothingTorn = async () => [];
const again = (server: RunningServer, task: Task) => act(server, task, quiet);
const newId = () => MediaId.parse(uuidv7());

/** Noise, so that no two objects are alike. */
async function newPicture(): Promise<Buffer> {
  const raw = { width: 24, height: 16, channels: 3 as const };
  const data = Buffer.from(Uint8Array.from({ length: raw.width * raw.height * 3 }, () => randomInt(256)));
  return sharp(data, { raw }).png().toBuffer();
}

async function fill(guest: LibraryCtx, items: number): Promise<MediaId[]> {
  const ids: MediaId[] = [];
  for (let made = 0; made < items; made += 1)
    ids.push((await saveMedia(guest, { data: (await newPicture()).toString('base64') })).id);
  return ids;
}

async function saving(server: RunningServer): Promise<Scene> {
  const guest = await newGuest(server);
  const id = newId();
  const data = (await newPicture()).toString('base64');
  const task: Task = { type: 'save', library: guest.library, id, data };
  return {
    task,
    kept: [],
    promised: [{ answer: 'saved', ids: [id] }],
    purged: [],
    findTorn: nothingTorn,
    retry: (_, fresh) => again(fresh, task),
  };
}

async function uploading(server: RunningServer): Promise<Scene> {
  const guest = await newGuest(server);
  const [id, upload] = [newId(), UploadId.parse(uuidv7())];
  const task: Task = { type: 'upload', library: guest.library, upload, id, bytes: await newPicture() };
  return {
    task,
    kept: [],
    promised: [{ answer: 'saved', ids: [id] }],
    purged: [],
    async findTorn(sql, _, answers) {
      const rows = await sql`select u.id from uploads u join storage_objects o on o.key = u.object_key
        where u.id = ${upload} and o.state = 'staged' and o.sha256 is not null
        union all select id from media where id = ${id}`;
      return answers.includes('uploaded') && rows.length === 0 ? ['an upload that was taken is gone'] : [];
    },
    retry: (_, fresh) => again(fresh, task),
  };
}

async function ingesting(server: RunningServer): Promise<Scene> {
  const guest = await newGuest(server);
  const input = CreateGenerationInput.parse({
    kind: 'image',
    prompt: 'a lighthouse in a storm',
    count: 2,
    settings: { width: 64, height: 64 },
    requestId: uuidv7(),
  });
  const task: Task = { type: 'ingest', library: guest.library, input };
  const find = (sql: postgres.Sql) => sql<{ id: string; state: string; jobs: string; saved: string }[]>`
    select g.id, g.state, (select count(*) from pgboss.job j where j.id = g.id) as jobs,
      (select count(*) from media m where m.generation_id = g.id and m.deleted_at is null) as saved
    from generations g where g.library_id = ${guest.library}`;
  return {
    task,
    kept: [],
    promised: [],
    purged: [],
    async findTorn(sql, _, answers) {
      const [row, ...more] = await find(sql);
      if (more.length > 0) return ['a request became two generations'];
      if (!row) return answers.includes('accepted') ? ['a generation that was accepted is gone'] : [];
      return row.jobs === '1' ? [] : ['a generation has no job'];
    },
    async retry(sql, fresh) {
      const [before] = await find(sql);
      if (before) await runGeneration(fresh, GenerationId.parse(before.id), fresh.stopping);
      else await again(fresh, task);
      const [row, ...more] = await find(sql);
      if (row?.state !== 'succeeded' || row.saved !== '2' || more.length > 0)
        throw new Error(`a generation of two ended as ${JSON.stringify(row)}, beside ${more.length} more`);
    },
  };
}

async function purging(server: RunningServer): Promise<Scene> {
  const guest = await newGuest(server);
  const [first, ...kept] = await fill(guest, 2);
  if (!first) throw new Error('nothing was saved');
  const task: Task = { type: 'purge', library: guest.library, ids: [first] };
  const isPurged = async (sql: postgres.Sql) =>
    (await sql`select from media where id = ${first} and deleted_at is not null`).length > 0;
  return {
    task,
    kept,
    promised: [],
    purged: [first],
    findTorn: async (sql, _, answers) =>
      answers.includes('purged') && !(await isPurged(sql)) ? ['what was purged is there again'] : [],
    async retry(sql, fresh) {
      if (!(await isPurged(sql))) await again(fresh, task);
    },
  };
}

async function moving(server: RunningServer): Promise<Scene> {
  const guest = await newGuest(server);
  const kept = await fill(guest, 2);
  const task: Task = { type: 'move', library: guest.library };
  return {
    task,
    kept,
    promised: [],
    purged: [],
    findTorn: nothingTorn,
    async retry(sql, fresh) {
      await again(fresh, task);
      const rows = await sql`select from media_files f join storage_objects o on o.key = f.object_key
        where f.library_id = ${guest.library} and o.backend <> 's3'`;
      if (rows.length > 0) throw new Error(`${rows.length} objects were not moved`);
    },
  };
}

/** A guest with two items, of which one is in a collection. */
async function withItems(server: RunningServer) {
  const guest = await newGuest(server);
  const items = await fill(guest, 2);
  const [first] = items;
  if (first) await gather(guest, first, [await addCollection(guest, 'kept')]);
  const actor = await actorOf(guest);
  if (!actor) throw new Error('the guest that was just made is not there');
  return { guest, actor, items };
}

const countIn = async (sql: postgres.Sql, library: string) =>
  Number(
    (await sql`select count(*) from media where library_id = ${library} and deleted_at is null`)[0]?.[
      'count'
    ],
  );

async function claiming(server: RunningServer, into: 'merge' | 'repoint'): Promise<Scene> {
  const { guest, actor, items } = await withItems(server);
  const signIn = await newSignIn(server, { hasLibrary: into === 'merge' });
  const own = into === 'merge' ? await fill({ ...server, library: signIn.library }, 1) : [];
  const { library } = guest;
  const find = (sql: postgres.Sql) => sql<{ to_library: string }[]>`
    select to_library from claims where from_library = ${library} and user_id = ${signIn.userId}`;
  return {
    task: { type: 'claim', library, signIn, guest: actor },
    kept: [...items, ...own],
    promised: [],
    purged: [],
    async findTorn(sql, fresh, answers) {
      const [claim] = await find(sql);
      const alive = await findGuest(fresh, guest.token);
      const place = claim?.to_library ?? library;
      const torn: string[] = [];
      if (answers.includes('claimed') && !claim) torn.push('a claim that was answered is gone');
      if ((alive === null) !== (claim !== undefined))
        torn.push('the cookie is dead without a claim, or the other way');
      const others = claim ? own.length : 0;
      if ((await countIn(sql, place)) !== items.length + others)
        torn.push('a claim moved some items and not others');
      return torn;
    },
    async retry(sql, fresh) {
      const found: GuestActor | null = (await findGuest(fresh, guest.token))?.actor ?? null;
      await claimLibrary(fresh, signIn, found, { library });
      const [claim, ...more] = await find(sql);
      if (!claim || more.length > 0)
        throw new Error(`${more.length + (claim ? 1 : 0)} claims of one library`);
    },
  };
}

async function undoing(server: RunningServer): Promise<Scene> {
  const { guest, actor, items } = await withItems(server);
  const signIn = await newSignIn(server, { hasLibrary: true });
  const own = await fill({ ...server, library: signIn.library }, 1);
  const { id, library } = await claimLibrary(server, signIn, actor, { library: guest.library });
  const task: Task = { type: 'undo', signIn, claim: id };
  const isUndone = async (sql: postgres.Sql) =>
    (await sql`select from claims where id = ${id} and undone_at is not null`).length > 0;
  return {
    task,
    kept: [...items, ...own],
    promised: [],
    purged: [],
    async findTorn(sql, _, answers) {
      const undone = await isUndone(sql);
      const torn = answers.includes('undone') && !undone ? ['an undo that was answered is gone'] : [];
      const held = await countIn(sql, library);
      if (held !== (undone ? 1 : items.length + 1)) torn.push(`${held} items are in the account`);
      return torn;
    },
    async retry(sql, fresh) {
      await again(fresh, task);
      if (!(await isUndone(sql)) || (await countIn(sql, library)) !== 1)
        throw new Error('the undo did not happen');
    },
  };
}

export const SCENES: Record<OperationName, (server: RunningServer) => Promise<Scene>> = {
  save: saving,
  upload: uploading,
  ingest: ingesting,
  purge: purging,
  move: moving,
  merge: (server) => claiming(server, 'merge'),
  repoint: (server) => claiming(server, 'repoint'),
  undo: undoing,
};
