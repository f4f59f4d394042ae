import { StorageError, type ByteRange } from './port.ts';

/** The size of the whole object that an answer of 200 or 206 speaks of; null when it does not say. */
export function wholeSize({ status, headers }: Response): number | null {
  const text =
    status === 206
      ? /^bytes \d+-\d+\/(\d+)$/.exec(headers.get('content-range') ?? '')?.[1]
      : headers.get('content-length');
  return text && /^\d+$/.test(text) ? Number(text) : null;
}

/**
 * The bytes of a range, read on demand, whether the answer is that part or all of it. An end that comes too early is
 * CORRUPT, and a vendor that falls silent for `silenceMs` is UNAVAILABLE; a slow reader on our side is neither.
 */
export function readBody(
  response: Response,
  range: ByteRange,
  silenceMs: number,
): ReadableStream<Uint8Array> {
  const reader = (response.body ?? new Blob([]).stream()).getReader();
  let skip = response.status === 206 ? 0 : range.start;
  let left = range.end - range.start + 1;

  async function next(): Promise<Uint8Array> {
    for (;;) {
      const { done, value } = await readInTime(reader, silenceMs);
      if (done) throw new StorageError('CORRUPT', 'The object is shorter than it should be.');
      const start = Math.min(skip, value.byteLength);
      skip -= start;
      const part = value.subarray(start, start + left);
      if (part.byteLength > 0) return part;
    }
  }

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const part = await next();
          left -= part.byteLength;
          controller.enqueue(part);
          if (left > 0) return;
          controller.close();
          // An answer that was longer than asked for is of no use beyond this.
          await reader.cancel().catch(() => {});
        } catch (error) {
          await reader.cancel(error).catch(() => {});
          throw error instanceof StorageError
            ? error
            : new StorageError('UNAVAILABLE', 'The storage broke off while it was read.', error);
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

async function readInTime(reader: ReadableStreamDefaultReader<Uint8Array>, silenceMs: number) {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new StorageError('UNAVAILABLE', 'The storage fell silent while it was read.')),
    silenceMs,
  );
  try {
    return await Promise.race([reader.read(), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
