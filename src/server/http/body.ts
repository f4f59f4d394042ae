/**
 * Bodies that are read into memory. Invariant: all of them at once hold no more than there is room for, and those of
 * one network no more than its share. Where there is no more room, what has been coming for long makes way for who comes,
 * so that connections alone can neither fill the memory nor keep others out.
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
/** How long a body may take while others wait for its place, in milliseconds. */
const PATIENCE = 10_000;

export const hasBody = ({ headers }: Request) =>
  headers.has('transfer-encoding') || Number(headers.get('content-length') ?? 0) > 0;

type ReadOptions = { admit?: (bytes: number) => void; signal?: AbortSignal; silence?: number };

/**
 * Reads a body of at most `max` bytes, counted as they come: an announced length is only a hint.
 * @param admit Throws when there is no room for so many more.
 * @param signal Ends it, with the reason that it gives.
 * @throws AppError TOO_LARGE; BAD_INPUT when it stops coming or breaks off.
 */
export async function readBody(
  request: Request,
  max: number,
  { admit, signal, silence = SILENCE }: ReadOptions = {},
): Promise<Uint8Array> {
  const tooLarge = () => new AppError('TOO_LARGE', `The body has more than ${max} bytes.`, { field: 'body' });
  if (Number(request.headers.get('content-length') ?? 0) > max) throw tooLarge();
  if (!request.body) return new Uint8Array();
  const reader = request.body.getReader();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  let timer: NodeJS.Timeout | undefined;
  const ended = Promise.withResolvers<never>();
  ended.promise.catch(() => {});
  signal?.addEventListener('abort', () => ended.reject(signal.reason), { once: true });
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
      const { done, value } = await Promise.race([ended.promise, read, quiet]);
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

type Arrival = { network: string | null; bytes: number; since: number; stop: AbortController };

const full = () =>
  new AppError(
    'UNAVAILABLE',
    'Too many large requests are on their way to this server. Nothing was changed: try again shortly, or send the file by PUT /api/v1/uploads/{id}, which has room for any number.',
    { retryAfter: 5 },
  );

export function createBodyRoom({ room = ROOM, share = SHARE, patience = PATIENCE } = {}): BodyRoom {
  let held = 0;
  const heldBy = new Map<string | null, number>();
  /** Bodies that are still coming, the oldest first. */
  const arriving = new Set<Arrival>();

  function count(arrival: Arrival, bytes: number) {
    const { network } = arrival;
    arrival.bytes += bytes;
    held += bytes;
    const now = (heldBy.get(network) ?? 0) + bytes;
    if (now > 0) heldBy.set(network, now);
    else heldBy.delete(network);
  }

  const isFull = () => held > room;
  const isOverShare = ({ network }: Arrival) => network !== null && (heldBy.get(network) ?? 0) > share;
  const isOfHeaviest = ({ network }: Arrival) =>
    (heldBy.get(network) ?? 0) >= Math.max(0, ...heldBy.values());

  /** Ends the oldest of these that has been coming for too long. @returns Whether there was one. */
  function endOne(isRival: (arrival: Arrival) => boolean): boolean {
    const before = performance.now() - patience;
    for (const rival of arriving) {
      if (rival.since > before || !isRival(rival)) continue;
      arriving.delete(rival);
      count(rival, -rival.bytes);
      rival.stop.abort(full());
      return true;
    }
    return false;
  }

  function makeRoom(own: Arrival) {
    const isOther = (rival: Arrival) => rival !== own;
    const isNeighbour = (rival: Arrival) => isOther(rival) && rival.network === own.network;
    const isGreedy = (rival: Arrival) => isOther(rival) && isOfHeaviest(rival);
    while (isOverShare(own)) if (!endOne(isNeighbour)) throw full();
    while (isFull()) if (!endOne(isGreedy) && !endOne(isOther)) throw full();
  }

  return {
    async hold(request, { max, network }, use) {
      const own: Arrival = { network, bytes: 0, since: performance.now(), stop: new AbortController() };
      const { signal } = own.stop;
      const admit = (bytes: number) => {
        signal.throwIfAborted();
        count(own, bytes);
        makeRoom(own);
      };
      arriving.add(own);
      try {
        const body = await readBody(request, max, { admit, signal });
        arriving.delete(own);
        return await use(body);
      } finally {
        arriving.delete(own);
        count(own, -own.bytes);
      }
    },
  };
}
