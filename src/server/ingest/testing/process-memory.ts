import { readFileSync, writeFileSync } from 'node:fs';

/** Most that a process and those it started have held in memory, in bytes; null where the system does not tell. */
export type Peak = {
  own: number;
  /** The largest of its children. */
  child: number;
  /** All at one moment, as far as looking every few milliseconds shows. */
  together: number;
};

const EVERY_MS = 20;
const KIB = 1024;

/** Watches until stopped. `restart` forgets what was, for the process itself too. */
export function watchMemory(pid: number): { peak: () => Peak | null; restart: () => void; stop: () => void } {
  if (process.platform !== 'linux') return { peak: () => null, restart() {}, stop() {} };
  let seen: Peak = { own: 0, child: 0, together: 0 };
  const look = () => {
    const own = readStatus(pid);
    const children = childrenOf(pid).map(readStatus);
    seen = {
      own: Math.max(seen.own, own.peak),
      child: Math.max(seen.child, ...children.map(({ peak }) => peak)),
      together: Math.max(
        seen.together,
        [own, ...children].reduce((sum, { now }) => sum + now, 0),
      ),
    };
  };
  const timer = setInterval(look, EVERY_MS);
  return {
    peak() {
      look();
      return seen;
    },
    restart() {
      // proc(5): 5 sets the peak back to what is held now.
      ignoreGone(() => writeFileSync(`/proc/${pid}/clear_refs`, '5'), undefined);
      seen = { own: 0, child: 0, together: 0 };
    },
    stop: () => clearInterval(timer),
  };
}

function readStatus(pid: number): { now: number; peak: number } {
  const status = ignoreGone(() => readFileSync(`/proc/${pid}/status`, 'utf8'), '');
  const field = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) * KIB;
  return { now: field('VmRSS'), peak: field('VmHWM') };
}

/** Processor time of a process and of its children that have ended, in milliseconds; null where the system does not tell. */
export function cpuTime(pid: number): number | null {
  if (process.platform !== 'linux') return null;
  const stat = ignoreGone(() => readFileSync(`/proc/${pid}/stat`, 'utf8'), '');
  // proc(5): from the 14th field, which is the 12th behind the name, four times in hundredths of a second.
  const times = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 15);
  return times.reduce((sum, ticks) => sum + Number(ticks) * 10, 0);
}

const childrenOf = (pid: number): number[] =>
  ignoreGone(() => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8'), '')
    .split(' ')
    .filter(Boolean)
    .map(Number);

/** A process may end while it is looked at. */
function ignoreGone<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
