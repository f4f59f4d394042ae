/**
 * Bodies that are read into memory. Invariant: all of them at once hold no more than there is room for, and those of
 * one network no more than its share, so that connections alone can neither fill the memory nor keep others out.
 */
import { AppError } from '#core/errors.ts';

const MIB = 1024 * 1024;

/** Room for what carries no file. */
export const SMALL_BODY = MIB;
const ROOM = 256 * MIB;
/** Two of the largest. */
const SHARE = 112 * MIB;

/** How long a body may stop coming, in milliseconds. */
const SILENCE = 20_000;

export const hasBody = ({ headers }: Request) =>
  headers.has('transfer-encoding') || Number(headers.get('content-length') ?? 0) > 0;

/**
 * Reads a body of at most `max` bytes, counted as they come: an announced length is only a hint.
 * @param admit Throws when there is no room for so many more.
 * @throws AppError TOO_LARGE; BAD_INPUT when it stops coming or breaks off.
 */
export async function readBody(
  request: Request,
  max: number,
  { admit, silence = SILENCE }: { admit?: (bytes: number) => void; silence?: number } = {},
): Promise<Uint8Array> {
  const tooLarge = () => new AppError('TOO_LARGE', `The body has more than ${max} bytes.`, { field: 'body' });
  if (Number(request.headers.get('content-length') ?? 0) > max) throw tooLarge();
  if (!request.body) return new Uint8Array();
  const reader = request.body.getReader();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  let timer: NodeJS.Timeout | undefined;
  try {
    for (;;) {
      const quiet = new Promise<never>((_, reject) => {
        timer = setTimeout(() => {
          const message = 'The body stopped coming. Nothing was changed: send it again.';
          reject(new AppError('BAD_INPUT', message, { field: 'body' }));
        }, silence);
      });
      const read = reader.read().catch((cause: unknown) => {
        throw brokenOff(cause);
      });
      const { done, value } = await Promise.race([read, quiet]);
      clearTimeout(timer);
      if (done) break;
      bytes += value.byteLength;
      if (bytes > max) throw tooLarge();
      admit?.(value.byteLength);
      chunks.push(value);
    }
  } catch (error) {
    clearTimeout(timer);
    reader.cancel().catch(() => {});
    throw error;
  }
  return Buffer.concat(chunks);
}

const brokenOff = (cause: unknown) =>
  new AppError('BAD_INPUT', 'The connection broke off. Nothing was changed: send it again.', {
    field: 'body',
    cause,
  });

/** The body as it comes. @throws AppError BAD_INPUT when its sender leaves */
export async function* streamBody(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (cause) {
    throw brokenOff(cause);
  }
}

/** @throws AppError BAD_INPUT for what is not JSON in UTF-8. */
export function parseBody(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (cause) {
    throw new AppError('BAD_INPUT', 'The body is not valid JSON.', { field: 'body', cause });
  }
}

export type BodyRoom = {
  /**
   * Reads a body, and keeps its place until `use` has ended.
   * @param network Whose share it takes from; null: nobody's.
   * @throws AppError UNAVAILABLE when there is no room; as `readBody`.
   */
  hold<T>(
    request: Request,
    from: { max: number; network: string | null },
    use: (body: Uint8Array) => Promise<T>,
  ): Promise<T>;
};

export function createBodyRoom({ room = ROOM, share = SHARE } = {}): BodyRoom {
  let held = 0;
  const heldBy = new Map<string, number>();

  function count(network: string | null, bytes: number) {
    held += bytes;
    if (network === null) return;
    const now = (heldBy.get(network) ?? 0) + bytes;
    if (now > 0) heldBy.set(network, now);
    else heldBy.delete(network);
  }

  return {
    async hold(request, { max, network }, use) {
      let own = 0;
      const admit = (bytes: number) => {
        own += bytes;
        count(network, bytes);
        if (held <= room && (network === null || (heldBy.get(network) ?? 0) <= share)) return;
        throw new AppError(
          'UNAVAILABLE',
          'Too many large requests are on their way to this server. Nothing was changed: try again shortly, or send the file by PUT /api/v1/uploads/{id}, which has room for any number.',
          { retryAfter: 5 },
        );
      };
      try {
        return await use(await readBody(request, max, { admit }));
      } finally {
        count(network, -own);
      }
    },
  };
}
