import { sql } from 'drizzle-orm';
import { fromDrizzle, PgBoss } from 'pg-boss';
import type postgres from 'postgres';
import type { GenerationId } from '#core/media.ts';
import type { Tx } from '../db/client.ts';
import { log } from '../log.ts';

/** Attempts at one job. Each death of a worker costs one: what kills five workers is not tried a sixth time. */
const RETRY_LIMIT = 5;

/** A worker that stops beating loses its job to another after this long. Ten is the least that pg-boss takes. */
const HEARTBEAT_SECONDS = 10;

/**
 * Seconds before the next attempt, doubled with each: what fails by its own fault ends as a failed output and not as a
 * failed job, so that a job which fails waits for something that is out of reach.
 */
const RETRY = { retryDelay: 1, retryBackoff: true, retryDelayMax: 60 };

export const GENERATE = 'generate';
export const SWEEP = 'sweep';
export const NIGHTLY = 'nightly';

/** How long ended jobs are kept, in seconds. */
const KEPT: [queue: string, seconds: number][] = [
  [GENERATE, 86_400],
  [SWEEP, 3600],
  [NIGHTLY, 86_400],
];

export type Queue = {
  /** Enqueues in the caller's transaction: no generation without a job, no job without its generation. */
  sendGeneration(tx: Tx, id: GenerationId): Promise<void>;
  /** Asks for bytes that a purge has doomed to be deleted soon. Repeated requests within 5 s count once. Never fails. */
  sendSweep(): Promise<void>;
};

/** @param role `worker` also watches over jobs and schedules; `sender` only enqueues. */
export async function startBoss(url: string, role: 'worker' | 'sender'): Promise<PgBoss> {
  const boss = new PgBoss({
    connectionString: url,
    application_name: 'afterimage-queue',
    max: role === 'worker' ? 6 : 2,
    migrate: false,
    supervise: role === 'worker',
    schedule: role === 'worker',
    superviseIntervalSeconds: 5,
    monitorIntervalSeconds: 5,
    useListenNotify: true,
  });
  boss.on('error', (error) => log.error('queue', error));
  await boss.start();
  return boss;
}

export function openQueue(boss: PgBoss): Queue {
  return {
    async sendGeneration(tx, id) {
      await boss.send(GENERATE, { id }, { id, db: fromDrizzle(tx, sql) });
    },
    async sendSweep() {
      const once = { singletonKey: 'purge', singletonSeconds: 5, singletonNextSlot: true };
      await boss.send(SWEEP, {}, once).catch((error: unknown) => {
        log.error('doomed bytes go with the sweep of the next minute', error);
      });
    },
  };
}

/** Makes the queue's tables and lets the app's roles enqueue. Repeatable. */
export async function installQueue(url: string, db: postgres.Sql): Promise<void> {
  const boss = new PgBoss({ connectionString: url, max: 2, supervise: false, schedule: false });
  boss.on('error', (error) => log.error('queue', error));
  await boss.start();
  try {
    const settings = {
      retryLimit: RETRY_LIMIT,
      ...RETRY,
      heartbeatSeconds: HEARTBEAT_SECONDS,
      expireInSeconds: 3600,
      notify: true,
    };
    for (const [name, deleteAfterSeconds] of KEPT) {
      const options = { ...settings, deleteAfterSeconds };
      await boss.createQueue(name, options);
      // One that an earlier version has made keeps its settings otherwise.
      await boss.updateQueue(name, options);
    }
    await db.unsafe(`
      grant usage on schema pgboss to app_user, app_worker;
      grant select, insert, update on all tables in schema pgboss to app_user, app_worker;
      grant execute on all functions in schema pgboss to app_user, app_worker;
    `);
  } finally {
    await boss.stop({ graceful: false });
  }
}
