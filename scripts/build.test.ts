import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensureBuilt, hashSources } from './build.ts';

let root: string;
const write = (file: string, content: string) => {
  fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  fs.writeFileSync(path.join(root, file), content);
};

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'afterimage-build-'));
  write('src/app/page.tsx', 'page');
  write('package-lock.json', '{}');
});
afterEach(() => fs.rmSync(root, { recursive: true }));

test('the same sources have the same hash; times and tests do not count', () => {
  const before = hashSources(root);
  fs.utimesSync(path.join(root, 'src/app/page.tsx'), 1, 1);
  write('src/app/page.test.tsx', 'a test');
  write('README.md', 'not a source');
  expect(hashSources(root)).toBe(before);
});

test.each([
  ['a changed file', () => write('src/app/page.tsx', 'Page')],
  ['a new file', () => write('src/app/new.tsx', '')],
  ['another lockfile', () => write('package-lock.json', '{ }')],
  ['a new public file', () => write('public/icon.svg', '<svg/>')],
  [
    'a renamed file',
    () => fs.renameSync(path.join(root, 'src/app/page.tsx'), path.join(root, 'src/app/sage.tsx')),
  ],
])('%s gives another hash', (_, change) => {
  const before = hashSources(root);
  change();
  expect(hashSources(root)).not.toBe(before);
});

const never = new AbortController().signal;

test('what is built already is started by a user who may only read, and what is not says who can build it', async () => {
  // Also root, who may write anywhere, cannot make a folder below a file.
  write('node_modules', '');
  write('.next/built-from', hashSources(root));
  await ensureBuilt(root, never);
  write('src/app/page.tsx', 'changed');
  await expect(ensureBuilt(root, never)).rejects.toThrow('cannot be written: run npm start there once as');
});
