/**
 * Fetches what somebody else's link leads to. Invariant: bytes are asked only of an address that was checked, over the
 * very connection that was made to it; each redirect is a link like the first; and whatever the other side does, it
 * ends within a bounded time and a bounded number of bytes, none of which are believed before they are sniffed.
 */
import http from 'node:http';
import { isIP } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { AppError } from '#core/errors.ts';
import { MAX_LINK_BYTES } from '#core/media.ts';
import { SNIFF_BYTES } from '#core/sniff.ts';
import { sniffMime } from '../ingest/sniff.ts';
import { openDrafts, type Drafts } from '../storage/drafts.ts';
import { asStorageError } from '../storage/file-errors.ts';
import { storageFailure } from '../storage/port.ts';
import { notPublic, readLink, refused, type Link } from './link.ts';
import { systemNetwork, type Network } from './network.ts';
import { isPublicAddress } from './public-address.ts';

export type FetchedFile = { path: string; bytes: number; sha256: string };

export type Fetcher = {
  /**
   * Fetches a file of a kind that is kept, and hands it over; it is gone afterwards.
   * @param subject Whose fetch it is: one library has few at once.
   * @throws AppError LINK_REFUSED, LINK_DEAD, UNSUPPORTED_MEDIA, TOO_LARGE or UNAVAILABLE, field `url`.
   */
  fetch: <T>(link: Link, subject: string, use: (file: FetchedFile) => Promise<T>) => Promise<T>;
  /** Whether a link still leads to an image or a video, by its first bytes; throws as `fetch` when it does not. */
  probe: (link: Link, subject: string) => Promise<void>;
};

/** In milliseconds; `whole` stays below the minute after which proxies commonly give up on our own answer. */
export const FETCH_TIMES = { resolve: 5000, connect: 5000, headers: 10_000, idle: 10_000, whole: 50_000 };
export type FetchTimes = typeof FETCH_TIMES;

const REDIRECTS = 3;
/** Addresses of one host that are tried. */
const ADDRESSES = 3;
const AT_ONCE = 16;
const AT_ONCE_EACH = 4;
/** Files that a killed process left behind, in milliseconds. */
const LEFT_BEHIND = 3_600_000;

const dead = (why: string, cause?: unknown) =>
  new AppError('LINK_DEAD', `${why} Nothing was saved.`, { field: 'url', cause });
const silent = (host: string) => dead(`The link is dead: ${host} does not answer.`);

/** Rejects with `reason` after a time, or with the outer signal's, and tells the work through its own signal. */
async function within<T>(
  ms: number,
  outer: AbortSignal,
  reason: () => AppError,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(reason()), ms);
  const signal = AbortSignal.any([outer, late.signal]);
  const ended = Promise.withResolvers<never>();
  signal.addEventListener('abort', () => ended.reject(signal.reason), { once: true });
  try {
    return await Promise.race([work(signal), ended.promise]);
  } finally {
    clearTimeout(timer);
  }
}

type Options = {
  /** Where a file lies while it is looked at. */
  folder: string;
  network?: Network;
  times?: FetchTimes;
  maxBytes?: number;
};

