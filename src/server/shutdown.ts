/**
 * What must end before the process may: jobs hand back their work, streams say goodbye. The list lives on
 * `globalThis`, because the bundled application and the script that serves it each have their own copy of this module.
 */
declare global {
  var afterimageShutdown: Set<() => Promise<void>> | undefined;
}

/** Has `end` called once, when the process is asked to stop. Returns a function that takes it back. */
export function onShutdown(end: () => Promise<void>): () => void {
  const list = (globalThis.afterimageShutdown ??= new Set());
  list.add(end);
  return () => void list.delete(end);
}

/**
 * Calls everything registered, all at once.
 * @returns The failures, a time-out among them; empty when all ended in time.
 */
export async function runShutdown(timeoutMs: number): Promise<unknown[]> {
  const list = [...(globalThis.afterimageShutdown ?? [])];
  globalThis.afterimageShutdown?.clear();
  const ended = Promise.allSettled(list.map((end) => end()));
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => (timer = setTimeout(() => resolve('late'), timeoutMs)));
  const results = await Promise.race([ended, late]);
  clearTimeout(timer);
  if (results === 'late') return [new Error(`not everything ended within ${timeoutMs / 1000} s`)];
  return results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
}
