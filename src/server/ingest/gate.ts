import { AppError } from '#core/errors.ts';

/**
 * Lets work in as long as the weights inside stay within the capacity, first come first served. Work heavier than
 * the capacity goes in alone, so that nothing waits for ever.
 */
export function createGate(capacity: number) {
  let inside = 0;
  const waiting: { weight: number; enter: () => void }[] = [];

  function admit() {
    for (let next = waiting[0]; next && inside + next.weight <= capacity; next = waiting[0]) {
      waiting.shift();
      inside += next.weight;
      next.enter();
    }
  }

  return async function enter<T>(weight: number, work: () => Promise<T>): Promise<T> {
    const held = Math.min(weight, capacity);
    await new Promise<void>((resolve) => {
      waiting.push({ weight: held, enter: resolve });
      admit();
    });
    try {
      return await work();
    } finally {
      inside -= held;
      admit();
    }
  };
}

/** Stops waiting after `ms`. The work itself must end by its own means; its late failure is of no interest. */
export async function withDeadline<T>(ms: number, field: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new AppError('BAD_INPUT', `The file took longer than ${ms / 1000} s to read.`, { field }));
    }, ms);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