export function createFetcher({
  folder,
  network = systemNetwork,
  times = FETCH_TIMES,
  maxBytes = MAX_LINK_BYTES,
}: Options): Fetcher {
  /** @returns Addresses to try, all of whose siblings are public too. */
  async function resolve({ host }: Link, signal: AbortSignal): Promise<string[]> {
    const found =
      isIP(host) === 0
        ? // A name that is not there is answered as one that is private: neither tells about a network behind us.
          await within(times.resolve, signal, notPublic, () => network.resolve(host)).catch(() => [])
        : [host];
    signal.throwIfAborted();
    if (found.length === 0 || !found.every(isPublicAddress)) throw notPublic();
    return found.toSorted((one, other) => isIP(one) - isIP(other)).slice(0, ADDRESSES);
  }

  async function connect(link: Link, signal: AbortSignal): Promise<TLSSocket> {
    let last: unknown;
    for (const address of await resolve(link, signal)) {
      try {
        return await within(
          times.connect,
          signal,
          () => silent(link.host),
          (until) => network.connect(address, link.host, until),
        );
      } catch (error) {
        signal.throwIfAborted();
        last = error;
      }
    }
    throw isCertificate(last)
      ? dead(`The link cannot be trusted: ${link.host} has no valid certificate.`, last)
      : silent(link.host);
  }

  async function ask(link: Link, signal: AbortSignal): Promise<http.IncomingMessage> {
    const { url, host } = link;
    const socket = await connect(link, signal);
    const request = http.request({
      createConnection: () => socket,
      path: url.pathname + url.search,
      headers: {
        Host: url.host,
        Accept: 'image/*, video/*;q=0.9, */*;q=0.1',
        // What came compressed would have to be unpacked, to any size.
        'Accept-Encoding': 'identity',
        'User-Agent': 'Afterimage',
        Connection: 'close',
      },
    });
    const answered = new Promise<http.IncomingMessage>((resolve, reject) => {
      request.once('response', resolve);
      request.on('error', reject);
    });
    request.end();
    try {
      return await within(
        times.headers,
        signal,
        () => silent(host),
        () => answered,
      );
    } catch (error) {
      socket.destroy();
      throw error instanceof AppError
        ? error
        : dead(`The link is dead: ${host} gave no proper answer.`, error);
    }
  }

  /** Follows redirects by hand. The caller reads the answer or destroys it. */
  async function open(first: Link, signal: AbortSignal): Promise<http.IncomingMessage> {
    let link = first;
    for (let hop = 0; ; hop += 1) {
      const answer = await ask(link, signal);
      const { statusCode = 0, headers } = answer;
      if (statusCode === 200) {
        if (/^(identity)?$/i.test(headers['content-encoding'] ?? '')) return answer;
        answer.destroy();
        throw refused(`${link.host} sent the file compressed, although it was asked not to.`);
      }
      answer.destroy();
      if (![301, 302, 303, 307, 308].includes(statusCode) || !headers.location)
        throw dead(`The link is dead: ${link.host} answered ${statusCode}.`);
      if (hop === REDIRECTS) throw dead(`The link is passed on more than ${REDIRECTS} times.`);
      link = readLink(headers.location, link.url);
    }
  }

  /** The body in pieces, the first of which is long enough to tell what it is, and has been told. */
  async function* read(
    answer: http.IncomingMessage,
    { host }: Link,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array> {
    const tooLarge = () =>
      new AppError('TOO_LARGE', `The file behind this link is larger than ${maxBytes / 1024 ** 2} MiB.`, {
        field: 'url',
      });
    if (Number(answer.headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
    answer.setTimeout(times.idle, () => answer.destroy(silent(host)));
    let bytes = 0;
    let head: Uint8Array | null = new Uint8Array();
    try {
      for await (const chunk of answer) {
        if (!(chunk instanceof Uint8Array)) continue;
        bytes += chunk.byteLength;
        if (bytes > maxBytes) throw tooLarge();
        if (head === null) {
          yield chunk;
          continue;
        }
        head = Buffer.concat([head, chunk]);
        if (head.byteLength < SNIFF_BYTES) continue;
        sniffMime(head, 'url');
        yield head;
        head = null;
      }
    } catch (error) {
      signal.throwIfAborted();
      throw error instanceof AppError ? error : dead(`${host} broke off after ${bytes} bytes.`, error);
    } finally {
      answer.destroy();
    }
    if (head === null) return;
    sniffMime(head, 'url');
    yield head;
  }

  let active = 0;
  const each = new Map<string, number>();

  /** Bounds how much is under way, and how long it may be: all redirects and the body have one deadline. */
  function begin({ host }: Link, subject: string): { signal: AbortSignal; end: () => void } {
    const own = each.get(subject) ?? 0;
    if (own >= AT_ONCE_EACH || active >= AT_ONCE) {
      const message = 'Other links are being fetched. Nothing was saved: try again in a moment.';
      throw new AppError('RATE_LIMITED', message, { retryAfter: 2 });
    }
    active += 1;
    each.set(subject, own + 1);
    const over = new AbortController();
    const tooLong = () => over.abort(dead(`${host} takes too long to send this file.`));
    const timer = setTimeout(tooLong, times.whole);
    const end = () => {
      clearTimeout(timer);
      // Whatever is still open ends with it.
      over.abort(dead(`${host} broke off.`));
      active -= 1;
      const left = (each.get(subject) ?? 1) - 1;
      if (left > 0) each.set(subject, left);
      else each.delete(subject);
    };
    return { signal: over.signal, end };
  }

  let isSwept = false;
  async function openFolder(): Promise<Drafts> {
    try {
      const drafts = await openDrafts(folder);
      if (!isSwept) await drafts.sweep(LEFT_BEHIND);
      isSwept = true;
      return drafts;
    } catch (error) {
      throw storageFailure(asStorageError(error), 'url');
    }
  }

  async function* receive(link: Link, subject: string): AsyncGenerator<Uint8Array> {
    const { signal, end } = begin(link, subject);
    try {
      yield* read(await open(link, signal), link, signal);
    } finally {
      end();
    }
  }

  return {
    async fetch(link, subject, use) {
      const drafts = await openFolder();
      const options = { mime: 'application/octet-stream', maxBytes };
      return drafts
        .receive(receive(link, subject), options, (path, digest) => use({ path, ...digest }))
        .catch((error: unknown) => {
          throw storageFailure(error, 'url');
        });
    },
    async probe(link, subject) {
      const pieces = receive(link, subject);
      await pieces.next();
      await pieces.return(undefined);
    },
  };
}

/** Of node's TLS and OpenSSL: chain, dates, and names. */
const isCertificate = (error: unknown) =>
  error instanceof Error && 'code' in error && /CERT|SIGNATURE|ALTNAME|ISSUER/.test(String(error.code));
