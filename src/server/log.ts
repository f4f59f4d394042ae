/** One line a fact, on standard error. What a person typed is never logged. */
export const log = {
  info(message: string) {
    process.stderr.write(`${new Date().toISOString()} ${message}\n`);
  },
  error(message: string, error: unknown) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`${new Date().toISOString()} ${message}: ${reason}\n`);
  },
};
