import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
export const collectGarbage: () => void = runInNewContext('gc');

/** Waits this many times as long as a look took: so much of the work's own time is left to it. */
const REST = 4;

/** What is held in memory now, in bytes: without what only waits for its collection, which says more of the load than of the code. */
function heldMemory(): number {
  collectGarbage();
  // Buffers are freed beside the program, on a busy machine late: the next collection waits for the last one's end.
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** The most that is held beyond what was before, in bytes. */
export function watchHeldMemory(): { stop: () => number } {
  const before = heldMemory();
  let most = 0;
  const look = () => {
    most = Math.max(most, heldMemory() - before);
  };
  let timer: NodeJS.Timeout;
  const lookAgain = () => {
    const began = performance.now();
    look();
    timer = setTimeout(lookAgain, (performance.now() - began) * REST);
  };
  lookAgain();
  return {
    stop() {
      clearTimeout(timer);
      look();
      return most;
    },
  };
}
