/**
 * A guest's library that comes into an account. A claim is whole or not at all; what it brought can go back to a
 * guest session for seven days.
 */
import { z } from 'zod';
import { MediaId } from './media.ts';
import { LibraryId } from './owner.ts';
import { Kind } from './settings.ts';

export const ClaimId = z.uuid().brand<'ClaimId'>();
export type ClaimId = z.infer<typeof ClaimId>;

export const UNDO_CLAIM_DAYS = 7;

/** Stills that a preview shows. */
export const CLAIM_THUMBS = 8;

/** What a library holds that a person would miss. Trashed items count among `trashed` alone. */
export const ClaimCounts = z.object({
  images: z.int(),
  videos: z.int(),
  collections: z.int(),
  trashed: z.int(),
  /** Generations still under way: their results arrive wherever the library is by then. */
  unfinished: z.int(),
});
export type ClaimCounts = z.infer<typeof ClaimCounts>;

/**
 * repointed: the guest's library became the account's, under the same id and cursor. merged: its rows were moved into
 * the library that the account had.
 */
export const ClaimWay = z.enum(['repointed', 'merged']);
export type ClaimWay = z.infer<typeof ClaimWay>;

export const ClaimThumb = z.object({
  id: MediaId,
  kind: Kind,
  width: z.int(),
  height: z.int(),
  /** Base64, as in `Media`. */
  thumbhash: z.string().nullable(),
  /** The still itself as a `data:` URL: its bytes belong to the guest's library, which an account cannot read. */
  image: z.string().nullable(),
});

/** The guest's library that this browser holds beside the account that is signed in. */
export const ClaimPreview = z.object({
  library: LibraryId,
  counts: ClaimCounts,
  /** The newest, at most `CLAIM_THUMBS`. */
  thumbs: z.array(ClaimThumb),
  /** Until when it stays if it is kept apart, and the browser does not come back. */
  keptUntil: z.iso.datetime(),
  /** Whether the account has something of its own to which this would be added. */
  isAdded: z.boolean(),
  /** The person has said already that it should stay apart from this account. */
  isKeptApart: z.boolean(),
  /** false: the sign-in was not begun in this browser. Signing in again here allows it. */
  isAllowed: z.boolean(),
});
export type ClaimPreview = z.infer<typeof ClaimPreview>;

/** Names the guest's library that the person was shown, so that no other one is taken in its place. */
export const ClaimInput = z.strictObject({ library: LibraryId });
export type ClaimInput = z.infer<typeof ClaimInput>;

export const ClaimResult = z.object({
  id: ClaimId,
  way: ClaimWay,
  /** The guest's library. Of a re-pointed one, `library` is the same. */
  from: LibraryId,
  /** The account's library from now on. */
  library: LibraryId,
  counts: ClaimCounts,
  undoUntil: z.iso.datetime(),
});
export type ClaimResult = z.infer<typeof ClaimResult>;

export const PastClaim = ClaimResult.extend({
  createdAt: z.iso.datetime(),
  undoneAt: z.iso.datetime().nullable(),
});
export type PastClaim = z.infer<typeof PastClaim>;

export const UndoClaimInput = z.strictObject({ id: ClaimId });
export const UndoneClaim = z.object({ id: ClaimId, library: LibraryId });
