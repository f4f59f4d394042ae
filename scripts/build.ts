/** Builds the pages when their sources changed since the last build. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { withLock } from '../src/server/lock.ts';
import { say } from './say.ts';
import { compressStatic } from './static-files.ts';

const SOURCES = ['src', 'public', 'package.json', 'package-lock.json', 'tsconfig.json', 'postcss.config.mjs'];

/** One hash over the name and the content of every file that a build reads; tests are not among them. */
export function hashSources(root: string, sources = [...SOURCES, 'next.config.mjs']): string {
  const hash = createHash('sha256');
  const files = sources.flatMap((source) => listFiles(path.join(root, source)));
  for (const file of files.filter((name) => !/\.test\.tsx?$/.test(name)).sort()) {
    const content = fs.readFileSync(file);
    hash.update(`${path.relative(root, file)} ${content.length}\n`).update(content);
  }
  return hash.digest('hex');
}

function listFiles(target: string): string[] {
  if (!fs.existsSync(target)) return [];
  if (!fs.statSync(target).isDirectory()) return [target];
  return fs
    .readdirSync(target, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

/** Where the build is. */
export const builtFolder = (root: string) => path.join(root, process.env['NEXT_DIST_DIR'] ?? '.next');

export async function ensureBuilt(root: string, stopping: AbortSignal) {
  const out = builtFolder(root);
  const stamp = path.join(out, 'built-from');
  const isBuilt = () => fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === hashSources(root);
  // Before the lock, which a user who may only read this folder cannot take.
  if (isBuilt()) return;
  try {
    fs.mkdirSync(out, { recursive: true });
    fs.accessSync(out, fs.constants.W_OK);
    fs.accessSync(path.join(root, 'node_modules/'), fs.constants.W_OK);
  } catch (error) {
    throw new Error(
      `The pages are not built, and ${root} cannot be written: run npm start there once as a user who can`,
      { cause: error },
    );
  }
  await withLock(path.join(root, 'node_modules/.build-lock'), async () => {
    if (isBuilt()) return;
    const wanted = hashSources(root);
    say('building the pages, because their sources changed');
    fs.rmSync(stamp, { force: true });
    await build(root, stopping);
    await compressStatic(path.join(out, 'static'));
    // Written last: a build that was cut short is not taken for a whole one.
    fs.writeFileSync(stamp, wanted);
    say('built');
  });
}

function build(root: string, stopping: AbortSignal): Promise<void> {
  const next = path.join(root, 'node_modules/next/dist/bin/next');
  // A build must not depend on a database, nor see a secret.
  const env = { ...process.env, NODE_ENV: 'production' as const, DATABASE_URL: '', AUTH_SECRET: '' };
  const child = spawn(process.execPath, [next, 'build'], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: stopping,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => (output += text.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0) return resolve();
      if (!stopping.aborted) process.stderr.write(output);
      reject(new Error('The pages could not be built: see above'));
    });
  });
}
