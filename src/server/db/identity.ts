/**
 * Tables of who people are: accounts, their sessions, guests, and what joins the two. None is bound to a library, so
 * that only the server's own errands (role app_worker) reach them.
 */
import { sql } from 'drizzle-orm';
import {
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import type { AuditType, ErasureCounts } from '#core/account.ts';
import type { ClaimCounts, ClaimId } from '#core/claim.ts';
import type { JsonObject } from '#core/json.ts';
import type { DeviceId, LibraryId, SessionId, UserId } from '#core/owner.ts';
import { bytea, counter, createdAt, moment } from './columns.ts';

export const users = pgTable('users', {
  id: uuid('id').$type<UserId>().primaryKey(),
  name: text('name'),
  email: text('email').unique(),
  emailVerified: moment('email_verified'),
  image: text('image'),
  passwordHash: text('password_hash'),
  createdAt: createdAt(),
  /** Set = the person asked for this account to be deleted; it can be taken back until then. */
  deletionDueAt: moment('deletion_due_at'),
});

export const accounts = pgTable(
  'accounts',
  {
    userId: uuid('user_id')
      .$type<UserId>()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    type: text('type').notNull(),
    provider: text('provider').notNull(),
    providerAccountId: text('provider_account_id').notNull(),
    createdAt: createdAt(),
  },
  (table) => [
    primaryKey({ columns: [table.provider, table.providerAccountId] }),
    index('accounts_user').on(table.userId),
  ],
);

export const authSessions = pgTable(
  'auth_sessions',
  {
    sidHash: bytea('sid_hash').primaryKey(),
    /** What a device list may name: the hash stays here. */
    id: uuid('id').$type<DeviceId>().notNull().unique(),
    userId: uuid('user_id')
      .$type<UserId>()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    device: text('device'),
    /** The sign-in was begun in the browser that ended it: only then may a guest's library be claimed. */
    beganHere: boolean('began_here').notNull().default(false),
    createdAt: createdAt(),
    lastSeenAt: moment('last_seen_at').notNull().defaultNow(),
    absoluteExpiresAt: moment('absolute_expires_at').notNull(),
    revokedAt: moment('revoked_at'),
  },
  (table) => [index('auth_sessions_user').on(table.userId)],
);

export const verificationTokens = pgTable(
  'verification_tokens',
  {
    identifier: text('identifier').notNull(),
    tokenHash: bytea('token_hash').notNull(),
    expiresAt: moment('expires_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.identifier, table.tokenHash] })],
);

export const guestSessions = pgTable('guest_sessions', {
  id: uuid('id').$type<SessionId>().primaryKey(),
  /** sha256 of the cookie's token; null = dead. */
  tokenHash: bytea('token_hash').unique(),
  createdAt: createdAt(),
  lastSeenAt: moment('last_seen_at').notNull().defaultNow(),
  expiresAt: moment('expires_at').notNull(),
  claimedBy: uuid('claimed_by')
    .$type<UserId>()
    .references(() => users.id, { onDelete: 'set null' }),
  claimedAt: moment('claimed_at'),
  /** The account that was told to keep this library apart, so that it does not ask again. */
  keptApartFrom: uuid('kept_apart_from')
    .$type<UserId>()
    .references(() => users.id, { onDelete: 'set null' }),
});

/** A guest's library that came into an account, and until when it can go back. */
export const claims = pgTable(
  'claims',
  {
    id: uuid('id').$type<ClaimId>().primaryKey(),
    userId: uuid('user_id')
      .$type<UserId>()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    /** Whose library it was; once undone, who has got it back. */
    sessionId: uuid('session_id')
      .$type<SessionId>()
      .notNull()
      .references(() => guestSessions.id),
    /** repointed: the guest's library became the account's. merged: its rows were moved into the account's. */
    way: text('way').$type<'repointed' | 'merged'>().notNull(),
    fromLibrary: uuid('from_library').$type<LibraryId>().notNull(),
    toLibrary: uuid('to_library').$type<LibraryId>().notNull(),
    /** The library's after the claim. Of a re-pointed one, what was born up to here came with the claim. */
    version: counter('version').notNull(),
    counts: jsonb('counts').$type<ClaimCounts>().notNull(),
    createdAt: createdAt(),
    undoUntil: moment('undo_until').notNull(),
    undoneAt: moment('undone_at'),
  },
  (table) => [index('claims_user').on(table.userId, table.createdAt)],
);

/** What happened to an account, shown to the person. */
export const auditEvents = pgTable(
  'audit_events',
  {
    id: uuid('id').primaryKey(),
    userId: uuid('user_id')
      .$type<UserId>()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    type: text('type').$type<AuditType>().notNull(),
    device: text('device'),
    address: text('address'),
    details: jsonb('details').$type<JsonObject>().notNull().default({}),
    createdAt: createdAt(),
  },
  (table) => [index('audit_events_user').on(table.userId, table.createdAt)],
);

/**
 * Receipts of what was deleted for good: an account with its libraries, or a guest's library. They outlive the person,
 * and once finished say nothing of whose it was.
 */
export const erasures = pgTable(
  'erasures',
  {
    id: uuid('id').primaryKey(),
    userId: uuid('user_id')
      .$type<UserId>()
      .references(() => users.id, { onDelete: 'set null' }),
    requestedAt: moment('requested_at').notNull(),
    dueAt: moment('due_at').notNull(),
    takenBackAt: moment('taken_back_at'),
    /** Every row is gone, in one transaction; the bytes follow. */
    erasedAt: moment('erased_at'),
    /** Set once every byte was seen to be gone as well. */
    finishedAt: moment('finished_at'),
    /** Whom to tell of the end; forgotten as it comes. */
    notify: text('notify'),
    counts: jsonb('counts').$type<ErasureCounts>().notNull(),
  },
  (table) => [
    // An account is asked to be deleted once at a time.
    uniqueIndex('erasures_user')
      .on(table.userId)
      .where(sql`taken_back_at is null`),
    index('erasures_open')
      .on(table.dueAt)
      .where(sql`finished_at is null and taken_back_at is null`),
  ],
);

/** As rate-limiter-flexible keeps its counters. */
export const rateLimits = pgTable(
  'rate_limits',
  {
    key: text('key').primaryKey(),
    points: integer('points').notNull(),
    expire: moment('expire'),
  },
  (table) => [index('rate_limits_expire').on(table.expire)],
);

/** Which database this is: one row, made with the schema, that comes along into a backup and out of it. */
export const installation = pgTable('installation', { id: uuid('id').primaryKey().defaultRandom() });
