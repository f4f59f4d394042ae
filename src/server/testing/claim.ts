/** People and things for the tests of claims. */
import { eq, sql } from 'drizzle-orm';
import { uuidv7 } from 'uuidv7';
import type { ClaimResult } from '#core/claim.ts';
import { CollectionId } from '#core/collection.ts';
import { MediaId } from '#core/media.ts';
import { NOBODYS_LIBRARY, type LibraryId } from '#core/owner.ts';
import type { LibraryCtx } from '../context.ts';
import { findGuest, type GuestActor } from '../auth/guest.ts';
import { findSession } from '../auth/sessions.ts';
import type { SignIn } from '../claim/account.ts';
import { claimLibrary } from '../claim/claim.ts';
import { readLibrary, writeLibrary } from '../db/doors.ts';
import { collections, media } from '../db/schema.ts';
import type { RunningServer } from '../server.ts';
import { newLibrary, newUser, signInAs, type Guest } from './server.ts';

/** Somebody who has signed in; with `hasLibrary`, one in which nothing was written yet. */
export async function newSignIn(
  server: RunningServer,
  { beganHere = true, hasLibrary = false } = {},
): Promise<SignIn & { library: LibraryId }> {
  const user = await newUser(server);
  const [, sealed] = await signInAs(server, user, { beganHere });
  const session = await findSession(server, sealed);
  if (!session) throw new Error('the session that was just made is not there');
  const library = hasLibrary ? (await newLibrary(server, user)).library : NOBODYS_LIBRARY;
  return { ...user, device: session.device, deviceName: 'a test', address: null, library };
}

export async function actorOf(guest: Guest): Promise<GuestActor | null> {
  return (await findGuest(guest, guest.token))?.actor ?? null;
}

type Row = Partial<Omit<typeof media.$inferInsert, 'id' | 'libraryId' | 'version'>>;

const PLAIN = {
  kind: 'image',
  origin: 'uploaded',
  width: 1,
  height: 1,
  mime: 'image/png',
  bytes: 1,
  sha256: '0',
} as const satisfies Row;

/** A row without bytes, for what only rows are needed for. */
export const addRow = (ctx: LibraryCtx, row: Row = {}): Promise<MediaId> =>
  writeLibrary(ctx, async (tx, { version }) => {
    const id = MediaId.parse(uuidv7());
    await tx.insert(media).values({
      ...PLAIN,
      roles: [],
      ...row,
      id,
      libraryId: ctx.library,
      version,
    });
    return id;
  });

export const addCollection = (ctx: LibraryCtx, name: string): Promise<CollectionId> =>
  writeLibrary(ctx, async (tx, { version }) => {
    const id = CollectionId.parse(uuidv7());
    await tx.insert(collections).values({ id, libraryId: ctx.library, version, name });
    return id;
  });

export const gather = (ctx: LibraryCtx, id: MediaId, into: CollectionId[]) =>
  writeLibrary(ctx, (tx, { version }) =>
    tx.update(media).set({ collectionIds: into, version }).where(eq(media.id, id)),
  );

/** What each item of a library is in, by id; tombstones are left out. */
export async function contentOf(ctx: LibraryCtx): Promise<Map<string, CollectionId[]>> {
  const rows = await readLibrary(ctx, (tx) =>
    tx
      .select({ id: media.id, collectionIds: media.collectionIds })
      .from(media)
      .where(sql`${media.deletedAt} is null`),
  );
  return new Map(rows.map(({ id, collectionIds }) => [id, collectionIds]));
}

/** As the browser that holds the guest's cookie would ask for it. */
export const claimInto = async (guest: Guest, signIn: SignIn): Promise<ClaimResult> =>
  claimLibrary(guest, signIn, await actorOf(guest), { library: guest.library });

/** An account in whose library something was written. */
export async function newOwner(server: RunningServer) {
  const signIn = await newSignIn(server, { hasLibrary: true });
  const own: LibraryCtx = { ...server, library: signIn.library };
  const item = await addRow(own, { prompt: 'of the account' });
  return { signIn, own, item };
}
