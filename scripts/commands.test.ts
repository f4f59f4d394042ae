import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'afterimage-commands-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

function run(script: string, ...args: string[]) {
  const env = {
    PATH: process.env['PATH'],
    DATA_DIR: path.join(folder, 'nowhere'),
    NODE_ENV: 'test',
  } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [`scripts/${script}.ts`, ...args], {
    env,
    encoding: 'utf8',
  });
  return { status, out: `${stdout}${stderr}`.trim() };
}

test.each([
  [
    'doctor',
    ['--nonsense'],
    "Unknown option '--nonsense'. Use: npm run doctor [-- --deep] [-- --fix] [-- --force] [-- --from DIR]",
  ],
  ['backup', ['a', 'b'], "Unexpected argument 'b'. Use: npm run backup -- DIR [--deep] [--replace]"],
])('%s %j is refused in one line', (script, args, message) => {
  expect(run(script, ...args)).toEqual({ status: 2, out: `afterimage: ${message}` });
});

test.each([
  ['doctor', []],
  ['backup', [path.join(folder, 'backup')]],
])('%s beside nothing makes nothing', (script, args) => {
  const { status, out } = run(script, ...args);
  expect(status).toBe(1);
  expect(out).toContain('There is no database in ');
  expect(fs.readdirSync(folder)).toEqual([]);
});
