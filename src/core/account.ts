/** An account: who signs in, from which devices, and what happened to it. */
import { z } from 'zod';

/** Lower case, so that one address is one account. */
export const Email = z
  .string()
  .trim()
  .toLowerCase()
  .pipe(z.email('Enter an e-mail address such as name@example.org.').max(254));

/** NIST SP 800-63B: length decides, not the kinds of characters. */
export const Password = z
  .string()
  .min(8, 'Use at least 8 characters.')
  .max(128, 'Use at most 128 characters.');

export const AUDIT_TYPES = [
  'signed-up',
  'signed-in',
  'sign-in-failed',
  'signed-out',
  'device-signed-out',
  'signed-out-everywhere',
  'password-changed',
  'password-reset-asked',
  'password-reset',
  'email-change-asked',
  'email-changed',
  'provider-linked',
  'provider-unlinked',
  'library-claimed',
  'library-kept-apart',
  'claim-undone',
  'export-downloaded',
  'deletion-asked',
  'deletion-taken-back',
] as const;
export const AuditType = z.enum(AUDIT_TYPES);
export type AuditType = z.infer<typeof AuditType>;

export const ErasureCounts = z.object({
  libraries: z.int(),
  media: z.int(),
  files: z.int(),
  bytes: z.int(),
});
export type ErasureCounts = z.infer<typeof ErasureCounts>;
