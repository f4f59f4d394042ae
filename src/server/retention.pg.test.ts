import { and, eq, sql } from 'drizzle-orm';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { GenerationId, MediaId } from '#core/media.ts';
import type { GenerationState } from '#core/generation-state.ts';
import { findGuest } from './auth/guest.ts';
import type { LibraryCtx } from './context.ts';
import { asServer, writeLibrary } from './db/doors.ts';
import { guestSessions } from './db/identity.ts';
import { generations, libraries, media } from './db/schema.ts';
import { createGeneration } from './generation/create.ts';
import { cleanUp } from './http/cleanup.ts';
import { sweepStorage } from './ledger.ts';
import { applyRestore, restoreMedia, trashMedia } from './media/change.ts';
import { getMedia, listMedia } from './media/read.ts';
import { saveMedia } from './media/save.ts';
import { listReceipts } from './receipt.ts';
import { applyRetention } from './retention.ts';
import type { RunningServer } from './server.ts';
import { ownDatabase } from './testing/database.ts';
import { PIXEL } from './testing/objects.ts';
import { newGuest, newLibrary, newUser, openTestServer, type Guest } from './testing/server.ts';

// A database of its own: retention looks at every library.
let server: RunningServer;
beforeAll(async () => {
  server = await openTestServer((await ownDatabase()).url);
  return () => server.close();
});

const DAY = 86_400_000;
const RULES = { trashDays: 30, guestIdleDays: 90 };
const inDays = (days: number) => ({ ...server, now: () => new Date(Date.now() + days * DAY) });
const list = (owner: LibraryCtx, trash: boolean) =>
  listMedia(owner, { limit: 50, trash }).then(({ items }) => items.map(({ id }) => id));

async function save(owner: LibraryCtx, generationId?: GenerationId): Promise<MediaId> {
  const { id } = await saveMedia(owner, { data: PIXEL });
  if (generationId)
    await writeLibrary(owner, (tx, head) =>
      tx.update(media).set({ generationId, version: head.version }).where(eq(media.id, id)),
    );
  return id;
}

const start = (owner: LibraryCtx) =>
  createGeneration(owner, { kind: 'image', prompt: 'a wish', count: 1, settings: {}, metadata: {} });
const finish = (owner: LibraryCtx, state: GenerationState) =>
  writeLibrary(owner, (tx, head) => tx.update(generations).set({ state, version: head.version }));

/** Has not been here for so many days. */
const leave = ({ library }: Guest, days: number) =>
  asServer(server, (tx) =>
    tx
      .update(guestSessions)
      .set({ lastSeenAt: new Date(Date.now() - days * DAY) })
      .from(libraries)
      .where(and(eq(libraries.id, library), eq(libraries.sessionId, guestSessions.id))),
  );

/** Until somebody waits for a lock that another holds. */
const untilBlocked = () =>
  vi.waitFor(async () => {
    const [waiting] = await server.db.execute(sql`select from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`);
    expect(waiting).toBeDefined();
  }, 10_000);

