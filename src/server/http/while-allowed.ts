import { AppError } from '#core/errors.ts';

/** How long bytes go out without asking anew whether they may, in milliseconds. */
const TRUST = 5000;

/** Breaks off once whoever asked for it may no longer have it; asked at the end as well, before the last byte is out. */
export const whileAllowed = (
  stream: ReadableStream<Uint8Array>,
  isAllowed: () => Promise<boolean>,
): ReadableStream<Uint8Array> => {
  let askedAt = Date.now();
  const ask = async () => {
    if (!(await isAllowed())) throw new AppError('SIGN_IN_REQUIRED', 'This session has ended.');
    askedAt = Date.now();
  };
  let held: Uint8Array | null = null;
  return stream.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      async transform(chunk, controller) {
        if (Date.now() - askedAt > TRUST) await ask();
        if (held) controller.enqueue(held);
        held = chunk;
      },
      async flush(controller) {
        await ask();
        if (held) controller.enqueue(held);
      },
    }),
  );
};
