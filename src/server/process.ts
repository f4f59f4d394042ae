import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Names a running process for good: a pid comes back after a reboot or in a new container, its start time does not.
 * null when no such process runs (a zombie does not). `'alive'` where the system will not say when it started.
 */
export function identifyProcess(pid: number): string | null {
  if (!Number.isInteger(pid) || pid <= 0) return null;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return null;
  }
  try {
    if (process.platform === 'linux') return identifyOnLinux(pid);
    if (process.platform === 'darwin') {
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    }
  } catch {
    // Hidden from this user: known to be alive, and no more.
  }
  return 'alive';
}

function identifyOnLinux(pid: number): string | null {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The command may hold spaces and brackets; the fields begin after its last one (proc(5): 3 state, 22 start).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return null;
  return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${fields[19]}`;
}

/** True when the process that bore this identity is still running. */
export function isStillRunning(pid: number, identity: string): boolean {
  const now = identifyProcess(pid);
  return now !== null && (now === identity || now === 'alive' || identity === 'alive');
}
