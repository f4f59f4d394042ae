const beganAt = Number(process.env['BEGAN_AT']) || Date.now();

/** Seconds since the command was given, the installation included. */
export const elapsed = () => ((Date.now() - beganAt) / 1000).toFixed(1);

export const say = (message: string) => console.log(`[${elapsed().padStart(5)} s] ${message}`);

/** The first line of what went wrong: every error of the start says what to do in one line. */
export const reasonOf = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
