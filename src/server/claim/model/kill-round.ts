/**
 * A claim whose connection is ended at one of its statements, while jobs of the guest finish: it has happened whole or
 * not at all, and asking again completes it.
 */
import { sql } from 'drizzle-orm';
import { findGuest } from '../../auth/guest.ts';
import type { Server } from '../../context.ts';
import type { Db } from '../../db/client.ts';
import { runGeneration } from '../../generation/run.ts';
import { claimLibrary } from '../claim.ts';
import { ended, faultsOfJobs, sendAgain } from './answers.ts';
import { findInDatabase, followAsDevice } from './findings.ts';
import type { Kill, Killer } from '../../testing/killer.ts';
import { findParts } from './parts.ts';
import type { Before, Plan } from './plan.ts';
import { opsOf, pixelProviders } from './round.ts';
import { makeSetting, type Outcome } from './setting.ts';

const planFor = (a: Before): Plan => ({
  before: { a, b: 'used' },
  jobs: ['rest', 'whole'],
  starts: { a: 0, again: 0, b: 0, write: 0 },
  also: 'nothing',
  undo: null,
});

/** After a loss, the driver answers once with the error of the connection that is gone. */
async function reconnect(db: Db): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await db.execute(sql`select`);
      return;
    } catch (error) {
      if (tries === 3) throw error;
    }
  }
}

/** @property statements How many of the claim ended. @property found What the claim had done when it was over. */
export type Killed = { statements: number; found: 'whole' | 'nothing' | 'half'; faults: string[] };

/** @param kill Null: nothing is done to it. */
export async function runKillRound(
  server: Server,
  { killer, claimer }: { killer: Killer; claimer: Db },
  before: Before,
  kill: Kill | null,
): Promise<Killed> {
  const plan = planFor(before);
  const setting = await makeSetting(server, plan);
  const { a, b, library, token } = setting;
  const guest = (await findGuest(server, token))?.actor ?? null;
  await reconnect(claimer);
  const never = new AbortController().signal;
  const watched = { ...server, providers: pixelProviders(null) };
  const jobs = setting.jobs.map(({ id }) => ended(runGeneration(watched, id, never)));

  killer.arm(kill);
  const first = await ended(claimLibrary({ ...server, db: claimer }, a.signIn, guest, { library }));
  const statements = await killer.disarm();
  const { found, faults } = await findParts(server, setting);
  if ('value' in first && found !== 'whole')
    faults.push(`the claim was answered, and ${found} of it is there`);

  const again = await ended(claimLibrary(server, a.signIn, guest, { library }));
  faults.push(...faultsOfJobs(await Promise.all(jobs)));
  if ('error' in again)
    return { statements, found, faults: [...faults, `asked again: ${String(again.error)}`] };
  const claim = again.value;
  const outcome: Outcome = { winner: a, loser: b, claim, home: claim.library, holder: a };
  const ops = opsOf(setting, plan.also);
  faults.push(...(await sendAgain(server, setting, outcome, ops, null)));
  faults.push(...(await followAsDevice(server, setting, outcome)));
  faults.push(...(await findInDatabase(server, setting, plan, ops.length, outcome)));
  return { statements, found, faults };
}
