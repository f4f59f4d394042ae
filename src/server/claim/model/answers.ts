/** What the actors of a round were told, judged. */
import { isDeepStrictEqual } from 'node:util';
import type { ClaimResult } from '#core/claim.ts';
import { AppError } from '#core/errors.ts';
import type { LibraryId } from '#core/owner.ts';
import type { Op, PushResult } from '#core/sync.ts';
import { findGuest } from '../../auth/guest.ts';
import type { Server } from '../../context.ts';
import { pushOps } from '../../sync/push.ts';
import { claimLibrary } from '../claim.ts';
import { undoClaim } from '../undo.ts';
import { readTaken } from './findings.ts';
import type { Plan } from './plan.ts';
import type { Account, Outcome, Setting } from './setting.ts';

export type Ended<T> = { value: T } | { error: unknown };

export const ended = <T>(work: Promise<T>): Promise<Ended<T>> =>
  work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );

const say = (error: unknown): string =>
  error instanceof Error
    ? [error.message, error.cause].filter(Boolean).map(String).join(': ')
    : String(error);
const show = (end: Ended<unknown>) => ('error' in end ? say(end.error) : JSON.stringify(end.value));
const isRefused = (end: Ended<unknown>, code: AppError['code']) =>
  'error' in end && end.error instanceof AppError && end.error.code === code;

export const faultsOfJobs = (ends: Ended<void>[]) =>
  ends.flatMap((end) => ('error' in end ? [`a job failed: ${say(end.error)}`] : []));

/** One account has it, and hears so as often as it asks; the other is told that there is nothing to bring. */
export function decide(
  { first, again, other }: Record<'first' | 'again' | 'other', Ended<ClaimResult>>,
  { a, b }: Pick<Setting, 'a' | 'b'>,
) {
  const faults: string[] = [];
  const refuse = (end: Ended<ClaimResult>) => {
    if (!isRefused(end, 'NOT_FOUND')) faults.push(`a loser was not refused, but told ${show(end)}`);
  };
  if ('value' in first) {
    refuse(other);
    if (!isDeepStrictEqual(first, again)) faults.push(`asked again, the winner was told ${show(again)}`);
    return { won: { winner: a, loser: b, claim: first.value }, faults };
  }
  refuse(first);
  refuse(again);
  if ('value' in other) return { won: { winner: b, loser: a, claim: other.value }, faults };
  refuse(other);
  faults.push('nobody has got the library');
  return { won: null, faults };
}

/**
 * The device repeats itself where the library is now: what was taken is known there, the rest takes effect.
 * @param before What it was told the first time; null: it has not sent anything yet.
 */
export async function sendAgain(
  server: Server,
  setting: Setting,
  { claim }: Outcome,
  ops: Op[],
  before: Ended<PushResult> | null,
): Promise<string[]> {
  const { clientId } = setting;
  const { taken, faults } = await readTaken(server, setting, claim.library);
  if (before && 'error' in before && !isRefused(before, 'OWNER_CHANGED'))
    faults.push(`a write was refused in other words: ${show(before)}`);
  if (before && 'value' in before && before.value.acks.some(({ status }) => status !== 'ok'))
    faults.push(`a write was not taken: ${show(before)}`);
  if (before && 'value' in before && taken !== ops.length)
    faults.push(`${ops.length} operations were acknowledged, and ${taken} are known`);
  const { acks } = await pushOps({ ...server, library: claim.library }, { clientId, ops });
  for (const { seq, status } of acks) {
    const expected = seq <= taken ? 'noop' : 'ok';
    if (status !== expected) faults.push(`operation ${seq}, sent again, is ${status} and not ${expected}`);
  }
  return faults;
}

type Undone = { home: LibraryId; holder: Account | null };

/**
 * Takes the claim back, twice at once, while the last job ends. Then somebody may claim what came back while the undo
 * is asked for once more.
 */
export async function takeBack(
  server: Server,
  { winner, loser, claim }: Outcome,
  reclaim: NonNullable<Plan['undo']>['reclaim'],
): Promise<{ undone: Undone | null; faults: string[] }> {
  const faults: string[] = [];
  const undo = () => ended(undoClaim(server, winner.signIn, null, claim.id));
  const [one, two] = await Promise.all([undo(), undo()]);
  for (const end of [one, two]) if ('error' in end) faults.push(`an undo failed: ${show(end)}`);
  if ('error' in one || 'error' in two) return { undone: null, faults };
  const home = one.value.library;
  if (two.value.library !== home) faults.push('two undos made two guests');
  const found = await Promise.all([one, two].map(({ value }) => findGuest(server, value.token)));
  const [guest, ...others] = found.flatMap((one) => (one ? [one.actor] : []));
  if (!guest || others.length > 0) faults.push(`${guest ? 'two credentials open' : 'nothing opens'} a guest`);
  if (!guest || reclaim === 'nobody') return { undone: { home, holder: null }, faults };

  const holder = reclaim === 'winner' ? winner : loser;
  const [claimed, repeated] = await Promise.all([
    ended(claimLibrary(server, holder.signIn, guest, { library: home })),
    undo(),
  ]);
  if ('error' in repeated && !isRefused(repeated, 'CONFLICT'))
    faults.push(`a repeated undo failed: ${show(repeated)}`);
  if ('value' in claimed) return { undone: { home: claimed.value.library, holder }, faults };
  faults.push(`what came back could not be claimed: ${show(claimed)}`);
  return { undone: { home, holder: null }, faults };
}
