import type { Db } from '../../db/client.ts';

/**
 * Counts the transactions that a round's actors begin. A plan says by this count when an actor starts, so that a
 * round is much the same on a slow machine and a fast one.
 */
export function createMeter(): { watch(db: Db): Db; reached(count: number): Promise<void>; open(): void } {
  let begun = 0;
  let waiting: { count: number; go: () => void }[] = [];
  const wake = () => {
    const ready = waiting.filter(({ count }) => count <= begun);
    waiting = waiting.filter(({ count }) => count > begun);
    for (const { go } of ready) go();
  };
  return {
    watch: (db) => {
      const transaction: Db['transaction'] = (work, config) => {
        begun += 1;
        wake();
        return db.transaction(work, config);
      };
      return new Proxy(db, {
        get: (target, name): unknown => (name === 'transaction' ? transaction : Reflect.get(target, name)),
      });
    },
    reached: (count) =>
      new Promise((go) => {
        waiting.push({ count, go });
        wake();
      }),
    /** Nobody is left who would begin another: whoever waits starts now. */
    open: () => {
      begun = Infinity;
      wake();
    },
  };
}
