import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { asServer } from '../db/doors.ts';
import { auditEvents } from '../db/identity.ts';
import { trashMedia } from '../media/change.ts';
import { getMedia } from '../media/read.ts';
import { saveMedia } from '../media/save.ts';
import { actorOf, addCollection, addRow, claimInto, newOwner, newSignIn } from '../testing/claim.ts';
import { PIXEL } from '../testing/objects.ts';
import { newGuest, useTestServer } from '../testing/server.ts';
import { keepApart } from './claim.ts';
import { previewClaim } from './preview.ts';

const server = useTestServer();

test('a preview shows what would come along, and stills that the account could not read', async () => {
  const guest = await newGuest(server());
  const { signIn, own } = await newOwner(server());
  const actor = await actorOf(guest);
  expect(await previewClaim(server(), signIn, actor)).toBeNull();
  const { id } = await saveMedia(guest, { data: PIXEL });
  await trashMedia(guest, { ids: [await addRow(guest)] });
  await addCollection(guest, 'Fog');
  const preview = await previewClaim(server(), signIn, actor);
  expect(preview).toMatchObject({
    library: guest.library,
    counts: { images: 1, videos: 0, collections: 1, trashed: 1, unfinished: 0 },
    thumbs: [{ id, kind: 'image', image: expect.stringMatching(/^data:image\/webp;base64,UklGR/) }],
    isAdded: true,
    isKeptApart: false,
    isAllowed: true,
  });
  expect(Date.parse(preview?.keptUntil ?? '')).toBeGreaterThan(Date.now() + 89 * 86_400_000);
  await expect(getMedia(own, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const stranger = await newSignIn(server(), { beganHere: false });
  expect(await previewClaim(server(), stranger, actor)).toMatchObject({ isAdded: false, isAllowed: false });
});

test('a library that is kept apart stays as it is, and is remembered as such for this account', async () => {
  const guest = await newGuest(server());
  const { signIn } = await newOwner(server());
  await addRow(guest);
  const actor = await actorOf(guest);
  await keepApart(server(), signIn, actor, { library: guest.library });
  await keepApart(server(), signIn, actor, { library: guest.library });
  expect(await previewClaim(server(), signIn, actor)).toMatchObject({ isKeptApart: true });
  expect(await previewClaim(server(), await newSignIn(server()), actor)).toMatchObject({
    isKeptApart: false,
  });
  const events = await asServer(server(), (tx) =>
    tx.select({ type: auditEvents.type }).from(auditEvents).where(eq(auditEvents.userId, signIn.userId)),
  );
  expect(events).toEqual([{ type: 'library-kept-apart' }]);
  expect(await claimInto(guest, signIn)).toMatchObject({ way: 'merged' });
});
