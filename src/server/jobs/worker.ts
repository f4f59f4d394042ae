import { z } from 'zod';
import { GenerationId } from '#core/media.ts';
import { giveUpGeneration, runGeneration } from '../generation/run.ts';
import { findAbandoned } from '../generation/abandoned.ts';
import { sweepStorage } from '../ledger.ts';
import { log } from '../log.ts';
import { finishErasures } from '../privacy/erase.ts';
import { openConfiguredServer, type RunningServer } from '../server.ts';
import { PARTS_KEPT_FOR } from '../upload-parts.ts';
import { keepUp } from './nightly.ts';
import { GENERATE, NIGHTLY, SWEEP } from './queue.ts';

const GenerateJob = z.object({ id: GenerationId });

/** Generations that one worker makes at a time: pictures take a core each. */
const CONCURRENCY = 2;

/** Every minute: what a purge left to delete, and what a killed process left behind. */
const SWEEP_CRON = '* * * * *';
const NIGHTLY_CRON = '17 3 * * *';

/** Runs jobs in this process until the server closes. Several workers at once share the work. */
export async function runJobs(server: RunningServer): Promise<void> {
  const polling = { pollingIntervalSeconds: 1, notifyPollingIntervalSeconds: 1 };
  await server.boss.work(GENERATE, { ...polling, localConcurrency: CONCURRENCY }, async ([job]) => {
    if (!job) return;
    const { id } = GenerateJob.parse(job.data);
    try {
      await runGeneration(server, id, AbortSignal.any([server.stopping, job.signal]));
    } catch (error) {
      if (!server.stopping.aborted) log.error(`generation ${id} will be tried again`, error);
      throw error;
    }
  });
  await server.boss.work(SWEEP, polling, async () => {
    await sweepStorage(server);
    await server.parts.sweep(PARTS_KEPT_FOR);
    await finishErasures(server);
    for (const id of await findAbandoned(server)) await giveUpGeneration(server, id);
  });
  await server.boss.schedule(SWEEP, SWEEP_CRON);
  await server.boss.work(NIGHTLY, polling, () => keepUp(server));
  // A machine that is off at night does it when it is on again.
  await server.boss.schedule(NIGHTLY, NIGHTLY_CRON, null, { missed: 'once' });
}

/** A worker apart from the web process. */
export async function startWorker(): Promise<{ stop(): Promise<void> }> {
  const server = await openConfiguredServer('worker');
  await runJobs(server);
  return { stop: () => server.close() };
}
