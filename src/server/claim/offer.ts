import type { UserId } from '#core/owner.ts';
import type { findGuest } from '../auth/guest.ts';
import type { Server } from '../context.ts';
import { readLibrary } from '../db/doors.ts';
import { countLibrary, isEmpty } from './counts.ts';

type FoundGuest = NonNullable<Awaited<ReturnType<typeof findGuest>>>;

/** Whether an account is to be asked about the guest's library of its browser: there is something, and no answer yet. */
export async function isOpenQuestion(
  { db }: Pick<Server, 'db'>,
  userId: UserId,
  { actor: { library }, keptApartFrom }: FoundGuest,
): Promise<boolean> {
  if (keptApartFrom === userId) return false;
  return !isEmpty(await readLibrary({ db, library }, (tx) => countLibrary(tx, library)));
}
