import { AppError } from '#core/errors.ts';
import { READ_DEADLINE } from './limits.ts';

/**
 * Lets work in as long as the weights inside stay within the capacity, first come first served. Work heavier than
 * the capacity goes in alone, so that nothing waits for ever.
 */
export function createGate(capacity: number) {
  let inside = 0;
  const waiting: { weight: number; admit: () => void }[] = [];

  function admitNext() {
    for (let next = waiting[0]; next && inside + next.weight <= capacity; next = waiting[0]) {
      waiting.shift();
      inside += next.weight;
      next.admit();
    }
  }

  /** The caller waits until the deadline at most; the place is kept until the work has really ended. */
  return async function enter<T>(weight: number, field: string, work: () => Promise<T>): Promise<T> {
    const held = Math.min(weight, capacity);
    await new Promise<void>((admit) => {
      waiting.push({ weight: held, admit });
      admitNext();
    });
    const running = work().finally(() => {
      inside -= held;
      admitNext();
    });
    return withDeadline(field, running);
  };
}

/** Stops waiting at the deadline. The work itself goes on to its end, and what becomes of it is of no interest. */
export async function withDeadline<T>(field: string, work: Promise<T>, ms = READ_DEADLINE): Promise<T> {
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
