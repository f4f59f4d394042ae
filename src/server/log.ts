import { inspect } from 'node:util';

/** What all others were thrown for; an error of a statement wraps it in a message that holds what was typed. */
const rootOf = (error: unknown): unknown =>
  error instanceof Error && error.cause !== undefined ? rootOf(error.cause) : error;

/** One line a fact, on standard error. What a person typed is never logged. */
export const log = {
  info(message: string) {
    process.stderr.write(`${new Date().toISOString()} ${message}\n`);
  },
  error(message: string, error: unknown) {
    const root = rootOf(error);
    const reason =
      root instanceof Error ? (root.stack ?? root.message) : inspect(root, { breakLength: Infinity });
    process.stderr.write(`${new Date().toISOString()} ${message}: ${reason}\n`);
  },
};
