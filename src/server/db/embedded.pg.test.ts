import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import postgres from 'postgres';
import { identifyProcess } from '../process.ts';
import { findEmbedded, startEmbedded } from './embedded.ts';

let parent: string;
let dir: string;
/** A cluster that was made, started and stopped once, to begin the tests with. */
let stopped: string;

const makeFolder = () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'afterimage-embedded-'));
  fs.chmodSync(folder, 0o755);
  return folder;
};

beforeAll(async () => {
  stopped = makeFolder();
  const server = await startEmbedded(stopped, { throwAway: true });
  await server.stop();
});
afterAll(() => fs.rmSync(stopped, { recursive: true }));

beforeEach(() => {
  parent = makeFolder();
  dir = path.join(parent, 'data');
  fs.cpSync(stopped, dir, { recursive: true });
});

afterEach(async () => {
  for (const name of fs.readdirSync(parent)) await (await findEmbedded(path.join(parent, name)))?.stop(0);
  fs.rmSync(parent, { recursive: true });
});

async function query(url: string, text: string): Promise<unknown> {
  const sql = postgres(url, { max: 1, onnotice() {} });
  try {
    return await sql.unsafe(text);
  } finally {
    await sql.end();
  }
}

const insert = (url: string) => query(url, 'create table kept as select 42 as answer');
const read = (url: string) => query(url, 'select answer from kept');

test('a stopped server starts again with its data, port and login', async () => {
  const first = await startEmbedded(dir);
  expect(first.adopted).toBe(false);
  await insert(first.url);
  await first.stop();
  expect(identifyProcess(first.pid)).toBe(null);
  expect(await findEmbedded(dir)).toBe(null);

  const second = await startEmbedded(dir);
  expect(second).toMatchObject({ adopted: false, url: first.url });
  expect(await read(second.url)).toMatchObject([{ answer: 42 }]);
});

test('a login that is cut, and files of another version, are told with what to do', async () => {
  const settings = path.join(dir, 'postgres.json');
  const whole = fs.readFileSync(settings);
  fs.writeFileSync(settings, '{"po');
  await expect(startEmbedded(dir)).rejects.toThrow(/postgres\.json is missing or cut.*restore a backup/);
  fs.writeFileSync(settings, whole);
  fs.writeFileSync(path.join(dir, 'postgres/PG_VERSION'), '12\n');
  await expect(startEmbedded(dir)).rejects.toThrow(/is of Postgres 12, and this Afterimage brings another/);
});

test('a server whose parent was killed is taken over, not started twice', async () => {
  const module = path.join(import.meta.dirname, 'embedded.ts');
  const code = `const { startEmbedded } = await import(${JSON.stringify(module)});
    console.log((await startEmbedded(${JSON.stringify(dir)})).pid); setInterval(() => {}, 1000);`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line]: Buffer[] = await once(owner.stdout, 'data');
  owner.kill('SIGKILL');
  await once(owner, 'exit');

  const adopted = await startEmbedded(dir);
  expect(adopted).toMatchObject({ adopted: true, pid: Number(line?.toString()) });
  await adopted.stop();
  expect(identifyProcess(adopted.pid)).toBe(null);
});

test('a server that was killed itself recovers what it had acknowledged', async () => {
  const first = await startEmbedded(dir);
  await insert(first.url);
  process.kill(first.pid, 'SIGKILL');
  const second = await startEmbedded(dir);
  expect(second.adopted).toBe(false);
  expect(await read(second.url)).toMatchObject([{ answer: 42 }]);
});

test('a pid file of a crash does not block when its pid now belongs to another program', async () => {
  const first = await startEmbedded(dir);
  await first.stop();
  fs.writeFileSync(path.join(dir, 'postgres/postmaster.pid'), `${process.pid}\n${dir}/postgres\n`);
  expect(await startEmbedded(dir)).toMatchObject({ adopted: false });
});

test('a copy of a data folder in use gets a server of its own', async () => {
  const original = await startEmbedded(dir);
  await insert(original.url);
  await query(original.url, 'checkpoint');
  const copy = path.join(parent, 'copy');
  fs.cpSync(dir, copy, { recursive: true });
  const copied = await startEmbedded(copy);
  expect(copied.adopted).toBe(false);
  expect(new URL(copied.url).port).not.toBe(new URL(original.url).port);
  expect(await read(copied.url)).toMatchObject([{ answer: 42 }]);
  expect(await read(original.url)).toMatchObject([{ answer: 42 }]);
});

test('a first start that was cut short leaves nothing that is taken for a database', async () => {
  fs.rmSync(dir, { recursive: true });
  fs.mkdirSync(path.join(dir, 'postgres.new/base'), { recursive: true });
  fs.writeFileSync(path.join(dir, 'postgres.new/PG_VERSION'), '18\n');
  const server = await startEmbedded(dir);
  expect(await query(server.url, 'select 1 as one')).toMatchObject([{ one: 1 }]);
});

test('the login is readable by its owner alone, and another password is refused', async () => {
  const server = await startEmbedded(dir);
  expect(fs.statSync(path.join(dir, 'postgres.json')).mode & 0o777).toBe(0o600);
  const url = new URL(server.url);
  url.password = 'wrong';
  await expect(query(url.href, 'select 1')).rejects.toThrow('password authentication failed');
});
