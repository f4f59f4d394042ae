/**
 * Who owns what. A library is everything one owner has; it belongs to a user or to a guest session.
 * Invariant: a LibraryId is minted from a credential (server/auth) or from a job's own row (server/jobs),
 * never from input. Every owned row carries it, and nothing else about the owner.
 */
import { z } from 'zod';

export const LibraryId = z.uuid().brand<'LibraryId'>();
export type LibraryId = z.infer<typeof LibraryId>;

export const UserId = z.uuid().brand<'UserId'>();
export type UserId = z.infer<typeof UserId>;

export const SessionId = z.uuid().brand<'SessionId'>();
export type SessionId = z.infer<typeof SessionId>;

/** A session of an account, as a device list names it. */
export const DeviceId = z.uuid().brand<'DeviceId'>();
export type DeviceId = z.infer<typeof DeviceId>;

export type Actor =
  | {
      type: 'user';
      userId: UserId;
      /** Nobody's until the account first writes, so that a guest's can become it. */
      library: LibraryId;
      device: DeviceId;
      /** Signing in was begun in the browser that ended it. */
      beganHere: boolean;
    }
  | { type: 'guest'; sessionId: SessionId; library: LibraryId; keptUntil: Date }
  | { type: 'none' };

/**
 * The library of somebody without one. No row has this id, so for nobody every list is empty and every id is
 * NOT_FOUND, without a branch in any verb.
 */
export const NOBODYS_LIBRARY = LibraryId.parse('00000000-0000-0000-0000-000000000000');

/** The guest cookie lives 400 days, the longest that browsers keep one, and is renewed by use. */
export const GUEST_DAYS = 400;

export const Me = z.object({
  type: z.enum(['user', 'guest', 'none']),
  /** Public name of the library: a cache namespace, never a credential. */
  library: LibraryId.nullable(),
  /** Of a guest who does not come back: when everything begins to go. */
  keptUntil: z.iso.datetime().nullable(),
  /** Of an account: its name, or its e-mail. */
  name: z.string().nullable().optional(),
  /** Of an account: the person has asked for its deletion. */
  isLeaving: z.boolean().optional(),
  /** Of an account: the guest's library that this browser holds as well, and could bring along. */
  guest: LibraryId.nullable().optional(),
  /** Something is in it, and the account has not said yet whether it wants it. */
  isAsked: z.boolean().optional(),
});
export type Me = z.infer<typeof Me>;
