/**
 * What a link of a mail is good for. The link holds 256 random bits, the database their hash and the errand; a link
 * holds once, for LINK_MINUTES, and whoever opens it has the mailbox that it was sent to.
 */
import { and, eq, gt, lte, sql } from 'drizzle-orm';
import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { LINK_MINUTES } from '#core/account.ts';
import { AppError } from '#core/errors.ts';
import { UserId } from '#core/owner.ts';
import type { Tx } from '../db/client.ts';
import { verificationTokens } from '../db/identity.ts';

const Errand = z.discriminatedUnion('for', [
  /** `asked`: hash of what the asking browser was given, to know it again. */
  z.object({ for: z.literal('sign-in'), email: z.string(), asked: z.string() }),
  z.object({
    for: z.literal('sign-up'),
    email: z.string(),
    name: z.string().nullable(),
    passwordHash: z.string(),
    asked: z.string(),
  }),
  z.object({ for: z.literal('reset'), userId: UserId }),
  z.object({ for: z.literal('email'), userId: UserId, email: z.string() }),
]);
export type Errand = z.infer<typeof Errand>;
type Purpose = Errand['for'];

export const hashOf = (secret: string) => createHash('sha256').update(secret).digest();

const owner = sql<string>`${verificationTokens.identifier}::jsonb ->> 'userId'`;

/** @returns The token, which nobody can tell again. */
export async function issueToken(tx: Tx, now: Date, errand: Errand): Promise<string> {
  await tx.delete(verificationTokens).where(lte(verificationTokens.expiresAt, now));
  const token = randomBytes(32).toString('base64url');
  await tx.insert(verificationTokens).values({
    identifier: JSON.stringify(errand),
    tokenHash: hashOf(token),
    expiresAt: new Date(now.getTime() + LINK_MINUTES * 60_000),
  });
  return token;
}

/**
 * Uses the token up, unless the caller's transaction fails: as it does by what this throws.
 * @throws AppError NOT_FOUND for one that is unknown, used, too old or for something else
 */
export async function takeToken<P extends Purpose>(
  tx: Tx,
  now: Date,
  token: string,
  purposes: readonly P[],
): Promise<Extract<Errand, { for: P }>> {
  const [taken] = await tx
    .delete(verificationTokens)
    .where(and(eq(verificationTokens.tokenHash, hashOf(token)), gt(verificationTokens.expiresAt, now)))
    .returning({ identifier: verificationTokens.identifier });
  const errand = taken && Errand.parse(JSON.parse(taken.identifier));
  if (errand && isFor(errand, purposes)) return errand;
  const message = `This link was used already, or is older than ${LINK_MINUTES} minutes. Ask for a new one.`;
  throw new AppError('NOT_FOUND', message, { field: 'token' });
}

const isFor = <P extends Purpose>(
  errand: Errand,
  purposes: readonly P[],
): errand is Extract<Errand, { for: P }> => purposes.some((known) => known === errand.for);

/** No link that was sent for this account holds any more. */
export async function dropTokens(tx: Tx, userId: UserId): Promise<void> {
  await tx.delete(verificationTokens).where(eq(owner, userId));
}
