/** Waits between attempts at a server that does not answer, in milliseconds. */
const FIRST = 1000;
const LONGEST = 60_000;

/** Full jitter: anywhere up to a limit that doubles, so that devices do not come back all at once. */
export const backoff = (failures: number, random = Math.random) =>
  Math.max(250, random() * Math.min(LONGEST, FIRST * 2 ** failures));

/**
 * How often to ask for changes, in milliseconds. With hints from the server hardly ever: a hint can be lost with the
 * connection that carried it.
 */
export const pollEvery = (isLive: boolean, isGenerating: boolean) =>
  isLive ? 300_000 : isGenerating ? 1000 : 15_000;
