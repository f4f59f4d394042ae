/** Passwords as argon2id hashes. Checking one takes the same time whether there is an account or not. */
import { hash, verify } from '@node-rs/argon2';
import { AppError } from '#core/errors.ts';
import { isCommonPassword } from './common-passwords.ts';

/** OWASP's second choice: 19 MiB, two passes, one lane. The package's default algorithm is argon2id. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Each needs its memory and a thread of the pool that files are read by, too. */
const AT_ONCE = 4;
const MAX_WAITING = 64;

let running = 0;
const waiting: (() => void)[] = [];

/** Runs at most AT_ONCE at a time, in the order of asking. @throws AppError RATE_LIMITED when too many wait */
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running < AT_ONCE) running += 1;
  else if (waiting.length < MAX_WAITING) await new Promise<void>((resolve) => waiting.push(resolve));
  else {
    const message = 'Too many people are signing in at this moment. Try again in a few seconds.';
    throw new AppError('RATE_LIMITED', message, { retryAfter: 5 });
  }
  try {
    return await work();
  } finally {
    // The place goes to whoever waits longest, or is free again.
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }
}

/** The same characters, however a keyboard composed them. */
const plain = (password: string) => password.normalize('NFKC');

export const hashPassword = (password: string): Promise<string> => inTurn(() => hash(plain(password), COST));

let decoy: Promise<string> | undefined;

/** @param stored null: nobody's, against which every password is wrong after the same time. */
export async function checkPassword(stored: string | null, password: string): Promise<boolean> {
  const nobodys = await (decoy ??= hash('a password that nobody has', COST));
  const hashed = stored ?? nobodys;
  const isRight = await inTurn(() => verify(hashed, plain(password)));
  return isRight && stored !== null;
}

/**
 * @param email Of the account: no password either.
 * @param field The input that it came from.
 * @throws AppError BAD_INPUT
 */
export function refuseCommon(password: string, email: string | null, field: string): void {
  const text = password.toLowerCase();
  const [name = ''] = (email ?? '').split('@');
  if (!isCommonPassword(password) && text !== email && (name.length < 4 || text !== name)) return;
  const message = 'This password is among the first that are guessed. Use another one, such as a few words.';
  throw new AppError('BAD_INPUT', message, { field });
}
