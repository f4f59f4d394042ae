import { env } from '#env';
import { sweepAccounts } from '../account/upkeep.ts';
import { log } from '../log.ts';
import { eraseDue } from '../privacy/erase.ts';
import { applyRetention } from '../retention.ts';
import type { RunningServer } from '../server.ts';
import { purgeTombstones } from '../sync/tombstones.ts';

/** One step that fails keeps no other from its turn: what was promised to people is not held up by a sweep of limits. */
export async function keepUp(server: RunningServer): Promise<void> {
  const { TRASH_DAYS: trashDays, GUEST_IDLE_DAYS: guestIdleDays } = env();
  const steps: Record<string, () => Promise<unknown>> = {
    erasures: async () => {
      if ((await eraseDue(server)) > 0) await server.queue.sendSweep();
    },
    retention: () => applyRetention(server, { trashDays, guestIdleDays, signal: server.stopping }),
    accounts: () => sweepAccounts(server),
    tombstones: () => purgeTombstones(server),
    limits: () => server.limits.sweep(),
  };
  const failed: string[] = [];
  for (const [name, step] of Object.entries(steps)) {
    try {
      await step();
    } catch (error) {
      log.error(`nightly upkeep of ${name} will be tried again`, error);
      failed.push(name);
    }
  }
  if (failed.length > 0) throw new Error(`Nightly upkeep failed of ${failed.join(', ')}.`);
}
