import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { ClaimPreview, ClaimResult, PastClaim, UndoneClaim } from '#core/claim.ts';
import { Me } from '#core/owner.ts';
import { Changes, SYNC_SCHEMA } from '#core/sync.ts';
import { hashToken } from '../auth/guest.ts';
import { asServer } from '../db/doors.ts';
import { guestSessions } from '../db/identity.ts';
import { addRow } from '../testing/claim.ts';
import { Jar } from '../testing/api.ts';
import { newGuest, newLibrary, newUser, signInAs, useTestServer } from '../testing/server.ts';

const server = useTestServer();
beforeAll(() => {
  globalThis.afterimageServer = Promise.resolve(server());
});
afterAll(() => {
  globalThis.afterimageServer = undefined;
});

const Answer = z.object({ result: z.object({ data: z.unknown() }) });
const Refusal = z.object({ error: z.object({ data: z.object({ appCode: z.string() }) }) });

async function ask<T>(jar: Jar, path: string, shape: z.ZodType<T>, library?: string): Promise<T> {
  const input = path === 'sync.changes' ? { cursor: null, schema: SYNC_SCHEMA } : undefined;
  const query = input ? `?input=${encodeURIComponent(JSON.stringify(input))}` : '';
  const headers = library === undefined ? undefined : { 'x-library': library };
  const response = await jar.fetch(`/api/trpc/${path}${query}`, headers && { headers });
  return shape.parse(Answer.parse(await response.json()).result.data);
}

async function tell<T>(jar: Jar, path: string, json: unknown, shape: z.ZodType<T>): Promise<T> {
  const response = await jar.fetch(`/api/trpc/${path}`, { json });
  return shape.parse(Answer.parse(await response.json()).result.data);
}

const refusal = async (response: Promise<Response>) =>
  Refusal.parse(await (await response).json()).error.data.appCode;

async function newBrowser({ hasLibrary = true, beganHere = true } = {}) {
  const [guest, user] = [await newGuest(server()), await newUser(server())];
  await addRow(guest);
  const own = hasLibrary ? await newLibrary(server(), user) : null;
  if (own) await addRow(own);
  const jar = new Jar();
  jar.cookies.set('guest', guest.token);
  jar.cookies.set('library', guest.library);
  jar.cookies.set(...(await signInAs(server(), user, { beganHere })));
  return { guest, user, own, jar };
}

test('a browser that has signed in previews, accepts, and is told where its old library went', async () => {
  const { guest, own, jar } = await newBrowser();
  expect(await ask(jar, 'session.me', Me)).toMatchObject({ library: own?.library, guest: guest.library });
  const preview = await ask(jar, 'claim.preview', ClaimPreview.nullable());
  expect(preview).toMatchObject({ library: guest.library, isAdded: true, isAllowed: true });
  const before = await jar.fetch(`/api/trpc/sync.digest`, { headers: { 'x-library': guest.library } });
  expect(await refusal(Promise.resolve(before))).toBe('OWNER_CHANGED');

  const claimed = await tell(jar, 'claim.accept', { library: guest.library }, ClaimResult);
  expect(claimed).toMatchObject({ way: 'merged', library: own?.library });
  expect(jar.cookies.has('guest')).toBe(false);
  expect(jar.cookies.get('library')).toBe(own?.library);
  expect(await ask(jar, 'claim.preview', ClaimPreview.nullable())).toBeNull();
  // The old token is nobody's; the account may name the library that came along, and nobody else may.
  expect(await ask(jar, 'sync.changes', Changes, guest.library)).toEqual({ type: 'moved', to: own?.library });
  const stranger = await newBrowser();
  const asks = (jar: Jar) => jar.fetch('/api/trpc/sync.digest', { headers: { 'x-library': guest.library } });
  expect(await refusal(asks(stranger.jar))).toBe('OWNER_CHANGED');
  const old = new Jar();
  old.cookies.set('guest', guest.token);
  expect(await refusal(asks(old))).toBe('OWNER_CHANGED');
  const push = jar.fetch('/api/trpc/media.trash', {
    json: { ids: [claimed.id] },
    headers: { 'x-library': guest.library },
  });
  expect(await refusal(push)).toBe('OWNER_CHANGED');
});

test('a new account goes on in the same library, and an undo gives the browser its guest back', async () => {
  const { guest, jar } = await newBrowser({ hasLibrary: false });
  const claimed = await tell(jar, 'claim.accept', { library: guest.library }, ClaimResult);
  expect(claimed).toMatchObject({ way: 'repointed', library: guest.library });
  expect(await ask(jar, 'session.me', Me)).toMatchObject({
    type: 'user',
    library: guest.library,
    guest: null,
  });
  const undone = await tell(jar, 'claim.undo', { id: claimed.id }, UndoneClaim);
  expect(await ask(jar, 'session.me', Me)).toMatchObject({ library: guest.library, guest: undone.library });
  expect(jar.cookies.get('library')).toBe(guest.library);
  const { items } = await ask(jar, 'claim.list', z.object({ items: z.array(PastClaim) }));
  expect(items).toMatchObject([{ id: claimed.id, undoneAt: expect.any(String) }]);
  const preview = await ask(jar, 'claim.preview', ClaimPreview.nullable());
  expect(preview).toMatchObject({ isKeptApart: true, counts: { images: 1 } });
});

test('the question stays open until it is answered, and what is kept apart is not idle', async () => {
  const { guest, jar } = await newBrowser();
  expect(await ask(jar, 'session.me', Me)).toMatchObject({ guest: guest.library, isAsked: true });
  await tell(jar, 'claim.keepApart', { library: guest.library }, z.object({}));
  const seenAt = () =>
    asServer(server(), (tx) =>
      tx
        .select({ at: guestSessions.lastSeenAt })
        .from(guestSessions)
        .where(eq(guestSessions.tokenHash, hashToken(guest.token))),
    );
  const before = new Date(Date.now() - 80 * 86_400_000);
  await asServer(server(), (tx) =>
    tx
      .update(guestSessions)
      .set({ lastSeenAt: before })
      .where(eq(guestSessions.tokenHash, hashToken(guest.token))),
  );
  expect(await ask(jar, 'session.me', Me)).toMatchObject({ guest: guest.library, isAsked: false });
  const [seen] = await seenAt();
  expect(seen?.at.getTime()).toBeGreaterThan(before.getTime() + 79 * 86_400_000);
  expect(jar.cookies.get('guest')).toBe(guest.token);
});

test('an account without a guest’s library is asked nothing', async () => {
  const jar = new Jar();
  jar.cookies.set(...(await signInAs(server(), await newUser(server()))));
  expect(await ask(jar, 'session.me', Me)).toMatchObject({ guest: null, isAsked: false, isLeaving: false });
});

test('a sign-in that a foreign page began claims nothing', async () => {
  const { guest, jar } = await newBrowser({ beganHere: false });
  const accept = jar.fetch('/api/trpc/claim.accept', { json: { library: guest.library } });
  expect(await refusal(accept)).toBe('FORBIDDEN');
  expect(jar.cookies.get('guest')).toBe(guest.token);
  expect(await ask(jar, 'claim.preview', ClaimPreview.nullable())).toMatchObject({ isAllowed: false });
});
