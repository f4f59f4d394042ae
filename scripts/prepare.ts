/** The steps before anything is served. Each one fails with one line that says what to do. */
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { missingForPublicHost, readEnv, type Env } from '../src/env.ts';
import { takeLock, type Lock } from '../src/server/lock.ts';

const codeOf = (error: unknown) =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;

/** Variables given to the process win over `.env.local`, and that over `.env`. */
export function loadEnv(): Env {
  for (const file of ['.env.local', '.env']) {
    if (fs.existsSync(file)) process.loadEnvFile(file);
  }
  const env = readEnv(process.env);
  const missing = missingForPublicHost(process.env);
  if (missing.length > 0) {
    throw new Error(
      `HOST ${env.HOST} can be reached by others: set ${missing.join(', ')} first, or leave HOST at 127.0.0.1`,
    );
  }
  if (fs.statSync(env.DATA_DIR, { throwIfNoEntry: false })?.isFile())
    throw new Error(`DATA_DIR ${env.DATA_DIR} is a file: name a folder`);
  return env;
}

/** Makes the data folder and proves that it can be written. */
export function openDataFolder(dir: string) {
  try {
    // Postgres runs as another user when this one is root, and has to pass through.
    fs.mkdirSync(dir, { recursive: true, mode: process.getuid?.() === 0 ? 0o755 : 0o700 });
    const probe = path.join(dir, `.probe-${process.pid}`);
    fs.writeFileSync(probe, '');
    fs.rmSync(probe);
  } catch (error) {
    const reason = codeOf(error) ?? String(error);
    throw new Error(
      `DATA_DIR ${dir} cannot be written (${reason}): make it writable, or set DATA_DIR to another folder`,
      { cause: error },
    );
  }
}

export async function lockDataFolder(dir: string): Promise<Lock> {
  const lock = await takeLock(path.join(dir, 'lock'));
  if ('release' in lock) return lock;
  throw new Error(
    `The data folder ${dir} is in use by a live process (${lock.heldBy}): stop that one, or set DATA_DIR to another folder`,
  );
}

/** The secret that signs sessions and links: made once, then kept. One that a loss of power has cut is made anew. */
export function keptSecret(dir: string): string {
  const file = path.join(dir, 'auth-secret');
  const kept = fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim() : '';
  if (kept.length >= 16) return kept;
  const made = randomBytes(32).toString('base64url');
  fs.writeFileSync(`${file}.new`, made, { mode: 0o600, flush: true });
  fs.renameSync(`${file}.new`, file);
  return made;
}

/** @returns The port to listen on: the one asked for, or a free one for 0. */
export function choosePort(host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', (error) => reject(new Error(explainListen(error, host, port))));
    server.listen(port, host, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : port));
    });
  });
}

export function explainListen(error: unknown, host: string, port: number): string {
  const code = codeOf(error);
  if (code === 'EADDRINUSE') {
    return `Port ${port} is in use by another program: stop it, or set PORT to a free one`;
  }
  if (code === 'EACCES') return `Port ${port} is not open to this user: set PORT to 1024 or more`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return `HOST ${host} is not an address of this machine: set HOST to one that is`;
  }
  return `Cannot listen on ${host}:${port}: ${String(error)}`;
}

const REACH_TIMEOUT_S = 5;

/** Proves that a given database answers. The message names the server, never the login's password. */
export async function reachDatabase(url: string) {
  const { hostname, port, pathname } = new URL(url);
  const sql = postgres(url, { max: 1, connect_timeout: REACH_TIMEOUT_S, onnotice() {} });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${REACH_TIMEOUT_S} s`)), REACH_TIMEOUT_S * 1000);
  });
  try {
    await Promise.race([sql`select 1`, late]);
  } catch (error) {
    const reason =
      codeOf(error) === 'CONNECT_TIMEOUT' ? `no answer in ${REACH_TIMEOUT_S} s` : messageOf(error);
    throw new Error(
      `DATABASE_URL: Postgres at ${hostname}:${port || 5432}${pathname} cannot be reached (${reason}): start it, or correct the address`,
      { cause: error },
    );
  } finally {
    clearTimeout(timer);
    void sql.end({ timeout: 0 });
  }
}

// Node reports several failed addresses of one host as an error without a message.
const messageOf = (error: unknown) => (error instanceof Error && error.message) || codeOf(error) || 'refused';
