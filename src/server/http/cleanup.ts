import { createHash, timingSafeEqual } from 'node:crypto';
import { AppError, notFound } from '#core/errors.ts';
import { env } from '#env';
import { applyRetention } from '../retention.ts';
import { getServer } from '../server.ts';
import { respondError, respondJson } from './respond.ts';

/** Whoever asks from outside waits no longer; what is left is said, and goes with the next call. */
const PATIENCE_MS = 20_000;

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Of equal length once hashed, so that the time of the answer tells nothing. */
const isSame = (given: string, secret: string) => timingSafeEqual(digest(given), digest(secret));

/** What the nightly upkeep does with the trash and with idle guests, now. For whoever has the secret, if there is one. */
export async function cleanUp(request: Request): Promise<Response> {
  try {
    const { CLEANUP_SECRET: secret, TRASH_DAYS, GUEST_IDLE_DAYS } = env();
    if (secret === undefined) throw notFound('route');
    const [, given] = /^Bearer (\S+)$/i.exec(request.headers.get('authorization') ?? '') ?? [];
    if (given === undefined || !isSame(given, secret))
      throw new AppError('WRONG_CREDENTIALS', 'Send the secret of CLEANUP_SECRET as a bearer token.');
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const rules = { trashDays: TRASH_DAYS, guestIdleDays: GUEST_IDLE_DAYS, signal };
    return respondJson(await applyRetention(await getServer(), rules));
  } catch (error) {
    return respondError(error, 'POST /api/cleanup');
  }
}
