import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { say } from './say.ts';

export const root = path.join(import.meta.dirname, '..');

let current: ChildProcess | null = null;
const interruption = new AbortController();

/** Aborted by a signal, or by the parent's death: what runs is ended, and nothing more is begun. */
export const interrupted = interruption.signal;

const interrupt = (signal: NodeJS.Signals) => {
  if (!interrupted.aborted) console.error(`afterimage: interrupted (${signal})`);
  interruption.abort();
  current?.kill(signal);
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupt(signal));
const parent = process.ppid;
setInterval(() => process.ppid !== parent && interrupt('SIGTERM'), 500).unref();

/** Runs a package's program under this Node, its output shown as it comes. @returns Whether it ended with 0. */
export async function runTool(
  file: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<boolean> {
  if (interrupted.aborted) return false;
  const child = spawn(process.execPath, [path.join(root, 'node_modules', file), ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
  });
  current = child;
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', resolve);
  });
  current = null;
  return code === 0 && !interrupted.aborted;
}

/** One stage with its name and its time around it. */
export async function runStage(name: string, work: () => Promise<boolean>): Promise<boolean> {
  say(name);
  const began = Date.now();
  const passed = await work();
  say(`${name}: ${passed ? 'passed' : 'FAILED'} in ${((Date.now() - began) / 1000).toFixed(1)} s`);
  return passed;
}

/** The stages that need no database and no browser, in order, up to the first that fails. */
export async function check(): Promise<boolean> {
  return (
    (await runStage('types', checkTypes)) &&
    (await runStage('format', () => runTool('oxfmt/bin/oxfmt', ['--check']))) &&
    (await runStage('lint', () => runTool('oxlint/bin/oxlint', ['--type-aware', '--deny-warnings']))) &&
    (await runStage('dead code', () => runTool('knip/bin/knip.js', [])))
  );
}

async function checkTypes() {
  // Writes the declarations of routes and style sheets, which a fresh clone lacks.
  const env = { NEXT_TELEMETRY_DISABLED: '1' };
  return (
    (await runTool('next/dist/bin/next', ['typegen'], env)) &&
    (await runTool('typescript/bin/tsc', ['--noEmit']))
  );
}
