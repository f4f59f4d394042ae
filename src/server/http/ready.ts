import { sql } from 'drizzle-orm';
import { migrationsCurrent } from '../db/migrate.ts';
import { log } from '../log.ts';
import { getServer, type RunningServer } from '../server.ts';

type Check = (server: RunningServer) => Promise<boolean>;

const CHECKS: Record<string, Check> = {
  database: async ({ db }) => (await db.execute(sql`select 1`)).length === 1,
  migrations: ({ databaseUrl }) => migrationsCurrent(databaseUrl),
  storage: async ({ storage }) => {
    await storage.check();
    return true;
  },
};

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
  const checks = Object.fromEntries(
    await Promise.all(Object.entries(CHECKS).map(([name, check]) => runCheck(name, check))),
  );
  const isReady = Object.values(checks).every((state) => state === 'ok');
  return Response.json(
    { status: isReady ? 'ready' : 'not ready', checks },
    { status: isReady ? 200 : 503, headers: { 'Cache-Control': 'no-store' } },
  );
}
