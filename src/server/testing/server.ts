import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { makeGuest } from '../auth/guest.ts';
import type { LibraryCtx } from '../context.ts';
import { openServer, type RunningServer } from '../server.ts';
import { testDatabase } from './database.ts';

/** Every real part, on this worker's database and a folder of its own. Jobs run when a test runs them. */
export async function openTestServer(databaseUrl?: string): Promise<RunningServer> {
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'afterimage-test-'));
  const server = await openServer({
    databaseUrl: databaseUrl ?? (await testDatabase()).url,
    folder,
    role: 'sender',
  });
  return {
    ...server,
    async close() {
      await server.close();
      await fs.rm(folder, { recursive: true, force: true });
    },
  };
}

/** The server of a test file, opened before its tests and closed after them. */
export function useTestServer(): () => RunningServer {
  let server: RunningServer | undefined;
  beforeAll(async () => {
    server = await openTestServer();
  });
  afterAll(() => server?.close());
  return () => {
    if (!server) throw new Error('the test server opens before the first test');
    return server;
  };
}

export type Guest = LibraryCtx & { token: string };

/** Somebody with an empty library, who can act on it and call the API with the token. */
export async function newGuest(server: RunningServer): Promise<Guest> {
  const { token, actor } = await makeGuest(server);
  return { ...server, library: actor.library, token };
}
