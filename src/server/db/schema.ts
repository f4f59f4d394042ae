/**
 * Tables. Every owned table carries `library_id` and nothing else about the owner, and `version`: the library's at
 * the row's last change. Roles, row level security and triggers are in the hand-written migrations beside these.
 */
import { sql } from 'drizzle-orm';
import {
  boolean,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import type { ClaimId } from '#core/claim.ts';
import type { CollectionId } from '#core/collection.ts';
import type { GenerationState } from '#core/generation-state.ts';
import type { GenerationOutput, OutputError } from '#core/generation.ts';
import type { JsonObject } from '#core/json.ts';
import type { FileRole, GenerationId, MediaId, Mime, Origin, UploadId } from '#core/media.ts';
import type { LibraryId, SessionId, UserId } from '#core/owner.ts';
import type { PurgeCounts, PurgeReason, ReceiptId } from '#core/receipt.ts';
import type { Kind } from '#core/settings.ts';
import type { Ack, ClientId } from '#core/sync.ts';
import type { StorageKey } from '../storage/keys.ts';
import type { Backend, StorageFailure } from '../storage/port.ts';
import { counter, createdAt, moment } from './columns.ts';
import { erasures, guestSessions, users } from './identity.ts';

export const libraries = pgTable(
  'libraries',
  {
    id: uuid('id').$type<LibraryId>().primaryKey(),
    userId: uuid('user_id')
      .$type<UserId>()
      .unique()
      .references(() => users.id),
    sessionId: uuid('session_id')
      .$type<SessionId>()
      .unique()
      .references(() => guestSessions.id),
    /** The newest change. */
    version: counter('version').notNull().default(0),
    /** The newest purged tombstone: cursors below it cannot be answered with a delta. */
    floor: counter('floor').notNull().default(0),
    /** Changes only when history was rewritten, as by a restored backup. */
    epoch: uuid('epoch').notNull().defaultRandom(),
    mergedInto: uuid('merged_into').$type<LibraryId>(),
    createdAt: createdAt(),
  },
  (table) => [
    foreignKey({ columns: [table.mergedInto], foreignColumns: [table.id] }),
    check(
      'libraries_one_owner',
      sql`${table.mergedInto} is not null or num_nonnulls(${table.userId}, ${table.sessionId}) = 1`,
    ),
  ],
);

const libraryId = () =>
  uuid('library_id')
    .$type<LibraryId>()
    .notNull()
    .references(() => libraries.id);

/** How a row came into its library. Written by the trigger of births and by claims alone. */
const provenance = () => ({
  /** The library's version when the row was made there. */
  bornVersion: counter('born_version').notNull().default(0),
  /** The claim that moved it here: what an undo takes back. */
  claimId: uuid('claim_id').$type<ClaimId>(),
});

export const collections = pgTable(
  'collections',
  {
    id: uuid('id').$type<CollectionId>().primaryKey(),
    libraryId: libraryId(),
    version: counter('version').notNull(),
    name: text('name').notNull(),
    createdAt: createdAt(),
    updatedAt: moment('updated_at').notNull().defaultNow(),
    /** Set = tombstone. Its media stay. */
    deletedAt: moment('deleted_at'),
    ...provenance(),
  },
  (table) => [
    index('collections_changes').on(table.libraryId, table.version),
    index('collections_tombstones')
      .on(table.deletedAt)
      .where(sql`deleted_at is not null`),
  ],
);

export const generations = pgTable(
  'generations',
  {
    id: uuid('id').$type<GenerationId>().primaryKey(),
    libraryId: libraryId(),
    version: counter('version').notNull(),
    requestId: text('request_id'),
    state: text('state').$type<GenerationState>().notNull(),
    kind: text('kind').$type<Kind>().notNull(),
    prompt: text('prompt').notNull(),
    provider: text('provider').notNull(),
    model: text('model').notNull(),
    seed: counter('seed').notNull(),
    settings: jsonb('settings').$type<JsonObject>().notNull(),
    metadata: jsonb('metadata').$type<JsonObject>().notNull(),
    outputs: jsonb('outputs').$type<GenerationOutput[]>().notNull(),
    error: jsonb('error').$type<OutputError>(),
    createdAt: createdAt(),
    startedAt: moment('started_at'),
    finishedAt: moment('finished_at'),
    deletedAt: moment('deleted_at'),
    ...provenance(),
  },
  (table) => [
    index('generations_changes').on(table.libraryId, table.version),
    index('generations_newest')
      .on(table.libraryId, table.createdAt.desc().nullsFirst(), table.id.desc().nullsFirst())
      .where(sql`deleted_at is null`),
    index('generations_unfinished')
      .on(table.createdAt)
      .where(sql`state in ('queued', 'running', 'saving')`),
    uniqueIndex('generations_request').on(table.libraryId, table.requestId),
    index('generations_tombstones')
      .on(table.deletedAt)
      .where(sql`deleted_at is not null`),
  ],
);

export const media = pgTable(
  'media',
  {
    id: uuid('id').$type<MediaId>().primaryKey(),
    libraryId: libraryId(),
    version: counter('version').notNull(),
    kind: text('kind').$type<Kind>().notNull(),
    origin: text('origin').$type<Origin>().notNull(),
    prompt: text('prompt').notNull().default(''),
    headline: text('headline'),
    tags: text('tags').array().notNull().default([]),
    collectionIds: uuid('collection_ids').array().$type<CollectionId[]>().notNull().default([]),
    starred: boolean('starred').notNull().default(false),
    provider: text('provider'),
    model: text('model'),
    seed: counter('seed'),
    settings: jsonb('settings').$type<JsonObject>().notNull().default({}),
    metadata: jsonb('metadata').$type<JsonObject>().notNull().default({}),
    width: integer('width').notNull(),
    height: integer('height').notNull(),
    durationMs: integer('duration_ms'),
    mime: text('mime').$type<Mime>().notNull(),
    bytes: counter('bytes').notNull(),
    sha256: text('sha256').notNull(),
    thumbhash: text('thumbhash'),
    roles: text('roles').array().$type<FileRole[]>().notNull(),
    generationId: uuid('generation_id').$type<GenerationId>(),
    outputIndex: smallint('output_index'),
    sourceUrl: text('source_url'),
    sourceUuid: uuid('source_uuid'),
    /** Where the row came from, when a claim moved it: lets the claiming device keep what it holds. */
    originLibrary: uuid('origin_library').$type<LibraryId>(),
    originVersion: counter('origin_version'),
    createdAt: createdAt(),
    updatedAt: moment('updated_at').notNull().defaultNow(),
    trashedAt: moment('trashed_at'),
    /** Set = tombstone: scrubbed, kept so that devices learn of it. */
    deletedAt: moment('deleted_at'),
    ...provenance(),
  },
  (table) => {
    const newest = [table.createdAt.desc().nullsFirst(), table.id.desc().nullsFirst()] as const;
    return [
      index('media_changes').on(table.libraryId, table.version),
      index('media_window')
        .on(table.libraryId, ...newest)
        .where(sql`deleted_at is null`),
      index('media_gallery')
        .on(table.libraryId, ...newest)
        .where(sql`deleted_at is null and trashed_at is null`),
      index('media_kind')
        .on(table.libraryId, table.kind, ...newest)
        .where(sql`deleted_at is null and trashed_at is null`),
      index('media_starred')
        .on(table.libraryId, ...newest)
        .where(sql`deleted_at is null and trashed_at is null and starred`),
      index('media_trash')
        .on(table.libraryId, ...newest)
        .where(sql`deleted_at is null and trashed_at is not null`),
      index('media_collections').using('gin', table.collectionIds),
      uniqueIndex('media_source').on(table.libraryId, table.sourceUuid),
      index('media_source_url')
        .on(table.libraryId, table.sourceUrl)
        .where(sql`source_url is not null`),
      index('media_sha256')
        .on(table.libraryId, table.sha256)
        .where(sql`deleted_at is null`),
      index('media_trashed')
        .on(table.trashedAt)
        .where(sql`deleted_at is null and trashed_at is not null`),
      index('media_tombstones')
        .on(table.deletedAt)
        .where(sql`deleted_at is not null`),
    ];
  },
);

/** Receipts of what was purged. They name nothing; whether the bytes are gone is asked of the ledger. */
export const purges = pgTable(
  'purges',
  {
    id: uuid('id').$type<ReceiptId>().primaryKey(),
    libraryId: libraryId(),
    reason: text('reason').$type<PurgeReason>().notNull(),
    requestedAt: moment('requested_at').notNull(),
    counts: jsonb('counts').$type<PurgeCounts>().notNull(),
  },
  (table) => [
    index('purges_newest').on(
      table.libraryId,
      table.requestedAt.desc().nullsFirst(),
      table.id.desc().nullsFirst(),
    ),
  ],
);

/** Ledger of bytes. A key says nothing of its owner; who may read it is decided by the row that names it. */
export const storageObjects = pgTable(
  'storage_objects',
  {
    key: text('key').$type<StorageKey>().primaryKey(),
    backend: text('backend').$type<Backend>().notNull(),
    state: text('state').$type<'staged' | 'live' | 'doomed' | 'gone'>().notNull(),
    /** What the bytes were staged for, so that a second attempt dooms what the first left behind. */
    stagedFor: uuid('staged_for').notNull(),
    /** The erasure that is not finished until these bytes are gone. */
    erasureId: uuid('erasure_id').references(() => erasures.id),
    /** The purge whose receipt waits for these bytes. */
    purgeId: uuid('purge_id').references(() => purges.id, { onDelete: 'set null' }),
    bytes: counter('bytes'),
    mime: text('mime').notNull(),
    sha256: text('sha256'),
    createdAt: createdAt(),
    verifiedAt: moment('verified_at'),
    goneAt: moment('gone_at'),
    /** Doomed bytes stay until then: a link to them that was given out may still be in use. */
    keepUntil: moment('keep_until'),
    /** Why the newest attempt to delete them failed. */
    failure: text('failure').$type<StorageFailure>(),
  },
  (table) => [
    index('storage_objects_unsettled')
      .on(table.state, table.createdAt)
      .where(sql`state in ('staged', 'doomed')`),
    index('storage_objects_staged_for').on(table.stagedFor),
    index('storage_objects_erasure')
      .on(table.erasureId)
      .where(sql`erasure_id is not null`),
    index('storage_objects_purge')
      .on(table.purgeId)
      .where(sql`purge_id is not null`),
  ],
);

export const mediaFiles = pgTable(
  'media_files',
  {
    mediaId: uuid('media_id')
      .$type<MediaId>()
      .notNull()
      .references(() => media.id, { onDelete: 'cascade' }),
    role: text('role').$type<FileRole>().notNull(),
    libraryId: libraryId(),
    objectKey: text('object_key')
      .$type<StorageKey>()
      .notNull()
      .references(() => storageObjects.key),
    mime: text('mime').notNull(),
    width: integer('width').notNull(),
    height: integer('height').notNull(),
    bytes: counter('bytes').notNull(),
    sha256: text('sha256').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.mediaId, table.role] }),
    index('media_files_object').on(table.objectKey),
    index('media_files_library').on(table.libraryId),
  ],
);

/** Bytes that arrived ahead of the record that will hold them. */
export const uploads = pgTable(
  'uploads',
  {
    id: uuid('id').$type<UploadId>().primaryKey(),
    libraryId: libraryId(),
    objectKey: text('object_key')
      .$type<StorageKey>()
      .notNull()
      .references(() => storageObjects.key),
    createdAt: createdAt(),
  },
  (table) => [index('uploads_library').on(table.libraryId), index('uploads_object').on(table.objectKey)],
);

export const syncClients = pgTable(
  'sync_clients',
  {
    libraryId: libraryId(),
    clientId: uuid('client_id').$type<ClientId>().notNull(),
    lastSeq: counter('last_seq').notNull(),
    /** Refusals of the newest push, so that one whose answer was lost is refused again and not taken for done. */
    rejected: jsonb('rejected').$type<Ack[]>().notNull().default([]),
    seenAt: moment('seen_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.libraryId, table.clientId] })],
);
