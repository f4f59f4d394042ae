import { eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { CreateGenerationInput } from '#core/generation.ts';
import { MediaId, UploadId } from '#core/media.ts';
import { ClientId, SYNC_SCHEMA } from '#core/sync.ts';
import { uuidv7 } from 'uuidv7';
import type { LibraryCtx } from '../context.ts';
import { amongLibraries, asServer, readLibrary } from '../db/doors.ts';
import { auditEvents, claims, guestSessions } from '../db/identity.ts';
import { libraries, media } from '../db/schema.ts';
import { createGeneration } from '../generation/create.ts';
import { getGeneration } from '../generation/read.ts';
import { runGeneration } from '../generation/run.ts';
import { purgeMedia, trashMedia } from '../media/change.ts';
import { getMedia, getMediaFile } from '../media/read.ts';
import { saveMedia } from '../media/save.ts';
import { readChanges, readCursor } from '../sync/changes.ts';
import { pushOps } from '../sync/push.ts';
import {
  actorOf,
  newOwner,
  claimInto,
  addCollection,
  addRow,
  contentOf,
  gather,
  newSignIn,
} from '../testing/claim.ts';
import { PIXEL } from '../testing/objects.ts';
import { newGuest, useTestServer, type Guest } from '../testing/server.ts';
import { putUpload } from '../upload.ts';
import { claimLibrary, listClaims } from './claim.ts';
import { MOVED_TABLES } from './move.ts';

const server = useTestServer();

const within = (library: LibraryCtx['library']): LibraryCtx => ({ ...server(), library });
const counts = { images: 0, videos: 0, collections: 0, trashed: 0, unfinished: 0 };

/** Tables in which the guest's library still has rows. */
const rowsLeft = (guest: Guest) =>
  readLibrary(guest, async (tx) => {
    const left: string[] = [];
    for (const table of MOVED_TABLES) {
      const rows = await tx.execute(sql`select from ${sql.identifier(table)} limit 1`);
      if (rows.length > 0) left.push(table);
    }
    return left;
  });

const ask = (ctx: LibraryCtx, prompt = 'a pier in the fog') =>
  createGeneration(
    ctx,
    CreateGenerationInput.parse({ kind: 'image', prompt, count: 2, settings: { width: 64, height: 64 } }),
  );

const patch = (seq: number, id: MediaId, headline: string) => ({
  seq,
  type: 'patch' as const,
  id,
  patch: { headline },
});

test('an account without a library takes the guest’s as it is: same id, same cursor', async () => {
  const guest = await newGuest(server());
  const signIn = await newSignIn(server());
  const item = await addRow(guest);
  const cursor = await readCursor(guest);
  const result = await claimInto(guest, signIn);
  expect(result).toMatchObject({ way: 'repointed', from: guest.library, library: guest.library });
  expect(result.counts).toEqual({ ...counts, images: 1 });
  expect(await readChanges(guest, { cursor, schema: SYNC_SCHEMA })).toEqual({ type: 'same' });
  expect([...(await contentOf(guest)).keys()]).toEqual([item]);
  expect(await actorOf(guest)).toBeNull();
  const [owner] = await asServer(server(), (tx) =>
    tx.select().from(libraries).where(eq(libraries.id, guest.library)),
  );
  expect(owner).toMatchObject({ userId: signIn.userId, sessionId: null, mergedInto: null });
});

test('a library of the account in which nothing was ever written gives way, and says where to', async () => {
  const guest = await newGuest(server());
  const signIn = await newSignIn(server(), { hasLibrary: true });
  await addRow(guest);
  expect(await claimInto(guest, signIn)).toMatchObject({ way: 'repointed', library: guest.library });
  expect(await readChanges(within(signIn.library), { cursor: null, schema: SYNC_SCHEMA })).toEqual({
    type: 'moved',
    to: guest.library,
  });
});

test('an account with a library gets the rows of the guest’s beside its own, and nothing stays behind', async () => {
  const guest = await newGuest(server());
  const { signIn, own, item } = await newOwner(server());
  const collection = await addCollection(guest, 'Fog');
  const kept = await saveMedia(guest, { data: PIXEL, prompt: 'of the guest' });
  const trashed = await addRow(guest);
  const purged = await addRow(guest);
  await gather(guest, kept.id, [collection]);
  await trashMedia(guest, { ids: [trashed] });
  await purgeMedia(guest, { ids: [purged] });
  const asked = await ask(guest);
  const upload = UploadId.parse(uuidv7());
  await putUpload(guest, upload, new Blob(['bytes']).stream());
  const [cursor, version] = [await readCursor(own), Number((await readCursor(guest)).split('.')[1])];

  const result = await claimInto(guest, signIn);
  expect(result).toMatchObject({
    way: 'merged',
    from: guest.library,
    library: own.library,
    counts: { images: 1, videos: 0, collections: 1, trashed: 1, unfinished: 1 },
  });
  expect(await rowsLeft(guest)).toEqual([]);
  expect(await contentOf(own)).toEqual(
    new Map([
      [item, []],
      [kept.id, [collection]],
      [trashed, []],
    ]),
  );
  expect(await getMedia(own, kept.id)).toMatchObject({ prompt: 'of the guest' });
  await expect(getMediaFile(own, kept.id, 'original')).resolves.toMatchObject({ mime: 'image/png' });
  expect((await getGeneration(own, asked.id)).status).toBe('queued');
  expect(await readChanges(guest, { cursor: null, schema: SYNC_SCHEMA })).toEqual({
    type: 'moved',
    to: own.library,
  });

  // Who held the guest's rows gets their names alone; another device gets the rows.
  const adopt = { library: guest.library, version };
  const adopted = await readChanges(own, { cursor, schema: SYNC_SCHEMA, adopt });
  if (adopted.type !== 'delta') throw new Error(adopted.type);
  expect(adopted.changes.map(({ type }) => type).sort()).toEqual([
    'collection',
    'generation',
    'media-gone',
    'media-stub',
    'media-stub',
  ]);
  const other = await readChanges(own, { cursor, schema: SYNC_SCHEMA });
  if (other.type !== 'delta') throw new Error(other.type);
  expect(other.changes.filter(({ type }) => type === 'media')).toHaveLength(2);
  // What is changed afterwards is no longer the row that the device holds.
  await trashMedia(own, { ids: [kept.id] });
  const later = await readChanges(own, { cursor, schema: SYNC_SCHEMA, adopt });
  expect(later.type === 'delta' && later.changes).toContainEqual(
    expect.objectContaining({ type: 'media', row: expect.objectContaining({ id: kept.id }) }),
  );
});

test('the version of the account goes past both', async () => {
  const guest = await newGuest(server());
  const { signIn, own } = await newOwner(server());
  for (let index = 0; index < 5; index += 1) await addRow(guest);
  await claimInto(guest, signIn);
  expect((await readCursor(own)).split('.')[1]).toBe('6');
});

test('operations that were taken before the claim are known after it; others take effect', async () => {
  const guest = await newGuest(server());
  const { signIn, own } = await newOwner(server());
  const [one, two] = [await addRow(guest), await addRow(guest)];
  const clientId = ClientId.parse(uuidv7());
  const first = patch(1, one, 'first');
  const refused = patch(2, MediaId.parse(uuidv7()), 'of nothing');
  await pushOps(guest, { clientId, ops: [first, refused] });
  await claimInto(guest, signIn);
  await pushOps(own, { clientId: ClientId.parse(uuidv7()), ops: [patch(1, one, 'newer')] });
  const { acks } = await pushOps(own, { clientId, ops: [first, refused, patch(3, two, 'third')] });
  expect(acks.map(({ status }) => status)).toEqual(['noop', 'rejected', 'ok']);
  expect((await getMedia(own, one)).headline).toBe('newer');
  expect((await getMedia(own, two)).headline).toBe('third');
});

test('of a device that both libraries know, the higher number counts', async () => {
  const guest = await newGuest(server());
  const { signIn, own, item } = await newOwner(server());
  const clientId = ClientId.parse(uuidv7());
  await pushOps(guest, { clientId, ops: [patch(1, await addRow(guest), 'of the guest')] });
  await pushOps(own, { clientId, ops: [patch(2, item, 'of the account')] });
  await claimInto(guest, signIn);
  const { acks } = await pushOps(own, { clientId, ops: [patch(2, item, 'again'), patch(3, item, 'new')] });
  expect(acks.map(({ status }) => status)).toEqual(['noop', 'ok']);
});

test('what both have by the same source or request is kept twice', async () => {
  const guest = await newGuest(server());
  const { signIn, own, item } = await newOwner(server());
  const [sourceUuid, requestId] = [uuidv7(), uuidv7()];
  const input = CreateGenerationInput.parse({ kind: 'image', prompt: 'a pier', requestId });
  const mine = await addRow(own, { sourceUuid });
  const ours = await createGeneration(own, input);
  const theirs = await addRow(guest, { sourceUuid });
  const asked = await createGeneration(guest, input);
  await claimInto(guest, signIn);
  expect([...(await contentOf(own)).keys()].sort()).toEqual([item, mine, theirs].sort());
  expect((await getGeneration(own, asked.id)).requestId).toBeNull();
  expect((await createGeneration(own, input)).id).toBe(ours.id);
});

test('a claim is made once: again it answers alike, and somebody else gets nothing', async () => {
  const guest = await newGuest(server());
  const [a, b] = [await newOwner(server()), await newOwner(server())];
  await addRow(guest);
  const actor = await actorOf(guest);
  const claimAs = ({ signIn }: typeof a) => claimLibrary(server(), signIn, actor, { library: guest.library });
  const first = await claimAs(a);
  expect(await claimAs(a)).toEqual(first);
  expect(await claimInto(guest, a.signIn)).toEqual(first);
  await expect(claimAs(b)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(claimInto(guest, b.signIn)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect((await contentOf(b.own)).size).toBe(1);
  expect(await listClaims(server(), a.signIn.userId)).toMatchObject([{ id: first.id, undoneAt: null }]);
  expect(await listClaims(server(), b.signIn.userId)).toEqual([]);
});

test('another library than the one that was shown is not taken', async () => {
  const [guest, other] = [await newGuest(server()), await newGuest(server())];
  const { signIn } = await newOwner(server());
  await addRow(guest);
  await expect(
    claimLibrary(server(), signIn, await actorOf(guest), { library: other.library }),
  ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await actorOf(guest)).not.toBeNull();
  expect(await actorOf(other)).not.toBeNull();
});

test('libraries of several browsers come into one account', async () => {
  const guests = await Promise.all([newGuest(server()), newGuest(server()), newGuest(server())]);
  const signIn = await newSignIn(server());
  const items = await Promise.all(guests.map((guest) => addRow(guest)));
  const [first, ...rest] = await Promise.all(guests.map((guest) => claimInto(guest, signIn)));
  expect([first, ...rest].map((result) => result?.way ?? '').sort()).toEqual([
    'merged',
    'merged',
    'repointed',
  ]);
  const library = first?.library ?? signIn.library;
  expect(new Set(rest.map((result) => result.library))).toEqual(new Set([library]));
  expect([...(await contentOf(within(library))).keys()].sort()).toEqual(items.sort());
});

test('a sign-in that did not begin in this browser takes nothing along', async () => {
  const guest = await newGuest(server());
  await addRow(guest);
  const signIn = await newSignIn(server(), { beganHere: false });
  await expect(claimInto(guest, signIn)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  const { device } = await newSignIn(server());
  const mixed = { ...signIn, device };
  await expect(claimInto(guest, mixed)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  expect(await actorOf(guest)).toMatchObject({ library: guest.library });
});

test('a claim that fails half-way has changed nothing', async () => {
  const guest = await newGuest(server());
  const { signIn, own, item } = await newOwner(server());
  const theirs = await addRow(guest);
  const actor = await actorOf(guest);
  let asked = 0;
  // The third time is asked for at the very end, for the audit.
  const now = () => {
    if ((asked += 1) === 3) throw new Error('the clock stopped');
    return new Date();
  };
  const attempt = claimLibrary({ ...server(), now }, signIn, actor, { library: guest.library });
  await expect(attempt).rejects.toThrow('the clock stopped');
  expect([...(await contentOf(own)).keys()]).toEqual([item]);
  expect([...(await contentOf(guest)).keys()]).toEqual([theirs]);
  expect(await actorOf(guest)).toEqual(actor);
  const [traces, events] = await asServer(server(), async (tx) => [
    await tx.select().from(claims).where(eq(claims.userId, signIn.userId)),
    await tx.select().from(auditEvents).where(eq(auditEvents.userId, signIn.userId)),
  ]);
  expect([traces, events]).toEqual([[], []]);
  expect(await claimInto(guest, signIn)).toMatchObject({ way: 'merged' });
});

test('an expired guest’s library cannot be claimed', async () => {
  const guest = await newGuest(server());
  const actor = await actorOf(guest);
  const signIn = await newSignIn(server());
  await asServer(server(), (tx) =>
    tx
      .update(guestSessions)
      .set({ expiresAt: new Date(0) })
      .where(sql`id = ${actor?.sessionId ?? null}`),
  );
  await expect(claimLibrary(server(), signIn, actor, { library: guest.library })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
});

test('a generation that is being made arrives in the account', async () => {
  const guest = await newGuest(server());
  const { signIn, own } = await newOwner(server());
  const asked = await ask(guest);
  const [made, claimed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const { providers } = server();
  // The real provider, whose pictures wait until the library has moved.
  const slow: typeof providers = {
    ...providers,
    find: (kind, name) => {
      const { provider, model } = providers.find(kind, name);
      const generate: typeof provider.generate = async (...args) => {
        const output = await provider.generate(...args);
        made.resolve();
        await claimed.promise;
        return output;
      };
      return { model, provider: { ...provider, generate } };
    },
  };
  const running = runGeneration({ ...server(), providers: slow }, asked.id, new AbortController().signal);
  await made.promise;
  await claimInto(guest, signIn);
  claimed.resolve();
  await running;
  const done = await getGeneration(own, asked.id);
  expect(done.status).toBe('succeeded');
  expect(done.media.map(({ id }) => id)).toEqual(asked.outputs.map(({ mediaId }) => mediaId));
  expect(await rowsLeft(guest)).toEqual([]);
});

test('bytes that were sent before the claim can be saved after it', async () => {
  const guest = await newGuest(server());
  const { signIn, own } = await newOwner(server());
  const upload = UploadId.parse(uuidv7());
  await putUpload(guest, upload, new Blob([Buffer.from(PIXEL, 'base64')]).stream());
  await claimInto(guest, signIn);
  expect(await saveMedia(own, { upload })).toMatchObject({ mime: 'image/png' });
});

test('both libraries are told of a claim', async () => {
  const guest = await newGuest(server());
  const { signIn, own } = await newOwner(server());
  const told = [guest.library, own.library].map((library) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    server().pokes.subscribe(library, resolve);
    return promise;
  });
  await addRow(guest);
  await claimInto(guest, signIn);
  await expect(Promise.all(told)).resolves.toHaveLength(2);
});

test('the role of a claim sees its two libraries alone, and changes no more than a row’s place', async () => {
  const [one, two] = [await newGuest(server()), await newGuest(server())];
  const [seen, hidden] = [await addRow(one), await addRow(two)];
  const found = await asServer(server(), (tx) =>
    amongLibraries(tx, [one.library], () => tx.select({ id: media.id }).from(media)),
  );
  expect(found).toEqual([{ id: seen }]);
  const attempt = (statement: ReturnType<typeof sql>) =>
    asServer(server(), (tx) => amongLibraries(tx, [one.library], () => tx.execute(statement))).catch(
      (error: unknown) => (error instanceof Error ? String(error.cause) : error),
    );
  expect(await attempt(sql`update media set prompt = 'mine' where id = ${seen}`)).toMatch(
    /permission denied/,
  );
  expect(await attempt(sql`delete from media where id = ${seen}`)).toMatch(/permission denied/);
  expect(await attempt(sql`select from guest_sessions`)).toMatch(/permission denied/);
  expect(
    await attempt(sql`update media set library_id = ${two.library}, version = 9 where id = ${seen}`),
  ).toMatch(/row-level security|is not its library/);
  expect([...(await contentOf(two)).keys()]).toEqual([hidden]);
});
