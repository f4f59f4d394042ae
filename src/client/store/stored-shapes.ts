/**
 * What comes out of storage is checked before it is believed, by the fields that drawing and syncing stand on. Not
 * the full schemas: these run over every row before the first paint, and the rows were whole when they were stored.
 */
import type { Collection } from '#core/collection.ts';
import type { Generation } from '#core/generation.ts';
import type { Media, MediaId, SaveMediaInput, UploadId } from '#core/media.ts';
import type { Pending, Refusal } from '#core/overlay.ts';
import type { Position } from '#core/reconcile.ts';
import type { ClientId, Cursor } from '#core/sync.ts';

/** A file that waits to be sent. Its bytes are kept beside it; edits meanwhile go into `input` and `draft`. */
export type StoredUpload = {
  /** Place among this device's operations; see `Pending`. */
  order: number;
  draft: Media;
  input: SaveMediaInput & { upload: UploadId };
  /** Null while it is under way or waits for the network. */
  error: Refusal | null;
};

/** The name of a file that `page` has begun to read and does not keep yet. */
export type StoredReading = { id: MediaId; name: string; bytes: number; page: string };

/** `id` is one opening's of the database, and `last` numbers operations: it only grows, in all tabs. */
export type Client = { id: ClientId; last: number };

/** How many rows were kept when the device had no room for more, and when that was. */
export type Room = { rows: number; at: string };

/** `rev` names the whole content of the database: it changes with every write. */
export type Mark = {
  schema: number;
  rev: string;
  cursor: Cursor | null;
  reach: Position | null;
  room?: Room | undefined;
};

export type Head = { cursor: Cursor | null; rows: Media[]; generations: Generation[] };

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown) => typeof value === 'string';
const isTextOrNull = (value: unknown) => value === null || typeof value === 'string';
const isPosition = (value: unknown) => isRecord(value) && isText(value.createdAt) && isText(value.id);

export const isMedia = (value: unknown): value is Media =>
  isRecord(value) &&
  isText(value.id) &&
  Number.isInteger(value.version) &&
  (value.kind === 'image' || value.kind === 'video') &&
  isText(value.createdAt) &&
  isTextOrNull(value.trashedAt) &&
  Number(value.width) > 0 &&
  Number(value.height) > 0 &&
  Array.isArray(value.tags) &&
  Array.isArray(value.collectionIds) &&
  isRecord(value.urls) &&
  isText(value.urls.original);

/** What a person did or chose is kept across releases: its draft gains what items have gained since it was stored. */
export const completeDraft = (value: unknown): unknown =>
  isRecord(value) && isRecord(value.draft) && !('collectionIds' in value.draft)
    ? { ...value, draft: { ...value.draft, collectionIds: [] } }
    : value;

export const isCollection = (value: unknown): value is Collection =>
  isRecord(value) &&
  isText(value.id) &&
  Number.isInteger(value.version) &&
  isText(value.name) &&
  isText(value.createdAt);

export const isGeneration = (value: unknown): value is Generation =>
  isRecord(value) &&
  isText(value.id) &&
  Number.isInteger(value.version) &&
  isText(value.status) &&
  isText(value.prompt) &&
  isText(value.createdAt) &&
  Array.isArray(value.outputs);

export const isPending = (value: unknown): value is Pending =>
  isRecord(value) &&
  Number.isInteger(value.order) &&
  isText(value.clientId) &&
  isRecord(value.op) &&
  Number.isInteger(value.op.seq) &&
  isText(value.op.type) &&
  isText(value.op.id) &&
  (value.op.type !== 'save' || isMedia(value.draft)) &&
  (value.ack === null || (isRecord(value.ack) && isText(value.ack.epoch))) &&
  (value.heldIn === undefined || isText(value.heldIn)) &&
  (value.error === null || isRecord(value.error));

export const isStoredUpload = (value: unknown): value is StoredUpload =>
  isRecord(value) &&
  Number.isInteger(value.order) &&
  isMedia(value.draft) &&
  isRecord(value.input) &&
  isText(value.input.upload);

export const isStoredReading = (value: unknown): value is StoredReading =>
  isRecord(value) && isText(value.id) && isText(value.name) && isText(value.page);

export const isClient = (value: unknown): value is Client =>
  isRecord(value) && isText(value.id) && Number.isInteger(value.last);

const isRoom = (value: unknown) => isRecord(value) && Number.isInteger(value.rows) && isText(value.at);

export const isMark = (value: unknown): value is Mark =>
  isRecord(value) &&
  Number.isInteger(value.schema) &&
  isText(value.rev) &&
  isTextOrNull(value.cursor) &&
  (value.reach === null || isPosition(value.reach)) &&
  (value.room === undefined || isRoom(value.room));

type StoredHead = { cursor: Cursor | null; rows: unknown[]; generations: unknown[] };

export const isHead = (value: unknown): value is StoredHead =>
  isRecord(value) &&
  isTextOrNull(value.cursor) &&
  Array.isArray(value.rows) &&
  Array.isArray(value.generations);
