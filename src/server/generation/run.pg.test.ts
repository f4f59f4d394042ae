import { sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { AppError } from '#core/errors.ts';
import { CreateGenerationInput, type Generation } from '#core/generation.ts';
import type { JsonObject } from '#core/json.ts';
import type { Server } from '../context.ts';
import { asServer } from '../db/doors.ts';
import { mediaFiles, storageObjects } from '../db/schema.ts';
import { sweepStorage } from '../ledger.ts';
import { purgeMedia } from '../media/change.ts';
import type { RunningServer } from '../server.ts';
import { StorageError } from '../storage/port.ts';
import { ownDatabase } from '../testing/database.ts';
import { keysOnDisk } from '../testing/objects.ts';
import { newGuest, openTestServer, type Guest } from '../testing/server.ts';
import { findAbandoned } from './abandoned.ts';
import { cancelGeneration } from './cancel.ts';
import { createGeneration } from './create.ts';
import { getGeneration } from './read.ts';
import { giveUpGeneration, runGeneration } from './run.ts';

// A database of its own: what is compared here is the whole ledger with the whole disk.
let server: RunningServer;
beforeAll(async () => {
  server = await openTestServer((await ownDatabase()).url);
});
afterAll(() => server.close());

/** After a sweep the disk holds what the records name, and nothing else. */
async function expectLedgerIsDisk() {
  await sweepStorage(server, -1);
  const [ledger, files] = await asServer(server, async (tx) => [
    await tx.select().from(storageObjects),
    await tx.select({ key: mediaFiles.objectKey }).from(mediaFiles),
  ]);
  const named = files.map(({ key }) => key).sort();
  expect(await keysOnDisk(server)).toEqual(named);
  expect(ledger.filter(({ state }) => state === 'live').map(({ key }) => key)).toEqual(
    expect.arrayContaining(named),
  );
  expect(ledger.filter(({ state }) => state === 'staged' || state === 'doomed')).toEqual([]);
}
afterEach(expectLedgerIsDisk);

const request = (guest: Guest, count: number, demo: JsonObject = {}) =>
  createGeneration(
    guest,
    CreateGenerationInput.parse({
      kind: 'image',
      prompt: 'a pier in the fog',
      count,
      settings: { width: 64, height: 64, headline: 'Low tide', demo },
      metadata: { from: 'here' },
    }),
  );

const never = new AbortController().signal;
const run = ({ id }: Generation, by: Server = server, signal = never, pauses: number[] = []) =>
  runGeneration(by, id, signal, pauses);

const statesOf = ({ outputs }: Generation) => outputs.map(({ state }) => state);
const savedIds = ({ outputs }: Generation) =>
  outputs.filter(({ state }) => state === 'saved').map(({ mediaId }) => mediaId);

/** A run that has saved something and not yet everything. */
const untilOneIsSaved = (guest: Guest, { id }: Generation) =>
  vi.waitFor(
    async () => {
      const now = await getGeneration(guest, id);
      expect(now.media.length).toBeGreaterThan(0);
      return now;
    },
    { timeout: 20_000, interval: 20 },
  );

describe('a run', () => {
  test('saves every output under the id that it had from the start', async () => {
    const guest = await newGuest(server);
    const asked = await request(guest, 4);
    await run(asked);
    const { media, ...done } = await getGeneration(guest, asked.id);
    expect(done).toMatchObject({ status: 'succeeded', error: null });
    expect(done.finishedAt).not.toBeNull();
    expect(media.map(({ id }) => id)).toEqual(asked.outputs.map(({ mediaId }) => mediaId));
    expect(new Set(media.map(({ sha256 }) => sha256)).size).toBe(4);
    const [first] = media;
    expect(first).toMatchObject({
      origin: 'generated',
      prompt: asked.prompt,
      headline: 'Low tide',
      model: asked.model,
      settings: asked.settings,
      metadata: { from: 'here', actual: { demo: true } },
      generationId: asked.id,
      outputIndex: 0,
      width: 64,
      height: 64,
    });
  });

  test('keeps what worked when an output fails', async () => {
    const guest = await newGuest(server);
    const asked = await request(guest, 4, { fail: [1] });
    await run(asked);
    const done = await getGeneration(guest, asked.id);
    expect(done.status).toBe('succeeded');
    expect(statesOf(done)).toEqual(['saved', 'failed', 'saved', 'saved']);
    expect(done.outputs[1]?.error).toMatchObject({
      code: 'failed',
      message: expect.stringContaining('asked to fail'),
    });
    expect(done.media.map(({ outputIndex }) => outputIndex)).toEqual([0, 2, 3]);
  });

  test('has failed when every output has', async () => {
    const guest = await newGuest(server);
    const asked = await request(guest, 2, { fail: 'all' });
    await run(asked);
    const done = await getGeneration(guest, asked.id);
    expect(done).toMatchObject({ status: 'failed', media: [], error: { code: 'failed' } });
    expect(statesOf(done)).toEqual(['failed', 'failed']);
  });

  test('goes on where a stopped one was', async () => {
    const guest = await newGuest(server);
    const asked = await request(guest, 4, { slowMs: 1000 });
    const stop = new AbortController();
    const first = run(asked, server, stop.signal);
    await untilOneIsSaved(guest, asked);
    stop.abort(new Error('the worker stops'));
    await expect(first).rejects.toThrow('the worker stops');
    const between = await getGeneration(guest, asked.id);
    expect(between.status).toBe('running');
    expect(statesOf(between)).toContain('waiting');

    await run(asked);
    const done = await getGeneration(guest, asked.id);
    expect(done.status).toBe('succeeded');
    expect(done.media.map(({ id }) => id)).toEqual(asked.outputs.map(({ mediaId }) => mediaId));
    expect(done.media).toEqual(expect.arrayContaining(between.media));
  });

  test('is tried again when the storage does not answer, and has ended before that', async () => {
    const guest = await newGuest(server);
    const asked = await request(guest, 4);
    let isDown = true;
    const storage: Server['storage'] = {
      ...server.storage,
      put: (...args) => {
        if (!isDown) return server.storage.put(...args);
        isDown = false;
        return Promise.reject(new AppError('UNAVAILABLE', 'The storage does not answer.'));
      },
    };
    await expect(run(asked, { ...server, storage })).rejects.toThrow('does not answer');
    const between = await getGeneration(guest, asked.id);
    expect(statesOf(between).toSorted()).toEqual(['saved', 'saved', 'saved', 'waiting']);
    await run(asked);
    expect(await getGeneration(guest, asked.id)).toMatchObject({ status: 'succeeded', media: { length: 4 } });
  });
});

/** A storage that is out of reach for so many puts. */
function outageOf(puts: number): Server['storage'] {
  let left = puts;
  const put: Server['storage']['put'] = (...args) => {
    if (left === 0) return server.storage.put(...args);
    left -= 1;
    return Promise.reject(new StorageError('UNAVAILABLE', 'The storage does not answer.'));
  };
  return { ...server.storage, put };
}

/** Providers that count how often they are asked. */
const countMade = () => {
  const made = { count: 0 };
  const find: Server['providers']['find'] = (kind, model) => {
    const found = server.providers.find(kind, model);
    const generate: typeof found.provider.generate = (...args) => {
      made.count += 1;
      return found.provider.generate(...args);
    };
    return { ...found, provider: { ...found.provider, generate } };
  };
  return { made, providers: { ...server.providers, find } };
};

describe('an outage of the storage', () => {
  test('is outlasted with what was made: nothing is made twice', async () => {
    const guest = await newGuest(server);
    const asked = await request(guest, 1);
    const { made, providers } = countMade();
    await run(asked, { ...server, providers, storage: outageOf(7) }, never, [1, 1, 1, 1]);
    expect(made.count).toBe(1);
    expect(await getGeneration(guest, asked.id)).toMatchObject({ status: 'succeeded', media: { length: 1 } });
  });

  test('that goes on ends the attempt, and a stop ends the wait', async () => {
    const guest = await newGuest(server);
    const asked = await request(guest, 1);
    const down = { ...server, storage: outageOf(1000) };
    await expect(run(asked, down, never, [1, 1])).rejects.toThrow('does not answer');
    const stop = new AbortController();
    const waiting = run(asked, down, stop.signal, [60_000]);
    setTimeout(() => stop.abort(new Error('this worker stops')), 500);
    await expect(waiting).rejects.toThrow('this worker stops');
    await run(asked);
    expect(await getGeneration(guest, asked.id)).toMatchObject({ status: 'succeeded' });
  });
});

describe('runs of the same generation', () => {
  test('save once, at the same time and later', async () => {
    const guest = await newGuest(server);
    const asked = await request(guest, 4);
    await Promise.all([run(asked), run(asked)]);
    const done = await getGeneration(guest, asked.id);
    expect(done).toMatchObject({ status: 'succeeded', media: { length: 4 } });
    expect(statesOf(done)).toEqual(['saved', 'saved', 'saved', 'saved']);
    await run(asked);
    expect(await getGeneration(guest, asked.id)).toEqual(done);
  });

  test('take nothing from each other: what one has staged, another that begins leaves alone', async () => {
    const guest = await newGuest(server);
    const asked = await request(guest, 1);
    const secondHasBegun = Promise.withResolvers<void>();
    const firstHasEnded = Promise.withResolvers<void>();
    let second: Promise<void> | undefined;
    const late: Server = {
      ...server,
      providers: {
        ...server.providers,
        find: (...args) => {
          const found = server.providers.find(...args);
          const { provider } = found;
          const generate: typeof provider.generate = async (...asks) => {
            secondHasBegun.resolve();
            await firstHasEnded.promise;
            return provider.generate(...asks);
          };
          return { ...found, provider: { ...provider, generate } };
        },
      },
    };
    const storage: Server['storage'] = {
      ...server.storage,
      put: async (...args) => {
        const put = await server.storage.put(...args);
        second ??= run(asked, late);
        await secondHasBegun.promise;
        return put;
      },
    };
    await run(asked, { ...server, storage });
    const done = await getGeneration(guest, asked.id);
    expect(done).toMatchObject({ status: 'succeeded', media: { length: 1 } });
    firstHasEnded.resolve();
    await second;
    expect(await getGeneration(guest, asked.id)).toEqual(done);
  });
});

describe('cancelling', () => {
  test('keeps what was saved', async () => {
    const guest = await newGuest(server);
    const asked = await request(guest, 4, { slowMs: 1000 });
    const running = run(asked);
    await untilOneIsSaved(guest, asked);
    const answer = await cancelGeneration(guest, asked.id);
    await running;
    const done = await getGeneration(guest, asked.id);
    expect(done).toMatchObject({ ...answer, status: 'cancelled' });
    expect(new Set(statesOf(done))).toEqual(new Set(['saved', 'cancelled']));
    expect(done.media.map(({ id }) => id)).toEqual(savedIds(done));
    expect(await cancelGeneration(guest, asked.id)).toEqual(answer);
  });

  test('ends work that would take much longer', async () => {
    const guest = await newGuest(server);
    const asked = await request(guest, 1, { slowMs: 120_000 });
    const running = run(asked);
    await vi.waitFor(async () => expect((await getGeneration(guest, asked.id)).status).toBe('running'));
    await cancelGeneration(guest, asked.id);
    await running;
    expect(await getGeneration(guest, asked.id)).toMatchObject({ status: 'cancelled', media: [] });
  });
});

/** What a claim does, as far as a run can notice it. The login of a test server is a superuser. */
const merge = (from: Guest, to: Guest) =>
  server.db.transaction(async (tx) => {
    await tx.execute(
      sql`select from libraries where id in (${from.library}, ${to.library}) order by id for update`,
    );
    await tx.execute(sql`update libraries set version = 1 + (select max(version) from libraries
      where id in (${from.library}, ${to.library})) where id = ${to.library}`);
    for (const table of [sql`media`, sql`generations`]) {
      await tx.execute(sql`update ${table} set library_id = ${to.library},
        version = (select version from libraries where id = ${to.library}) where library_id = ${from.library}`);
    }
    await tx.execute(
      sql`update media_files set library_id = ${to.library} where library_id = ${from.library}`,
    );
    await tx.execute(sql`update libraries set merged_into = ${to.library}, session_id = null
      where id = ${from.library}`);
  });

test('a run follows its library when that is merged into another', async () => {
  const [guest, account] = await Promise.all([newGuest(server), newGuest(server)]);
  const asked = await request(guest, 4, { slowMs: 700 });
  const running = run(asked);
  await untilOneIsSaved(guest, asked);
  await merge(guest, account);
  await running;
  const done = await getGeneration(account, asked.id);
  expect(done.status).toBe('succeeded');
  expect(done.media.map(({ id }) => id)).toEqual(asked.outputs.map(({ mediaId }) => mediaId));
  await expect(getGeneration(guest, asked.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  // The files went along: a purge of the account's finds and dooms all of them.
  await purgeMedia(account, { ids: savedIds(done) });
});

const age = ({ id }: Generation) =>
  server.db.transaction(async (tx) => {
    await tx.execute(sql`set local session_replication_role = replica`);
    await tx.execute(sql`update generations set created_at = now() - interval '2 minutes' where id = ${id}`);
  });
const failJob = ({ id }: Generation) =>
  server.db.execute(sql`update pgboss.job set state = 'failed' where id = ${id}`);

describe('what killed every worker', () => {
  test('is found once its job has ended, and not while that may be tried again', async () => {
    const guest = await newGuest(server);
    const [waiting, young, old] = [await request(guest, 1), await request(guest, 1), await request(guest, 1)];
    await Promise.all([age(waiting), age(old), failJob(young), failJob(old)]);
    expect(await findAbandoned(server)).toEqual([old.id]);
    await giveUpGeneration(server, old.id);
    expect(await findAbandoned(server)).toEqual([]);
    const given = await getGeneration(guest, old.id);
    expect(given).toMatchObject({ status: 'failed', error: { code: 'INTERNAL' } });
    expect(statesOf(given)).toEqual(['failed']);
  });

  test('keeps what it had saved, and what has ended is not given up', async () => {
    const guest = await newGuest(server);
    const asked = await request(guest, 3, { slowMs: 1000 });
    const stop = new AbortController();
    const running = run(asked, server, stop.signal);
    await untilOneIsSaved(guest, asked);
    stop.abort(new Error('the worker dies'));
    await expect(running).rejects.toThrow('the worker dies');
    await giveUpGeneration(server, asked.id);
    const done = await getGeneration(guest, asked.id);
    expect(done).toMatchObject({ status: 'succeeded', error: null });
    expect(new Set(statesOf(done))).toEqual(new Set(['saved', 'failed']));
    expect(done.media.map(({ id }) => id)).toEqual(savedIds(done));
    await giveUpGeneration(server, asked.id);
    expect(await getGeneration(guest, asked.id)).toEqual(done);
  });
});
