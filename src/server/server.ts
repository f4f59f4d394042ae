import path from 'node:path';
import type { PgBoss } from 'pg-boss';
import { env } from '#env';
import type { Server } from './context.ts';
import { connect } from './db/client.ts';
import { openQueue, startBoss } from './jobs/queue.ts';
import { createProviders } from './providers/registry.ts';
import { onShutdown } from './shutdown.ts';
import { createDiskStorage } from './storage/disk.ts';

/** A server whose jobs this process may also run. */
export type RunningServer = Server & {
  boss: PgBoss;
  databaseUrl: string;
  /** Fires when the process stops: work that another worker can take over should end at once. */
  stopping: AbortSignal;
  close(): Promise<void>;
};

export async function openServer(role: 'worker' | 'sender'): Promise<RunningServer> {
  const { DATABASE_URL, DATA_DIR } = env();
  if (!DATABASE_URL)
    throw new Error('DATABASE_URL is not set: start with npm start, which brings a database');
  const connection = connect(DATABASE_URL);
  const boss = await startBoss(DATABASE_URL, role);
  const providers = createProviders();
  const stopping = new AbortController();
  return {
    db: connection.db,
    storage: await createDiskStorage(path.join(DATA_DIR, 'objects')),
    providers,
    queue: openQueue(boss),
    now: () => new Date(),
    boss,
    databaseUrl: DATABASE_URL,
    stopping: stopping.signal,
    async close() {
      stopping.abort(new Error('This server is stopping.'));
      await boss.stop({ graceful: true, timeout: 5000 });
      await providers.close();
      await connection.close();
    },
  };
}

declare global {
  // A bundler gives each route its own copy of this module; the process has one server.
  var afterimageServer: Promise<RunningServer> | undefined;
}

/** The server of this process, opened at the first call. */
export function getServer(): Promise<RunningServer> {
  globalThis.afterimageServer ??= openServer(env().JOBS === 'inline' ? 'worker' : 'sender').then(
    (server) => {
      onShutdown(() => server.close());
      return server;
    },
    (error: unknown) => {
      globalThis.afterimageServer = undefined;
      throw error;
    },
  );
  return globalThis.afterimageServer;
}
