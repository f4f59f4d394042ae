import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EnvSchema } from '../src/env.ts';
import { takeLock } from '../src/server/lock.ts';
import { keptSecret } from './prepare.ts';

let dir: string;
/** Accepts connections and never says a word. */
const silent = net.createServer(() => {});
let silentPort = '';

beforeAll(async () => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'afterimage-start-'));
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const address = silent.address();
  silentPort = String(typeof address === 'object' ? address?.port : '');
});
afterAll(() => {
  silent.close();
  fs.rmSync(dir, { recursive: true });
});

async function start(env: Record<string, string>) {
  const blank = Object.fromEntries(Object.keys(EnvSchema.shape).map((name) => [name, '']));
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'start.ts')], {
    env: { ...process.env, ...blank, DATA_DIR: path.join(dir, 'data'), PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => (output += text.toString()));
  const [code]: unknown[] = await once(child, 'exit');
  return { code, output: output.trim() };
}

const expectFailure = async (env: Record<string, string>, message: RegExp) => {
  const { code, output } = await start(env);
  expect(output).toMatch(message);
  expect(output).not.toContain('\n');
  expect(output).not.toContain('hidden');
  expect(code).toBe(1);
};

test('a variable that cannot be read', () => expectFailure({ PORT: 'abc' }, /^afterimage: PORT must be/));

test('a public host without what it needs', () =>
  expectFailure(
    { HOST: '0.0.0.0', DATA_DIR: '' },
    /NEXTAUTH_URL, AUTH_SECRET, DATABASE_URL, STORAGE or DATA_DIR/,
  ));

test('a busy port', () =>
  expectFailure({ PORT: silentPort }, new RegExp(`Port ${silentPort} is in use .*set PORT`)));

test('a secret that was cut is made anew, and a whole one kept', () => {
  const folder = fs.mkdtempSync(path.join(dir, 'secret-'));
  fs.writeFileSync(path.join(folder, 'auth-secret'), '');
  const made = keptSecret(folder);
  expect(made).toHaveLength(43);
  expect(keptSecret(folder)).toBe(made);
});

test('a host of another machine', () =>
  expectFailure(
    {
      HOST: '192.0.2.1',
      NEXTAUTH_URL: 'https://gallery.example.org',
      AUTH_SECRET: 'sixteen characters',
      DATABASE_URL: 'postgres://hidden:hidden@127.0.0.1:1/x',
    },
    /HOST 192\.0\.2\.1 is not an address of this machine/,
  ));

test('a data folder that cannot be one', async () => {
  fs.writeFileSync(path.join(dir, 'file'), '');
  await expectFailure({ DATA_DIR: path.join(dir, 'file') }, /DATA_DIR .*file is a file: name a folder$/);
  await expectFailure(
    { DATA_DIR: path.join(dir, 'file/data') },
    /DATA_DIR .* cannot be written \(ENOTDIR\).*set DATA_DIR/,
  );
});

test('a data folder in use', async () => {
  const used = path.join(dir, 'used');
  fs.mkdirSync(used);
  await takeLock(path.join(used, 'lock'));
  await expectFailure(
    { DATA_DIR: used },
    new RegExp(`in use by a live process \\(${process.pid}\\).*set DATA_DIR`),
  );
});

test('a database where nobody listens', () =>
  expectFailure(
    { DATABASE_URL: 'postgres://hidden:hidden@127.0.0.1:1/gallery' },
    /DATABASE_URL: Postgres at 127\.0\.0\.1:1\/gallery cannot be reached \(.*ECONNREFUSED.*\): start it/,
  ));

test(
  'a database that accepts and never answers',
  () =>
    expectFailure(
      { DATABASE_URL: `postgres://hidden:hidden@127.0.0.1:${silentPort}/gallery` },
      /no answer in 5 s/,
    ),
  15_000,
);
