/**
 * The protocol between a device and Postgres. A device holds a base (rows as the server had them) and a cursor.
 * A delta is complete or it is a reset; base and cursor move together; a cursor never goes back within an epoch.
 */
import { z } from 'zod';
import { Collection, CollectionId, CollectionName, Membership, NewCollectionId } from './collection.ts';
import { Generation } from './generation.ts';
import { GenerationId, Media, MediaId, MediaPatch, SaveMediaInput } from './media.ts';
import { CLIENTS_LIMIT, PUSH_LIMIT, WINDOW } from './protocol.ts';

export { digestRows, parseCursor, SYNC_SCHEMA, WINDOW } from './protocol.ts';

/** Changes that one delta may hold; one more, and the device starts over from a list. */
export const DELTA_LIMIT = 500;

/** `<epoch>.<version>`: the epoch changes only when history was rewritten. */
export const Cursor = z
  .string()
  .regex(/^[0-9a-f-]{36}\.\d{1,16}$/)
  .brand<'Cursor'>();
export type Cursor = z.infer<typeof Cursor>;

export const makeCursor = (epoch: string, version: number) => Cursor.parse(`${epoch}.${version}`);

export const Change = z.discriminatedUnion('type', [
  z.object({ type: z.literal('media'), row: Media }),
  z.object({ type: z.literal('media-gone'), id: MediaId, version: z.int() }),
  /** A row that came with a merge and that the device already holds under the library it adopts from. */
  z.object({ type: z.literal('media-stub'), id: MediaId, version: z.int() }),
  z.object({ type: z.literal('generation'), row: Generation }),
  z.object({ type: z.literal('generation-gone'), id: GenerationId, version: z.int() }),
  z.object({ type: z.literal('collection'), row: Collection }),
  z.object({ type: z.literal('collection-gone'), id: CollectionId, version: z.int() }),
]);
export type Change = z.infer<typeof Change>;

export const ClientId = z.uuid().brand<'ClientId'>();
export type ClientId = z.infer<typeof ClientId>;

/**
 * The clients whose operations wait on this device, oldest first. The answer says how many of each its rows contain,
 * so that none is shown over what came after it.
 */
const clients = z.array(ClientId).max(CLIENTS_LIMIT).optional();

/** The snapshot that an answer is from contains the operations of this client up to this number, and no later ones. */
const Taken = z.object({ clientId: ClientId, seq: z.int() });
export type Taken = z.infer<typeof Taken>;

export const ChangesInput = z.strictObject({
  cursor: Cursor.nullable(),
  schema: z.int(),
  /** The library that was merged into this one, as this device knew it: rows unchanged since then come as stubs. */
  adopt: z.strictObject({ library: z.uuid(), version: z.int().min(0) }).optional(),
  clients,
});
export type ChangesInput = z.infer<typeof ChangesInput>;

export const ResetReason = z.enum(['no-cursor', 'schema', 'epoch', 'floor', 'ahead', 'too-many']);
export type ResetReason = z.infer<typeof ResetReason>;

export const Changes = z.discriminatedUnion('type', [
  /** Nothing has changed since the cursor that was sent. */
  z.object({ type: z.literal('same') }),
  z.object({
    type: z.literal('delta'),
    changes: z.array(Change),
    cursor: Cursor,
    taken: z.array(Taken).optional(),
  }),
  z.object({ type: z.literal('reset'), reason: ResetReason }),
  z.object({ type: z.literal('moved'), to: z.uuid() }),
]);
export type Changes = z.infer<typeof Changes>;

/** The newest rows of a library, trashed ones included, from one snapshot. The first page brings generations and all
 * collections too. */
export const WindowInput = z.strictObject({
  before: z.string().max(200).optional(),
  limit: z.int().min(1).max(WINDOW).default(WINDOW),
  clients,
});
export type WindowInput = z.infer<typeof WindowInput>;

export const Window = z.object({
  rows: z.array(Media),
  generations: z.array(Generation),
  collections: z.array(Collection),
  asOf: Cursor,
  /** Where the next page starts; null when the library has no older rows. */
  next: z.string().nullable(),
  taken: z.array(Taken).optional(),
});
export type Window = z.infer<typeof Window>;

const seq = z.int().min(1);
export const Op = z.discriminatedUnion('type', [
  z.strictObject({ seq, type: z.literal('save'), id: MediaId, input: SaveMediaInput }),
  z.strictObject({ seq, type: z.literal('patch'), id: MediaId, patch: MediaPatch }),
  z.strictObject({ seq, type: z.literal('trash'), id: MediaId }),
  z.strictObject({ seq, type: z.literal('restore'), id: MediaId }),
  z.strictObject({ seq, type: z.literal('purge'), id: MediaId }),
  z.strictObject({ seq, type: z.literal('collect'), id: MediaId, ...Membership.shape }),
  z.strictObject({ seq, type: z.literal('collection-create'), id: NewCollectionId, name: CollectionName }),
  z.strictObject({ seq, type: z.literal('collection-rename'), id: CollectionId, name: CollectionName }),
  z.strictObject({ seq, type: z.literal('collection-delete'), id: CollectionId }),
]);
export type Op = z.infer<typeof Op>;

export const PushInput = z.strictObject({
  clientId: ClientId,
  /**
   * The epoch that this device's acknowledgements are from. A server in another epoch takes nothing and answers with
   * its own and no acks: what was acknowledged before must be sent again first, or its number would be passed over.
   */
  epoch: z.string().max(36).optional(),
  /** Each number once, in rising order: the server passes over every number up to the newest it has taken. */
  ops: z
    .array(Op)
    .min(1)
    .max(PUSH_LIMIT)
    .refine((ops) => ops.every(({ seq }, index) => index === 0 || seq > (ops[index - 1]?.seq ?? 0)), {
      error: 'Operations must come with rising numbers, each once. Nothing was changed.',
    }),
});
export type PushInput = z.infer<typeof PushInput>;

export const Ack = z.object({
  seq,
  /** The library's version once the operation had taken effect: the cursor at which the overlay may let go of it. */
  version: z.int(),
  status: z.enum(['ok', 'noop', 'rejected']),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});
export type Ack = z.infer<typeof Ack>;

/** Acks are in the order of the operations. Those that the server had taken before are acknowledged again as they were. */
export const PushResult = z.object({ epoch: z.string(), acks: z.array(Ack) });
export type PushResult = z.infer<typeof PushResult>;

/**
 * What the newest rows of a device, and all its collections, must add up to, so that a divergence that no rule foresaw is found and mended.
 * `mix` ties versions to rows: the sum of the last 16 bits of each id times its version, each modulo 2^32.
 */
const sums = { count: z.int(), versions: z.int(), mix: z.int() };
export const Digest = z.object({ asOf: Cursor, ...sums, collections: z.object(sums) });
export type Digest = z.infer<typeof Digest>;
