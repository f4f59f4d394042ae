import { eq, sql } from 'drizzle-orm';
import { asServer } from '../db/doors.ts';
import { migrationsCurrent } from '../db/migrate.ts';
import { storageObjects } from '../db/schema.ts';
import { log } from '../log.ts';
import { getServer, type RunningServer } from '../server.ts';
import { inTime } from '../storage/in-time.ts';
import { storageOf } from '../storage/place.ts';
import type { Backend } from '../storage/port.ts';
import { LIMIT_MS } from '../storage/reach.ts';

type Check = (server: RunningServer) => Promise<boolean>;

const CHECKS: Record<string, Check> = {
  database: async ({ db }) => (await db.execute(sql`select 1`)).length === 1,
  migrations: ({ databaseUrl }) => migrationsCurrent(databaseUrl),
  storage: async ({ storage }) => {
    await inTime(storage.check(), LIMIT_MS);
    return true;
  },
};

/** Where bytes are changes when somebody moves them; to find out reads the whole ledger. */
const KNOWN_FOR_MS = 60_000;
let known: { databaseUrl: string; at: number; backends: Backend[] } | null = null;

async function backendsInUse(server: RunningServer): Promise<Backend[]> {
  const { databaseUrl } = server;
  if (known?.databaseUrl === databaseUrl && performance.now() - known.at < KNOWN_FOR_MS)
    return known.backends;
  const found = await asServer(server, (tx) =>
    tx
      .selectDistinct({ backend: storageObjects.backend })
      .from(storageObjects)
      .where(eq(storageObjects.state, 'live')),
  );
  const backends = found.map(({ backend }) => backend);
  known = { databaseUrl, at: performance.now(), backends };
  return backends;
}

/** One more for each storage that is written no longer and holds live objects. A database that fails is told already. */
async function checksOfOthers(server: RunningServer): Promise<[string, Check][]> {
  const inUse = await backendsInUse(server).catch(() => []);
  return inUse
    .filter((backend) => backend !== server.storage.backend)
    .map((backend) => [
      `storage:${backend}`,
      async () => {
        await inTime(
          storageOf(server, backend).then((storage) => storage.check()),
          LIMIT_MS,
        );
        return true;
      },
    ]);
}

async function runCheck(name: string, check: Check): Promise<[string, 'ok' | 'failed']> {
  try {
    return [name, (await check(await getServer())) ? 'ok' : 'failed'];
  } catch (error) {
    log.error(`readiness of ${name}`, error);
    return [name, 'failed'];
  }
}

/** 200 when requests can be served, 503 naming the part that cannot. */
export async function checkReadiness(): Promise<Response> {
  const others = await getServer()
    .then(checksOfOthers)
    .catch(() => []);
  const checks = Object.fromEntries(
    await Promise.all([...Object.entries(CHECKS), ...others].map(([name, check]) => runCheck(name, check))),
  );
  const isReady = Object.values(checks).every((state) => state === 'ok');
  return Response.json(
    { status: isReady ? 'ready' : 'not ready', checks },
    { status: isReady ? 200 : 503, headers: { 'Cache-Control': 'no-store' } },
  );
}