describe('the trash', () => {
  test('is emptied of what has been in it for its days, on a receipt, and of nothing else', async () => {
    const owner = await newLibrary(server, await newUser(server));
    const [old, young, kept] = [await save(owner), await save(owner), await save(owner)];
    await trashMedia(owner, { ids: [old] });
    await trashMedia({ ...owner, now: inDays(5).now }, { ids: [young] });
    expect(await applyRetention(inDays(29), RULES)).toMatchObject({ purged: 0 });
    expect(await applyRetention(inDays(31), { ...RULES, trashDays: 0 })).toMatchObject({ purged: 0 });
    expect(await applyRetention(inDays(31), RULES)).toEqual({ purged: 1, trashed: 0, isComplete: true });
    expect(await list(owner, true)).toEqual([young]);
    expect(await list(owner, false)).toEqual([kept]);
    expect((await listReceipts(owner, { limit: 5 })).items).toMatchObject([
      { reason: 'trash', counts: { images: 1 }, pending: { files: 3 } },
    ]);
    await sweepStorage(server);
    expect((await listReceipts(owner, { limit: 5 })).items).toMatchObject([{ pending: null }]);
    expect(await applyRetention(inDays(31), RULES)).toMatchObject({ purged: 0 });
  });

  test('gives back what is restored while it is being emptied', async () => {
    const owner = await newLibrary(server, await newUser(server));
    const [back, gone] = [await save(owner), await save(owner)];
    await trashMedia(owner, { ids: [back, gone] });
    let emptying: Promise<unknown> | undefined;
    await writeLibrary(owner, async (tx, head) => {
      // It has found both by now, and waits for this library's lock.
      emptying = applyRetention(inDays(31), RULES);
      await untilBlocked();
      await applyRestore(tx, head, owner, [back]);
    });
    expect(await emptying).toMatchObject({ purged: 1 });
    expect(await list(owner, false)).toEqual([back]);
    await expect(getMedia(owner, gone)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('keeps what a generation under way has made', async () => {
    const owner = await newLibrary(server, await newUser(server));
    const generation = await start(owner);
    const id = await save(owner, generation.id);
    await trashMedia(owner, { ids: [id] });
    expect(await applyRetention(inDays(31), RULES)).toMatchObject({ purged: 0 });
    await finish(owner, 'succeeded');
    expect(await applyRetention(inDays(31), RULES)).toMatchObject({ purged: 1 });
  });
});

describe('idle guests', () => {
  test('lose nothing at once: their items go to the trash, where they find them again', async () => {
    const [idle, active] = [await newGuest(server), await newGuest(server)];
    const user = await newLibrary(server, await newUser(server));
    const id = await save(idle);
    const [theirs, accounts] = [await save(active), await save(user)];
    await leave(idle, 91);
    await leave(active, 89);
    expect(await applyRetention(server, { ...RULES, guestIdleDays: 0 })).toMatchObject({ trashed: 0 });
    expect(await applyRetention(server, RULES)).toEqual({ purged: 0, trashed: 1, isComplete: true });
    expect(await list(active, false)).toEqual([theirs]);
    expect(await list(user, false)).toEqual([accounts]);
    expect(await list(idle, true)).toEqual([id]);
    expect(await applyRetention(inDays(29), { ...RULES, guestIdleDays: 0 })).toMatchObject({ purged: 0 });

    expect(await findGuest(server, idle.token)).not.toBeNull();
    await restoreMedia(idle, { ids: [id] });
    // Having come back is being active: nothing happens to them again.
    expect(await applyRetention(server, RULES)).toMatchObject({ trashed: 0 });
    expect(await list(idle, false)).toEqual([id]);

    await leave(idle, 91);
    await applyRetention(server, RULES);
    expect(await applyRetention(inDays(31), { ...RULES, guestIdleDays: 0 })).toMatchObject({ purged: 1 });
    expect(await list(idle, true)).toEqual([]);
  });

  test('are left alone while something is being made for them', async () => {
    const guest = await newGuest(server);
    const id = await save(guest);
    await start(guest);
    await leave(guest, 91);
    expect(await applyRetention(server, RULES)).toMatchObject({ trashed: 0 });
    await finish(guest, 'failed');
    expect(await applyRetention(server, RULES)).toMatchObject({ trashed: 1 });
    expect(await list(guest, true)).toEqual([id]);
  });

  test('who come back at that very moment keep everything', async () => {
    const guest = await newGuest(server);
    const id = await save(guest);
    await leave(guest, 91);
    let cleaning: Promise<unknown> | undefined;
    await asServer(server, async (tx) => {
      await tx.update(guestSessions).set({ lastSeenAt: new Date() });
      cleaning = applyRetention(server, RULES);
      await untilBlocked();
    });
    expect(await cleaning).toMatchObject({ trashed: 0 });
    expect(await list(guest, false)).toEqual([id]);
  });
});

const ask = (handler: typeof cleanUp, authorization?: string) =>
  handler(
    new Request('http://localhost/api/cleanup', {
      method: 'POST',
      ...(authorization && { headers: { authorization } }),
    }),
  );

describe('POST /api/cleanup', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.resetModules();
    globalThis.afterimageServer = undefined;
  });
  test('is no route without a secret', async () => {
    expect((await ask(cleanUp, 'Bearer anything')).status).toBe(404);
  });

  test('does it for whoever has the secret', async () => {
    vi.stubEnv('CLEANUP_SECRET', 'a-secret-of-a-scheduler');
    vi.resetModules();
    const { cleanUp: configured } = await import('./http/cleanup.ts');
    globalThis.afterimageServer = Promise.resolve(server);
    const guest = await newGuest(server);
    await save(guest);
    await leave(guest, 91);
    for (const wrong of [undefined, 'Bearer', 'Bearer a', 'Basic a-secret-of-a-scheduler', 'Bearer a-secret'])
      expect((await ask(configured, wrong)).status).toBe(401);
    expect(await list(guest, true)).toEqual([]);
    const answer = await ask(configured, 'Bearer a-secret-of-a-scheduler');
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'private, no-store']);
    expect(await answer.json()).toEqual({ purged: 0, trashed: 1, isComplete: true });
    expect(await list(guest, true)).toHaveLength(1);
  });
});
