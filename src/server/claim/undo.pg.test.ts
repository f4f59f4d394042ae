import { expect, test } from 'vitest';
import { CreateGenerationInput } from '#core/generation.ts';
import { SYNC_SCHEMA } from '#core/sync.ts';
import { findGuest, type GuestActor } from '../auth/guest.ts';
import type { LibraryCtx } from '../context.ts';
import { createGeneration } from '../generation/create.ts';
import { getGeneration } from '../generation/read.ts';
import { runGeneration } from '../generation/run.ts';
import { purgeMedia } from '../media/change.ts';
import { getMediaFile } from '../media/read.ts';
import { saveMedia } from '../media/save.ts';
import { readChanges, readCursor } from '../sync/changes.ts';
import { actorOf, claimInto, addCollection, addRow, contentOf, gather, newSignIn } from '../testing/claim.ts';
import { PIXEL } from '../testing/objects.ts';
import { newGuest, useTestServer } from '../testing/server.ts';
import { claimLibrary, listClaims } from './claim.ts';
import { previewClaim } from './preview.ts';
import { undoClaim } from './undo.ts';

const server = useTestServer();
const within = (library: LibraryCtx['library']): LibraryCtx => ({ ...server(), library });

async function actorWith(token: string): Promise<GuestActor> {
  const found = await findGuest(server(), token);
  if (!found) throw new Error('this token is nobody’s');
  return found.actor;
}

/** An account with a collection of its own, and a guest with one; items that each has, in both collections. */
async function setUp() {
  const guest = await newGuest(server());
  const signIn = await newSignIn(server(), { hasLibrary: true });
  const own = within(signIn.library);
  const [ours, theirs] = [await addCollection(own, 'Ours'), await addCollection(guest, 'Theirs')];
  const [mine, item] = [await addRow(own), (await saveMedia(guest, { data: PIXEL })).id];
  await gather(guest, item, [theirs]);
  const claimed = await claimInto(guest, signIn);
  await gather(own, mine, [theirs, ours]);
  await gather(own, item, [ours, theirs]);
  return { guest, signIn, own, ours, theirs, mine, item, claimed };
}

const ask = (ctx: LibraryCtx) =>
  createGeneration(
    ctx,
    CreateGenerationInput.parse({ kind: 'image', prompt: 'a pier', settings: { width: 64, height: 64 } }),
  );

