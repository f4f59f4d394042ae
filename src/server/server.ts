import path from 'node:path';
import type { PgBoss } from 'pg-boss';
import { env } from '#env';
import type { Server } from './context.ts';
import { connect } from './db/client.ts';
import { createFetcher } from './fetch/fetcher.ts';
import { createBodyRoom } from './http/body.ts';
import { openQueue, startBoss } from './jobs/queue.ts';
import { createLimits } from './limits.ts';
import { log } from './log.ts';
import { createMail } from './mail.ts';
import { createProviders } from './providers/registry.ts';
import { onShutdown } from './shutdown.ts';
import { listenForPokes } from './sync/pokes.ts';
import { configuredBackends, openOtherStorage, openStorage } from './storage/open.ts';
import { createUploadParts } from './upload-parts.ts';
import type { Backend, Storage } from './storage/port.ts';

/** A server whose jobs this process may also run. */
export type RunningServer = Server & {
  boss: PgBoss;
  databaseUrl: string;
  /** Fires when the process stops: work that another worker can take over should end at once. */
  stopping: AbortSignal;
  close(): Promise<void>;
};

type Options = {
  databaseUrl: string;
  storage: Storage;
  otherStorage?: Server['otherStorage'];
  /** Every storage that can be read here. */
  backends?: readonly Backend[];
  /** A worker also watches over the queue; a sender only enqueues. */
  role: 'worker' | 'sender';
  /** A folder for files on their way in; of no use after a restart. */
  scratch?: string;
};

export async function openServer({
  databaseUrl,
  storage,
  otherStorage = async () => null,
  backends = [storage.backend],
  role,
  scratch = path.join(env().DATA_DIR, 'scratch'),
}: Options): Promise<RunningServer> {
  const stopping = new AbortController();
  const connection = connect(databaseUrl);
  const boss = await startBoss(databaseUrl, role);
  const pokes = await listenForPokes(databaseUrl, backends);
  const providers = createProviders();
  return {
    db: connection.db,
    storage,
    otherStorage,
    providers,
    queue: openQueue(boss),
    pokes,
    limits: createLimits(connection.db),
    fetcher: createFetcher({ folder: scratch }),
    bodies: createBodyRoom(),
    parts: createUploadParts(path.join(scratch, 'uploads')),
    mail: createMail(env()),
    now: () => new Date(),
    boss,
    databaseUrl,
    stopping: stopping.signal,
    async close() {
      stopping.abort(new Error('This server is stopping.'));
      await boss.stop({ graceful: true, timeout: 5000 });
      await providers.close();
      await pokes.close();
      await connection.close();
    },
  };
}

/** As `openServer`, by the configuration of this process. */
export async function openConfiguredServer(role: Options['role']): Promise<RunningServer> {
  const { DATABASE_URL } = env();
  if (!DATABASE_URL)
    throw new Error('DATABASE_URL is not set: start with npm start, which brings a database');
  const storage = await openStorage(env());
  // Said at once to whoever starts it. A storage that is out for a while need not keep the pages away.
  storage.check().catch((error: unknown) => log.error('the storage cannot be used; see /api/ready', error));
  return openServer({
    databaseUrl: DATABASE_URL,
    storage,
    otherStorage: openOtherStorage(env()),
    backends: configuredBackends(env()),
    role,
  });
}

declare global {
  // A bundler gives each route its own copy of this module; the process has one server.
  var afterimageServer: Promise<RunningServer> | undefined;
}

/** The server of this process, opened at the first call. */
export function getServer(): Promise<RunningServer> {
  globalThis.afterimageServer ??= openConfiguredServer(env().JOBS === 'inline' ? 'worker' : 'sender').then(
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
