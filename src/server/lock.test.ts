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
  hold(4_190_000, 'gone');
  const code = `const { takeLock } = await import(${JSON.stringify(path.join(import.meta.dirname, 'lock.ts'))});
    const lock = await takeLock(${JSON.stringify(file)});
    console.log('release' in lock ? 'won' : 'lost'); setTimeout(() => {}, 1500);`;
  const outputs = Array.from({ length: 5 }, async () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [output]: Buffer[] = await once(child.stdout, 'data');
    await once(child, 'exit');
    return output?.toString().trim();
  });
  expect((await Promise.all(outputs)).filter((output) => output === 'won')).toHaveLength(1);
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
