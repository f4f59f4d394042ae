import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { uuidv7 } from 'uuidv7';
import { LibraryId, UserId } from '#core/owner.ts';
import { sessionCookie } from '../auth/cookies.ts';
import { makeGuest } from '../auth/guest.ts';
import { hashPassword } from '../auth/passwords.ts';
import { createSession, sealToken } from '../auth/sessions.ts';
import { asServer } from '../db/doors.ts';
import { users } from '../db/identity.ts';
import { libraries } from '../db/schema.ts';
import type { LibraryCtx } from '../context.ts';
import { openServer, type RunningServer } from '../server.ts';
import { createDiskStorage } from '../storage/disk.ts';
import type { Storage } from '../storage/port.ts';
import { testDatabase } from './database.ts';

/** Every real part, on this worker's database and a folder of its own, unless told otherwise. Jobs run when a test runs them. */
export async function openTestServer(databaseUrl?: string, storage?: Storage): Promise<RunningServer> {
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'afterimage-test-'));
  const server = await openServer({
    databaseUrl: databaseUrl ?? (await testDatabase()).url,
    storage: storage ?? (await createDiskStorage(folder)),
    scratch: path.join(folder, 'scratch'),
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

export type TestUser = { userId: UserId; email: string };

/** An account, its address proved, without a library until it writes. */
export async function newUser(
  server: RunningServer,
  { email, password }: { email?: string; password?: string } = {},
): Promise<TestUser> {
  const userId = UserId.parse(uuidv7());
  const user = { userId, email: email ?? `${userId}@example.org` };
  const passwordHash = password === undefined ? null : await hashPassword(password);
  const values = { id: userId, email: user.email, emailVerified: server.now(), passwordHash };
  await asServer(server, (tx) => tx.insert(users).values(values));
  return user;
}

/** Signs a test's account in: the name and value of the cookie that a browser would hold. */
export async function signInAs(
  server: RunningServer,
  { userId }: Pick<TestUser, 'userId'>,
  { beganHere = true, device = 'a test' } = {},
): Promise<[name: string, value: string]> {
  const token = await asServer(server, (tx) =>
    createSession(tx, server.now(), { userId, device, beganHere }),
  );
  return [sessionCookie(), await sealToken(token)];
}

/** The account's library, as its first write would have made it. */
export async function newLibrary(
  server: RunningServer,
  { userId }: Pick<TestUser, 'userId'>,
): Promise<LibraryCtx> {
  const library = LibraryId.parse(uuidv7());
  await asServer(server, (tx) => tx.insert(libraries).values({ id: library, userId }));
  return { ...server, library };
}
