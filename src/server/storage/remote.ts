/**
 * What all backends behind HTTP have in common. A source is received whole, counted and hashed in a file of our own
 * before its first byte is sent, so a sender who leaves or lies never reaches the vendor, and every call ends within
 * a time limit. Nothing is taken back after a failed send: what the key holds may be older, and the ledger knows it.
 */
import { openAsBlob } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { openDrafts } from './drafts.ts';
import { inTime } from './in-time.ts';
import type { StorageKey } from './keys.ts';
import {
  badRange,
  checkKey,
  isWithin,
  StorageError,
  type Backend,
  type ByteRange,
  type Digest,
  type Storage,
  type StoredObject,
} from './port.ts';
import { probeStorage, verifyObject } from './verify.ts';
import { readBody, wholeSize } from './remote-body.ts';

/** What is particular to one vendor. Failures are thrown as `refusal`; the signal ends a call that takes too long. */
export type Vendor = {
  backend: Exclude<Backend, 'disk'>;
  /** Sends a whole object. `exists` when the key is taken, of which nothing was changed then. */
  send(key: StorageKey, file: Blob, about: Digest & { mime: string }, signal: AbortSignal): Promise<Sent>;
  /** An answer of 200 or 206; a vendor may ignore the range. Null when there is no such object. */
  open(key: StorageKey, range: ByteRange | undefined, signal: AbortSignal): Promise<Response | null>;
  /** The size by the vendor's records, for one whose reads go through a cache that outlives an object. */
  size?(key: StorageKey, signal: AbortSignal): Promise<number | null>;
  remove(key: StorageKey, signal: AbortSignal): Promise<void>;
  /** One page; `next` is what the following call takes, absent after the last. */
  list(from: string | undefined, signal: AbortSignal): Promise<{ objects: StoredObject[]; next?: string }>;
  link: Storage['link'];
};

export type Sent = 'kept' | 'exists';

export type RemoteOptions = {
  /** Where sources are received. */
  folder: string;
  /** How long one call may take, beside what its bytes need; also the longest silence while reading. */
  timeoutMs?: number;
};

/** The slowest line for which large files are still sent in time: 250 kB/s. */
const SLOWEST_BYTES_PER_MS = 250;
const ATTEMPTS = 3;
const FIRST_PAUSE_MS = 100;

