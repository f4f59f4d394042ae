import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockHolder, takeLock, withLock } from './lock.ts';
import { identifyProcess } from './process.ts';

let dir: string;
let file: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'afterimage-lock-'));
  file = path.join(dir, 'lock');
});
afterEach(() => fs.rmSync(dir, { recursive: true }));

const hold = (pid: number, identity: string) => fs.writeFileSync(file, JSON.stringify({ pid, identity }));

test('a lock held by a live process is refused, with its pid, until it is released', async () => {
  const lock = await takeLock(file);
  expect(await takeLock(file)).toEqual({ heldBy: process.pid });
  if ('release' in lock) lock.release();
  expect(lockHolder(file)).toBe(null);
  expect(await takeLock(file)).toHaveProperty('release');
});

test.each([
  ['a dead process', () => hold(4_190_000, 'gone')],
  ['an older process that had the same pid', () => hold(process.pid, `${identifyProcess(process.pid)}0`)],
  ['nobody that can be read', () => fs.writeFileSync(file, '{"pid":')],
])('a lock left by %s does not block', async (_, leave) => {
  leave();
  expect(lockHolder(file)).toBe(null);
  expect(await takeLock(file)).toHaveProperty('release');
  expect(fs.readdirSync(dir)).toEqual(['lock']);
});

test('of many that find a dead holder at the same moment, one takes the lock', async () => {
  const module = JSON.stringify(path.join(import.meta.dirname, 'lock.ts'));
  const code = `const { takeLock } = await import(${module});
    process.on('message', async () => process.send('release' in (await takeLock(${JSON.stringify(file)}))));
    process.send('loaded');`;
  const args = ['--input-type=module', '-e', code];
  const children = Array.from({ length: 6 }, () =>
    spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }),
  );
  const answers = () =>
    Promise.all(children.map((child) => once(child, 'message').then(([answer]: unknown[]) => answer)));
  await answers();
  for (let round = 0; round < 5; round++) {
    hold(4_190_000, 'gone');
    const won = answers();
    for (const child of children) child.send('go');
    expect((await won).filter((answer) => answer === true)).toHaveLength(1);
  }
  for (const child of children) child.kill();
});

test('work under a lock never overlaps', async () => {
  const events: string[] = [];
  const work = (name: string) => async () => {
    events.push(`${name} begins`);
    await new Promise((resolve) => setTimeout(resolve, 20));
    events.push(`${name} ends`);
  };
  await Promise.all([withLock(file, work('a')), withLock(file, work('b'))]);
  expect(events).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
});
