import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { identifyProcess, isStillRunning } from './process.ts';

const Holder = z.object({ pid: z.int(), identity: z.string() });
type Holder = z.infer<typeof Holder>;

export type Lock = { release(): void };

/** The live process that holds the lock file, or null: a dead one's file counts for nothing. */
export function lockHolder(file: string): Holder | null {
  if (!fs.existsSync(file)) return null;
  let holder: Holder;
  try {
    holder = Holder.parse(JSON.parse(fs.readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
  return isStillRunning(holder.pid, holder.identity) ? holder : null;
}

/** Takes a lock for this process, kept until released or until the process ends in any way. */
export async function takeLock(file: string): Promise<Lock | { heldBy: number }> {
  const mine: Holder = { pid: process.pid, identity: identifyProcess(process.pid) ?? 'alive' };
  const draft = `${file}.${process.pid}`;
  fs.writeFileSync(draft, JSON.stringify(mine), { mode: 0o600 });
  try {
    fs.linkSync(draft, file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    const holder = lockHolder(file);
    if (holder) return { heldBy: holder.pid };
    fs.renameSync(draft, file);
    // Two may find the same dead holder: the file is the last one's, and the other sees so here.
    await sleep(50);
    const winner = lockHolder(file);
    if (winner && winner.pid !== process.pid) return { heldBy: winner.pid };
  } finally {
    fs.rmSync(draft, { force: true });
  }
  return {
    release() {
      if (lockHolder(file)?.pid === process.pid) fs.rmSync(file, { force: true });
    },
  };
}

/** Runs `work` while holding the lock, waiting for whoever holds it now. */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  for (;;) {
    const lock = await takeLock(file);
    if ('release' in lock) {
      try {
        return await work();
      } finally {
        lock.release();
      }
    }
    await sleep(100);
  }
}
