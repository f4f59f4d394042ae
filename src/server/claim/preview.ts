import { and, eq, isNull } from 'drizzle-orm';
import { CLAIM_THUMBS, type ClaimPreview } from '#core/claim.ts';
import type { GuestActor } from '../auth/guest.ts';
import type { Server } from '../context.ts';
import { asServer, readLibrary } from '../db/doors.ts';
import { authSessions, guestSessions } from '../db/identity.ts';
import { media, mediaFiles, storageObjects } from '../db/schema.ts';
import { log } from '../log.ts';
import { isLive, NEWEST_FIRST } from '../media/rows.ts';
import type { StorageKey } from '../storage/keys.ts';
import { storageOf, type Places } from '../storage/place.ts';
import type { Backend } from '../storage/port.ts';
import { findOwnLibrary, type SignIn } from './account.ts';
import { countLibrary, isEmpty } from './counts.ts';

/** A still is 384 px at most; one that is much larger than those are is left to its thumbhash. */
const MAX_STILL_BYTES = 96 * 1024;

/**
 * What this browser's guest library would bring into the account. It is read as the guest: the account itself sees
 * none of it before the claim.
 * @returns null when there is nothing to bring.
 */
export async function previewClaim(
  server: Pick<Server, 'db' | 'now'> & Places,
  { userId, device }: Pick<SignIn, 'userId' | 'device'>,
  guest: GuestActor | null,
): Promise<ClaimPreview | null> {
  if (guest === null) return null;
  const { db } = server;
  const { counts, newest } = await readLibrary({ db, library: guest.library }, async (tx) => ({
    counts: await countLibrary(tx, guest.library),
    newest: await tx
      .select({
        id: media.id,
        kind: media.kind,
        width: media.width,
        height: media.height,
        thumbhash: media.thumbhash,
        key: storageObjects.key,
        backend: storageObjects.backend,
        mime: mediaFiles.mime,
        bytes: mediaFiles.bytes,
      })
      .from(media)
      .leftJoin(mediaFiles, and(eq(mediaFiles.mediaId, media.id), eq(mediaFiles.role, 'thumb')))
      .leftJoin(
        storageObjects,
        and(eq(storageObjects.key, mediaFiles.objectKey), eq(storageObjects.state, 'live')),
      )
      .where(and(eq(media.libraryId, guest.library), isLive, isNull(media.trashedAt)))
      .orderBy(...NEWEST_FIRST)
      .limit(CLAIM_THUMBS),
  }));
  if (isEmpty(counts)) return null;
  const { own, guestSession, session } = await asServer(server, async (tx) => {
    const [[guestSession], [session], own] = await Promise.all([
      tx
        .select({ keptApartFrom: guestSessions.keptApartFrom })
        .from(guestSessions)
        .where(eq(guestSessions.id, guest.sessionId)),
      tx
        .select({ beganHere: authSessions.beganHere })
        .from(authSessions)
        .where(and(eq(authSessions.id, device), eq(authSessions.userId, userId))),
      findOwnLibrary(tx, userId),
    ]);
    return { own, guestSession, session };
  });
  const isAdded =
    own !== null && !isEmpty(await readLibrary({ db, library: own.id }, (tx) => countLibrary(tx, own.id)));
  return {
    library: guest.library,
    counts,
    thumbs: await Promise.all(
      newest.map(async ({ key, backend, mime, bytes, ...item }) => ({
        ...item,
        image:
          key !== null && backend !== null && mime !== null
            ? await readStill(server, { key, backend, mime, bytes })
            : null,
      })),
    ),
    keptUntil: guest.keptUntil.toISOString(),
    isAdded,
    isKeptApart: guestSession?.keptApartFrom === userId,
    isAllowed: session?.beganHere ?? false,
  };
}

/** A storage that fails must not stand in the way of a claim: the thumbhash is shown in place of the still. */
async function readStill(
  places: Places,
  { key, backend, mime, bytes }: { key: StorageKey; backend: Backend; mime: string; bytes: number | null },
): Promise<string | null> {
  if (bytes === null || bytes > MAX_STILL_BYTES) return null;
  try {
    const stored = await (await storageOf(places, backend)).get(key);
    if (!stored) return null;
    const content = await new Response(stored.stream).arrayBuffer();
    return `data:${mime};base64,${Buffer.from(content).toString('base64')}`;
  } catch (error) {
    log.error('a still of a claim preview could not be read', error);
    return null;
  }
}
