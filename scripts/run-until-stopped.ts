import { reasonOf, say } from './say.ts';

export type Life = {
  /** Aborted when the process is asked to stop: long steps of the start give up. */
  stopping: AbortSignal;
  /** What was started, undone in reverse order at the end. */
  started: AsyncDisposableStack;
  /** Undoes at once, and roughly, what must never be left behind. */
  onForce(end: () => Promise<void>): void;
  stop(exitCode: number): void;
};

const ORDERLY_MS = 7500;

/**
 * Runs a start until a signal, or the death of the parent, asks for the end; then undoes it and exits with 0.
 * A start that fails is undone as well, is said in one line, and exits with 1.
 * @param options.interruptedCode For a command whose exit code says that its work is done.
 */
export function runUntilStopped(start: (life: Life) => Promise<void>, { interruptedCode = 0 } = {}) {
  const started = new AsyncDisposableStack();
  const stopping = new AbortController();
  const forced: (() => Promise<void>)[] = [];
  let stopAskedAt = 0;

  const force = async (exitCode: number) => {
    await Promise.allSettled(forced.map((end) => end()));
    process.exit(exitCode);
  };

  const stop = (exitCode: number) => {
    if (stopAskedAt > 0) {
      // One Ctrl-C arrives up to three times: from the terminal, from npm and from the bootstrap.
      if (Date.now() - stopAskedAt > 1000) void force(130);
      return;
    }
    stopAskedAt = Date.now();
    stopping.abort();
    setTimeout(() => void force(exitCode || 1), ORDERLY_MS);
    void finish(exitCode);
  };

  const finish = async (exitCode: number) => {
    await starting.catch(() => {});
    try {
      await started.disposeAsync();
    } catch (error) {
      console.error(`afterimage: ${reasonOf(error)}`);
      process.exit(exitCode || 1);
    }
    process.exit(exitCode);
  };

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (stopAskedAt === 0) say(`stopping (${signal})`);
      stop(interruptedCode);
    });
  }
  watchParent(() => stop(interruptedCode));

  // Whatever it waits for will not come: nothing is left that could bring it.
  process.once('beforeExit', () => {
    if (stopAskedAt > 0) return;
    console.error('afterimage: It ended before its work was done: run it again');
    process.exitCode = 1;
  });

  const starting = start({
    stopping: stopping.signal,
    started,
    onForce: (end) => void forced.push(end),
    stop,
  });
  starting.catch((error: unknown) => {
    if (stopAskedAt > 0) return;
    console.error(`afterimage: ${reasonOf(error)}`);
    stop(1);
  });
}

/** The bootstrap, or a test, may be killed without a word; this process then ends by itself. */
function watchParent(onDeath: () => void) {
  const parent = Number(process.env['PARENT_PID']);
  if (process.ppid !== parent) return;
  setInterval(() => {
    if (process.ppid !== parent) onDeath();
  }, 500).unref();
}
