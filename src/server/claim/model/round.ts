/**
 * One round: jobs that finish, a device that sends, two accounts that claim, all at once and through the real verbs.
 * Answers with everything that went wrong: what somebody was told, and what is in the database afterwards.
 */
import type { GenerationId } from '#core/media.ts';
import type { Op } from '#core/sync.ts';
import { findGuest } from '../../auth/guest.ts';
import type { Server } from '../../context.ts';
import { runGeneration } from '../../generation/run.ts';
import { providersFrom } from '../../providers/registry.ts';
import { pushOps } from '../../sync/push.ts';
import { PIXEL } from '../../testing/objects.ts';
import { claimLibrary } from '../claim.ts';
import { decide, ended, faultsOfJobs, sendAgain, takeBack } from './answers.ts';
import { findInDatabase, followAsDevice } from './findings.ts';
import { createMeter } from './meter.ts';
import type { Plan } from './plan.ts';
import { makeSetting, type Account, type Outcome, type Setting } from './setting.ts';

/** Makes a pixel; of one generation only when it is told to. */
export function pixelProviders(held: { id: GenerationId; until: Promise<void> } | null) {
  const bytes = Buffer.from(PIXEL, 'base64');
  return providersFrom([
    {
      id: 'test',
      models: [{ id: 'test-image', kind: 'image', label: 'Test', demo: true, fields: [] }],
      async generate({ requestId, seed }) {
        if (held && requestId.startsWith(held.id)) await held.until;
        return { bytes, poster: null, seed, actual: {} };
      },
      async close() {},
    },
  ]);
}

export function opsOf({ starred, kept, saved, collection }: Setting, also: Plan['also']): Op[] {
  const ops: Op[] = [
    { seq: 1, type: 'patch', id: starred, patch: { starred: true } },
    { seq: 2, type: 'trash', id: starred },
  ];
  if (also === 'save') ops.push({ seq: 3, type: 'save', id: saved, input: { data: PIXEL } });
  if (also === 'purge') ops.push({ seq: 3, type: 'purge', id: kept });
  if (also === 'collect') ops.push({ seq: 3, type: 'collect', id: starred, add: [collection], remove: [] });
  return ops;
}

/** As a request of a browser that holds the guest's cookie and is signed in. */
async function claimAs(server: Server, { token, library }: Setting, { signIn }: Account) {
  const guest = (await findGuest(server, token))?.actor ?? null;
  return claimLibrary(server, signIn, guest, { library });
}

/** @returns What went wrong; nothing, if all is well. */
export async function runRound(server: Server, plan: Plan): Promise<string[]> {
  const setting = await makeSetting(server, plan);
  const { clientId, library, a, b } = setting;
  const meter = createMeter();
  const released = Promise.withResolvers<void>();
  const lateJob = plan.undo && setting.jobs.find(({ kind }) => kind === 'whole');
  const watched: Server = {
    ...server,
    db: meter.watch(server.db),
    providers: pixelProviders(lateJob ? { id: lateJob.id, until: released.promise } : null),
  };
  const never = new AbortController().signal;
  const from = async <T>(start: number, work: () => Promise<T>) => {
    await meter.reached(start);
    return ended(work());
  };

  const run = ({ id }: Setting['jobs'][number]) => ended(runGeneration(watched, id, never));
  const jobs = setting.jobs.filter((job) => job !== lateJob).map(run);
  const late = lateJob ? [run(lateJob)] : [];
  void Promise.all(jobs).then(() => meter.open());
  const ops = opsOf(setting, plan.also);
  const writing = from(plan.starts.write, () => pushOps({ ...watched, library }, { clientId, ops }));
  const [first, again, other] = await Promise.all([
    from(plan.starts.a, () => claimAs(watched, setting, a)),
    from(plan.starts.again, () => claimAs(watched, setting, a)),
    from(plan.starts.b, () => claimAs(watched, setting, b)),
  ]);
  const { won, faults } = decide({ first, again, other }, setting);
  const written = await writing;
  faults.push(...faultsOfJobs(await Promise.all(jobs)));
  if (!won) {
    released.resolve();
    await Promise.all(late);
    return faults;
  }

  const outcome: Outcome = { ...won, home: won.claim.library, holder: won.winner };
  faults.push(...(await sendAgain(server, setting, outcome, ops, written)));
  if (plan.undo) {
    released.resolve();
    const [back, ends] = await Promise.all([
      takeBack(watched, outcome, plan.undo.reclaim),
      Promise.all(late),
    ]);
    faults.push(...back.faults, ...faultsOfJobs(ends));
    if (!back.undone) return faults;
    Object.assign(outcome, back.undone);
  } else {
    faults.push(...(await followAsDevice(server, setting, outcome)));
  }
  faults.push(...(await findInDatabase(server, setting, plan, ops.length, outcome)));
  return faults;
}
