/** An account: who signs in, from which devices, and what happened to it. */
import { z } from 'zod';
import { JsonObject } from './json.ts';
import { DeviceId, LibraryId } from './owner.ts';

/** Lower case, so that one address is one account. Judged before: some foreign letters become plain ones by it. */
export const Email = z
  .string()
  .trim()
  .pipe(z.email('Enter an e-mail address such as name@example.org.').max(254).toLowerCase());

/** NIST SP 800-63B: length decides, not the kinds of characters. */
export const Password = z
  .string()
  .min(8, 'Use at least 8 characters.')
  .max(128, 'Use at most 128 characters.');

/** What a link of a mail carries, behind the # of its address: 256 bits. */
const LinkToken = z
  .string()
  .regex(/^[A-Za-z0-9_-]{43}$/, 'This link is not whole. Open it again from the mail.');

/** Pages that open the links of mails; the token stands behind `#`, where no log and no referrer has it. */
export const LINK_PAGES = { signIn: '/sign-in/link', reset: '/reset', email: '/settings/email' } as const;

/** A link holds once, and for this long. */
export const LINK_MINUTES = 10;

/** Without a password of their own, people prove themselves by having signed in within this time. */
export const FRESH_MINUTES = 15;

export const ProviderId = z.enum(['google', 'github', 'oidc']);
export type ProviderId = z.infer<typeof ProviderId>;

export const SignInMethods = z.object({
  /** This server sends mail: a new account is confirmed by mail, a password can be reset. */
  mail: z.boolean(),
  /** Links are on offer: sent by mail or, in development without a mail server, shown in the answer. */
  link: z.boolean(),
  providers: z.array(z.object({ id: ProviderId, name: z.string() })),
});
export type SignInMethods = z.infer<typeof SignInMethods>;

export const SignUpInput = z.strictObject({
  email: Email,
  password: Password,
  name: z.string().trim().max(100).optional(),
});

export const SignInInput = z.strictObject({ email: Email, password: z.string().max(128) });
export const EmailInput = z.strictObject({ email: Email });
export const TokenInput = z.strictObject({ token: LinkToken });
export const ResetInput = z.strictObject({ token: LinkToken, password: Password });

export const SignedIn = z.object({
  status: z.literal('signed-in'),
  /** null: this account has no library yet; the first write makes one, or a claim brings one. */
  library: LibraryId.nullable(),
  /** The sign-in was begun in this browser, so that a guest's library here may be claimed. */
  beganHere: z.boolean(),
});
export type SignedIn = z.infer<typeof SignedIn>;

export const OpenedLink = SignedIn.extend({
  /** It was a sign-up's, and the password had been typed in another browser: it does not hold. */
  leftPassword: z.boolean(),
});
export type OpenedLink = z.infer<typeof OpenedLink>;

/** Answered alike whether the address has an account or not. */
export const LinkSent = z.object({
  status: z.literal('check-mail'),
  /** The link itself, in development without a mail server alone. */
  shownLink: z.string().nullable(),
});
export type LinkSent = z.infer<typeof LinkSent>;

export const SignUpResult = z.discriminatedUnion('status', [SignedIn, LinkSent]);

export const Account = z.object({
  name: z.string().nullable(),
  email: z.string().nullable(),
  /** Somebody has opened a link sent to this address, or a provider vouches for it. */
  verified: z.boolean(),
  providers: z.array(z.object({ id: z.string(), linkedAt: z.iso.datetime() })),
  hasPassword: z.boolean(),
  /** This session may change password and address without one: it began within FRESH_MINUTES. */
  isFresh: z.boolean(),
  deletionDueAt: z.iso.datetime().nullable(),
});
export type Account = z.infer<typeof Account>;

export const UpdateAccountInput = z.strictObject({ name: z.string().trim().max(100).nullable() });

/** `current` may be left out by an account without a password, in a fresh session. */
export const ChangePasswordInput = z.strictObject({
  current: z.string().max(128).optional(),
  next: Password,
});
export const ChangeEmailInput = z.strictObject({ email: Email, password: z.string().max(128).optional() });

export const Device = z.object({
  id: DeviceId,
  /** Such as `Firefox on Linux`; null: it did not say. */
  name: z.string().nullable(),
  signedInAt: z.iso.datetime(),
  /** Kept to the hour. */
  lastSeenAt: z.iso.datetime(),
  isThis: z.boolean(),
});
export type Device = z.infer<typeof Device>;

export const DeviceInput = z.strictObject({ id: DeviceId });
export const SignOutEverywhereInput = z.strictObject({
  /** Whether this browser is signed out as well. */
  thisToo: z.boolean().default(false),
});
export const ProviderInput = z.strictObject({ provider: ProviderId });

export const AUDIT_TYPES = [
  'signed-up',
  'signed-in',
  'sign-in-failed',
  'signed-out',
  'device-signed-out',
  'signed-out-everywhere',
  'password-refused',
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

/** Days that an account's events are kept. */
export const AUDIT_DAYS = 365;

export const AuditEvent = z.object({
  id: z.uuid(),
  type: AuditType,
  device: z.string().nullable(),
  address: z.string().nullable(),
  details: JsonObject,
  at: z.iso.datetime(),
});
export type AuditEvent = z.infer<typeof AuditEvent>;

export const AuditInput = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  /** Events before this one. */
  before: z.uuid().optional(),
});
export const AuditPage = z.object({ items: z.array(AuditEvent), before: z.uuid().nullable() });

/** What an erasure took: records of every kind, the items among them, their files and the bytes of those. */
export const ErasureCounts = z.object({
  libraries: z.int(),
  rows: z.int(),
  media: z.int(),
  files: z.int(),
  bytes: z.int(),
});
export type ErasureCounts = z.infer<typeof ErasureCounts>;

/** Days in which the deletion of an account can be taken back. */
export const GRACE_DAYS = 7;

/** What can be read of an erasure by its number, without an account and after it is gone. */
export const Erasure = z.object({
  id: z.uuid(),
  /** waiting: it can be taken back. erasing: every record is gone, some bytes are not yet seen to be. */
  state: z.enum(['waiting', 'erasing', 'finished', 'taken-back']),
  requestedAt: z.iso.datetime(),
  dueAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
  counts: ErasureCounts,
});
export type Erasure = z.infer<typeof Erasure>;

export const DeleteAccountInput = z.strictObject({ password: z.string().max(128).optional() });
