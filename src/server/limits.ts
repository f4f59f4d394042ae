/**
 * How often somebody may do something. A limit counts calls, not requests; it holds across processes, and nothing is
 * locked for good: the answer says when to come back.
 */
import { lt } from 'drizzle-orm';
import { createHash } from 'node:crypto';
import { RateLimiterDrizzle, RateLimiterRes } from 'rate-limiter-flexible';
import { AppError } from '#core/errors.ts';
import type { Db } from './db/client.ts';
import { rateLimits } from './db/identity.ts';

/** `{wait}` in a message becomes the time to wait, such as "15 minutes". */
type Limit = { calls: number; seconds: number; message: string };

const MINUTE = 60;
const HOUR = 3600;
const BUSY = 'This is more than one library may change at once. Nothing was lost: what waits is sent again.';

export const LIMITS = {
  /** Changes of one library. */
  write: { calls: 600, seconds: MINUTE, message: BUSY },
  generate: {
    calls: 60,
    seconds: MINUTE,
    message: 'Too many generations were started within a minute. Those are under way; try again shortly.',
  },
  /** Of all guests of one network together: each new one brings a count of its own. */
  writeFrom: { calls: 3000, seconds: MINUTE, message: BUSY },
  generateFrom: {
    calls: 300,
    seconds: MINUTE,
    message:
      'Too many generations were started from this network within a minute. Try again shortly, or sign in.',
  },
  /** Links of others that this server was made to ask: for one library, and from one network. */
  fetch: {
    calls: 300,
    seconds: MINUTE,
    message: 'Too many links were asked for within a minute. Nothing was lost: go on shortly.',
  },
  fetchFrom: {
    calls: 600,
    seconds: MINUTE,
    message: 'Too many links were asked for from this network. Nothing was lost: go on shortly.',
  },
  /** Downloads of a whole library. */
  export: {
    calls: 10,
    seconds: HOUR,
    message: 'Everything was downloaded ten times within an hour. Try again in {wait}.',
  },
  /** New guests from one network. */
  guest: {
    calls: 300,
    seconds: HOUR,
    message: 'Too many new guests came from this network. Try again in {wait}, or sign in.',
  },
  /** Failed sign-ins to one account from one network (security.md: brute force). */
  signIn: {
    calls: 5,
    seconds: 15 * MINUTE,
    message: 'Too many attempts at signing in. Try again in {wait}.',
  },
  signInFrom: { calls: 50, seconds: HOUR, message: 'Too many attempts at signing in. Try again in {wait}.' },
  /** Wrong answers to the question for one's own password. */
  password: {
    calls: 5,
    seconds: 15 * MINUTE,
    message: 'Too many wrong passwords. Nothing was changed. Try again in {wait}.',
  },
  signUpFrom: {
    calls: 20,
    seconds: HOUR,
    message: 'Too many accounts were made from this network. Try again in {wait}.',
  },
  /**
   * Mails to one address that one network asks for, that one network asks for, and to one address. The last is beyond
   * what a single network reaches: nobody keeps somebody else from their mail.
   */
  mail: { calls: 5, seconds: 15 * MINUTE, message: 'Too many mails were asked for. Try again in {wait}.' },
  mailFrom: { calls: 30, seconds: HOUR, message: 'Too many mails were asked for. Try again in {wait}.' },
  mailTo: { calls: 60, seconds: HOUR, message: 'Too many mails were asked for. Try again in {wait}.' },
  /** Guesses of a link's or mail's token from one network. */
  tokenFrom: { calls: 60, seconds: HOUR, message: 'Too many links that do not hold. Try again in {wait}.' },
} satisfies Record<string, Limit>;

export type LimitName = keyof typeof LIMITS;

export type Limits = {
  /**
   * Counts one call.
   * @param subject A library, a network, an account: only its hash is kept. null counts nothing.
   * @throws AppError RATE_LIMITED, with the seconds to wait.
   */
  take: (name: LimitName, subject: string | null) => Promise<void>;
  /** Refuses as `take` would, and counts nothing. */
  check: (name: LimitName, subject: string | null) => Promise<void>;
  /** Forgets what was counted, as after a sign-in that succeeded. */
  forgive: (name: LimitName, subject: string | null) => Promise<void>;
  /** Drops counters that have run out. */
  sweep: () => Promise<void>;
};

const digest = (subject: string) => createHash('sha256').update(subject).digest('base64url');

function describeWait(seconds: number): string {
  const minutes = Math.ceil(seconds / MINUTE);
  return minutes === 1 ? 'a minute' : `${minutes} minutes`;
}

function refuse(name: LimitName, { msBeforeNext }: RateLimiterRes): AppError {
  const retryAfter = Math.max(1, Math.ceil(msBeforeNext / 1000));
  return new AppError('RATE_LIMITED', LIMITS[name].message.replace('{wait}', describeWait(retryAfter)), {
    retryAfter,
  });
}

export function createLimits(db: Db): Limits {
  const limiters = new Map<LimitName, RateLimiterDrizzle>();
  for (const [name, { calls, seconds }] of Object.entries(LIMITS)) {
    const limiter = new RateLimiterDrizzle({
      storeClient: db,
      schema: rateLimits,
      keyPrefix: name,
      points: calls,
      duration: seconds,
      // One who is over the limit costs no statement until it ends.
      inMemoryBlockOnConsumed: calls + 1,
      clearExpiredByTimeout: false,
    });
    if (isLimitName(name)) limiters.set(name, limiter);
  }
  const of = (name: LimitName) => {
    const limiter = limiters.get(name);
    if (!limiter) throw new Error(`no limit ${name}`);
    return limiter;
  };
  return {
    async take(name, subject) {
      if (subject === null) return;
      try {
        await of(name).consume(digest(subject));
      } catch (refusal) {
        throw refusal instanceof RateLimiterRes ? refuse(name, refusal) : refusal;
      }
    },
    async check(name, subject) {
      const counted = subject === null ? null : await of(name).get(digest(subject));
      if (counted && counted.remainingPoints <= 0) throw refuse(name, counted);
    },
    async forgive(name, subject) {
      if (subject !== null) await of(name).delete(digest(subject));
    },
    async sweep() {
      await db.delete(rateLimits).where(lt(rateLimits.expire, new Date()));
    },
  };
}

const isLimitName = (name: string): name is LimitName => name in LIMITS;