export async function createRemoteStorage(vendor: Vendor, options: RemoteOptions): Promise<Storage> {
  const { folder, timeoutMs = 30_000 } = options;
  const drafts = await openDrafts(folder);

  /** Repeats what failed in passing, but never beyond the time limit of one call. */
  async function call<T>(work: (signal: AbortSignal) => Promise<T>, limitMs = timeoutMs): Promise<T> {
    const end = Date.now() + limitMs;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await within(end - Date.now(), work);
      } catch (error) {
        const failure = asFailure(error);
        const pause = FIRST_PAUSE_MS * 4 ** (attempt - 1);
        const isFinal = failure.code !== 'UNAVAILABLE' || attempt === ATTEMPTS;
        if (isFinal || Date.now() + pause >= end) throw failure;
        await wait(pause);
      }
    }
  }

  const put: Storage['put'] = (key, body, putOptions) =>
    drafts.receive(body, putOptions, async (draft, digest) => {
      checkKey(key);
      const file = await openAsBlob(draft, { type: putOptions.mime });
      const about = { ...digest, mime: putOptions.mime };
      const limitMs = timeoutMs + digest.bytes / SLOWEST_BYTES_PER_MS;
      const sent = await call((signal) => vendor.send(key, file, about, signal), limitMs);
      // An attempt of ours that failed after all was kept makes the next one say `exists`.
      if (sent === 'exists' && (await verifyObject(storage, key))?.sha256 !== digest.sha256)
        throw new StorageError('CONFLICT', 'The key holds other bytes already.');
      return digest;
    });

  const get: Storage['get'] = async (key, range) => {
    checkKey(key);
    if (range && !isWithin(range, Infinity)) throw badRange(range);
    const response = await call((signal) => vendor.open(key, range, signal));
    if (response === null) return null;
    const bytes = wholeSize(response);
    if (bytes === null) {
      await response.body?.cancel();
      throw new StorageError('UNAVAILABLE', 'The storage does not say how large the object is.');
    }
    if (range && !isWithin(range, bytes)) {
      await response.body?.cancel();
      throw badRange(range, bytes);
    }
    return { bytes, stream: readBody(response, range ?? { start: 0, end: bytes - 1 }, timeoutMs) };
  };

  const head: Storage['head'] = async (key) => {
    checkKey(key);
    if (vendor.size) {
      const bytes = await call(async (signal) => vendor.size?.(key, signal) ?? null);
      return bytes === null ? null : { bytes };
    }
    const response = await call((signal) => vendor.open(key, { start: 0, end: 0 }, signal));
    if (response === null) return null;
    const bytes = wholeSize(response);
    await response.body?.cancel();
    return bytes === null ? null : { bytes };
  };

  const lend: Storage['lend'] = async (key, use) => {
    const object = await get(key);
    return object && drafts.receive(object.stream, { mime: '', bytes: object.bytes }, use);
  };

  async function* list(): AsyncIterable<StoredObject> {
    let from: string | undefined;
    do {
      const page = await call((signal) => vendor.list(from, signal));
      yield* page.objects;
      from = page.next;
    } while (from !== undefined);
  }

  let checkedAt = -Infinity;
  const storage: Storage = {
    backend: vendor.backend,
    put,
    get,
    head,
    lend,
    async delete(key) {
      checkKey(key);
      await call((signal) => vendor.remove(key, signal));
    },
    list,
    async link(key, linkOptions) {
      checkKey(key);
      return vendor.link(key, linkOptions);
    },
    sweepTemporary: (olderThanMs) => drafts.sweep(olderThanMs),
    async check() {
      // Whoever watches readiness asks every few seconds, and each question is three calls that may cost.
      if (performance.now() - checkedAt < 10_000) return;
      await probeStorage(storage);
      checkedAt = performance.now();
    },
  };
  return storage;
}

/** Not every client library listens to a signal, so the wait ends by itself. */
async function within<T>(limitMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  try {
    return await inTime(work(controller.signal), Math.max(limitMs, 1));
  } catch (error) {
    controller.abort(error);
    throw error;
  }
}

/** Client libraries hang the request, keys included, on what they throw: only the message goes on. */
function asFailure(error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  return new StorageError('UNAVAILABLE', `The storage cannot be used: ${reasonsOf(error).join(': ')}`);
}

/** A failed fetch says in its cause what failed. */
function reasonsOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const code = 'code' in error ? String(error.code) : '';
  return [error.message || code || error.name, ...reasonsOf(error.cause)];
}

/** In one line; of S3's XML its code and its message. */
function inWords(text: string): string {
  const [code, message] = ['Code', 'Message'].map((tag) => new RegExp(`<${tag}>([^<]+)<`).exec(text)?.[1]);
  return code ? [code, message].filter(Boolean).join(', ') : text.replaceAll(/\s+/g, ' ');
}

/** A vendor's refusal as ours. Vendors say in words what has no status of its own, such as a plan that is used up. */
export function refusal(status: number | undefined, text: string): StorageError {
  const says = `The storage answered ${status ?? 'nothing'}: ${inWords(text).slice(0, 300)}`;
  if (status === 507 || /quota|storage limit|insufficient storage/i.test(text))
    return new StorageError('FULL', says);
  if (status === 413 || /too large/i.test(text)) return new StorageError('TOO_LARGE', says);
  if (status === 416) return new StorageError('BAD_RANGE', says);
  return new StorageError('UNAVAILABLE', says);
}