test('what was merged goes back to a guest, and nothing of the account with it', async () => {
  const { signIn, own, ours, theirs, mine, item, claimed } = await setUp();
  const cursor = await readCursor(own);
  const { token, library } = await undoClaim(server(), signIn, null, claimed.id);
  const actor = await actorWith(token);
  expect(actor.library).toBe(library);
  const back = within(library);
  expect(await contentOf(own)).toEqual(new Map([[mine, [ours]]]));
  expect(await contentOf(back)).toEqual(new Map([[item, [theirs]]]));
  await expect(getMediaFile(back, item, 'original')).resolves.toMatchObject({ mime: 'image/png' });
  await expect(getMediaFile(own, item, 'original')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  // No delta can say where the rows are.
  expect(await readChanges(own, { cursor, schema: SYNC_SCHEMA })).toEqual({ type: 'reset', reason: 'floor' });
  expect(await listClaims(server(), signIn.userId)).toMatchObject([
    { id: claimed.id, undoneAt: expect.any(String) },
  ]);
  expect(await previewClaim(server(), signIn, actor)).toMatchObject({ isKeptApart: true, isAdded: true });
});

test('of a library that was re-pointed, what was there goes back, and what was made since stays', async () => {
  const guest = await newGuest(server());
  const signIn = await newSignIn(server());
  const before = await addRow(guest);
  const claimed = await claimInto(guest, signIn);
  const own = within(guest.library);
  const since = await addRow(own);
  await gather(own, before, []);
  const other = await newGuest(server());
  const merged = await addRow(other);
  await claimInto(other, signIn);
  const { library } = await undoClaim(server(), signIn, null, claimed.id);
  expect([...(await contentOf(own)).keys()].sort()).toEqual([since, merged].sort());
  expect([...(await contentOf(within(library))).keys()]).toEqual([before]);
});

test('each of several claims goes back by itself', async () => {
  const [one, two] = [await newGuest(server()), await newGuest(server())];
  const signIn = await newSignIn(server(), { hasLibrary: true });
  const own = within(signIn.library);
  const mine = await addRow(own);
  const [a, b] = [await addRow(one), await addRow(two)];
  const [first, second] = [await claimInto(one, signIn), await claimInto(two, signIn)];
  const undone = await undoClaim(server(), signIn, null, second.id);
  expect([...(await contentOf(within(undone.library))).keys()]).toEqual([b]);
  const back = await undoClaim(server(), signIn, null, first.id);
  expect([...(await contentOf(within(back.library))).keys()]).toEqual([a]);
  expect([...(await contentOf(own)).keys()]).toEqual([mine]);
});

test('what came back can be claimed again, also by another account, and go back again', async () => {
  const { signIn, item, claimed } = await setUp();
  const { token } = await undoClaim(server(), signIn, null, claimed.id);
  const other = await newSignIn(server());
  const actor = await actorWith(token);
  const again = await claimLibrary(server(), other, actor, { library: actor.library });
  expect(again.way).toBe('repointed');
  const undone = await undoClaim(server(), other, null, again.id);
  expect([...(await contentOf(within(undone.library))).keys()]).toEqual([item]);
});

test('pictures of a generation that came along go back with it, whenever they were made', async () => {
  const guest = await newGuest(server());
  const signIn = await newSignIn(server());
  const [done, waiting] = [await ask(guest), await ask(guest)];
  const claimed = await claimInto(guest, signIn);
  const own = within(guest.library);
  const mine = await ask(own);
  const run = ({ id }: typeof mine) => runGeneration(server(), id, new AbortController().signal);
  await run(done);
  await run(mine);
  const { library } = await undoClaim(server(), signIn, null, claimed.id);
  await run(waiting);
  const idOf = ({ outputs }: typeof mine) => outputs[0]?.mediaId ?? '';
  expect([...(await contentOf(own)).keys()]).toEqual([idOf(mine)]);
  expect([...(await contentOf(within(library))).keys()].sort()).toEqual([idOf(done), idOf(waiting)].sort());
  expect((await getGeneration(within(library), waiting.id)).status).toBe('succeeded');
});

test('what was deleted for good meanwhile stays deleted', async () => {
  const { signIn, own, item, claimed } = await setUp();
  await purgeMedia(own, { ids: [item] });
  const { library } = await undoClaim(server(), signIn, null, claimed.id);
  expect((await contentOf(within(library))).size).toBe(0);
});

test('an undo whose answer was lost is repeated: the same library, a new credential', async () => {
  const { signIn, own, item, mine, claimed } = await setUp();
  const first = await undoClaim(server(), signIn, null, claimed.id);
  const second = await undoClaim(server(), signIn, null, claimed.id);
  expect(second.library).toBe(first.library);
  expect(await findGuest(server(), first.token)).toBeNull();
  const actor = await actorWith(second.token);
  const third = await undoClaim(server(), signIn, actor, claimed.id);
  expect([...(await contentOf(within(third.library))).keys()]).toEqual([item]);
  expect([...(await contentOf(own)).keys()]).toEqual([mine]);
  await claimLibrary(server(), signIn, await actorWith(third.token), { library: third.library });
  await expect(undoClaim(server(), signIn, null, claimed.id)).rejects.toMatchObject({ code: 'CONFLICT' });
});

test('two undos at once make one guest', async () => {
  const { signIn, item, claimed } = await setUp();
  const undone = await Promise.all([1, 2, 3].map(() => undoClaim(server(), signIn, null, claimed.id)));
  const [library, ...others] = new Set(undone.map((one) => one.library));
  expect(others).toEqual([]);
  expect([...(await contentOf(within(library ?? signIn.library))).keys()]).toEqual([item]);
});

test('a claim is undone by its account alone, and within seven days', async () => {
  const { signIn, own, claimed } = await setUp();
  const stranger = await newSignIn(server(), { hasLibrary: true });
  const before = await readCursor(own);
  await expect(undoClaim(server(), stranger, null, claimed.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const later = { ...server(), now: () => new Date(Date.now() + 7 * 86_400_000) };
  await expect(undoClaim(later, signIn, null, claimed.id)).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await readCursor(own)).toBe(before);
  expect(await listClaims(later, signIn.userId)).toEqual([]);
});

test('a browser that holds another guest’s library keeps its cookie', async () => {
  const { signIn, own, claimed } = await setUp();
  const other = await newGuest(server());
  const before = await readCursor(own);
  const held = await addRow(other);
  const undo = async () => undoClaim(server(), signIn, await actorOf(other), claimed.id);
  await expect(undo()).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await readCursor(own)).toBe(before);
  await purgeMedia(other, { ids: [held] });
  await expect(undo()).resolves.toMatchObject({ library: expect.any(String) });
});
