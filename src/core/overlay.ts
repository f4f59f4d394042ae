/**
 * What a person has done and the server has not yet shown back. The view is the base with these operations folded
 * over it, in order. Invariant: an operation leaves the overlay only in the step in which the base's cursor covers
 * its effect in the same epoch, so that nothing flickers; in another epoch it counts as never acknowledged. Over a
 * row that is known to contain it, it is not folded: the row may have something newer.
 */
import type { Collection, CollectionId } from './collection.ts';
import type { Media, MediaId, MediaPatch } from './media.ts';
import { changeMembership } from './membership.ts';
import { parseCursor, PUSH_LIMIT } from './protocol.ts';
import type { ClientId, Cursor, Op, PushInput, PushResult, Taken } from './sync.ts';

export type Refusal = { code: string; message: string };

export type Pending = {
  /** Place in this device's outbox. */
  order: number;
  /** With `op.seq` the operation's name for the server, which takes each name once. */
  clientId: ClientId;
  op: Op;
  /** When it was done, as this device's clock says: shown as the time of trashing until the server's is known. */
  at: string;
  /** The row as it will be once a save has taken effect. */
  draft: Media | null;
  ack: { epoch: string; version: number } | null;
  /** The epoch in which the base contains what it did, if anything: only its acknowledgement is still awaited. */
  heldIn?: string | undefined;
  /** Why the server refused it. It then has no effect on the view, and waits to be retried or discarded. */
  error: Refusal | null;
};

export type Outbox = readonly Pending[];

export type CollectionOp = Extract<Op, { type: `collection-${string}` }>;
export type MediaOp = Exclude<Op, CollectionOp>;

export const isCollectionOp = (op: Op): op is CollectionOp => op.type.startsWith('collection-');
const isMediaOp = (op: Op): op is MediaOp => !isCollectionOp(op);

/** Whether the base does not show its effect yet, as far as this device knows. */
const isShown = ({ error, heldIn }: Pending) => error === null && heldIn === undefined;

export const isUnsent = ({ ack, error }: Pending) => ack === null && error === null;

function applyOp(row: Media | null, { op, at, draft }: Pending): Media | null {
  if (row === null) return op.type === 'save' ? draft : null;
  switch (op.type) {
    case 'save':
      return row;
    case 'patch':
      return { ...row, ...op.patch };
    case 'trash':
      return { ...row, trashedAt: row.trashedAt ?? at };
    case 'restore':
      return { ...row, trashedAt: null };
    case 'collect':
      return { ...row, collectionIds: [...changeMembership(row.collectionIds, op)] };
    case 'purge':
      return null;
    // These are folded over collections. An item may name one that is deleted, until the server has taken it out.
    case 'collection-create':
    case 'collection-rename':
    case 'collection-delete':
      return row;
  }
}

/** @returns The row as the person should see it; null: not at all. */
export const foldRow = (row: Media | null, ops: Outbox): Media | null =>
  ops.reduce((seen, pending) => (isShown(pending) ? applyOp(seen, pending) : seen), row);

export function opsByMedia(outbox: Outbox): Map<MediaId, Pending[]> {
  const byId = new Map<MediaId, Pending[]>();
  for (const pending of outbox) {
    const { op } = pending;
    if (!isShown(pending) || !isMediaOp(op)) continue;
    const ops = byId.get(op.id);
    if (ops) ops.push(pending);
    else byId.set(op.id, [pending]);
  }
  return byId;
}

/** @returns The collections as the person should see them; the same map when nothing waits that concerns them. */
export function foldCollections(
  collections: ReadonlyMap<CollectionId, Collection>,
  outbox: Outbox,
): ReadonlyMap<CollectionId, Collection> {
  const folded = new Map(collections);
  let isChanged = false;
  for (const pending of outbox) {
    const { op, at } = pending;
    if (!isShown(pending) || !isCollectionOp(op)) continue;
    isChanged = true;
    const known = folded.get(op.id);
    switch (op.type) {
      case 'collection-create':
        if (!known) folded.set(op.id, { id: op.id, version: 0, name: op.name, createdAt: at, updatedAt: at });
        break;
      case 'collection-rename':
        if (known) folded.set(op.id, { ...known, name: op.name, updatedAt: at });
        break;
      case 'collection-delete':
        folded.delete(op.id);
        break;
    }
  }
  return isChanged ? folded : collections;
}

/** A patch as the server will store it, so that the acknowledged row equals the one already shown. */
export function cleanPatch({ headline, tags, starred, prompt }: MediaPatch): MediaPatch {
  return {
    ...(headline !== undefined && { headline: headline?.trim() || null }),
    ...(tags !== undefined && { tags: [...new Set(tags.map((tag) => tag.trim()))] }),
    ...(starred !== undefined && { starred }),
    ...(prompt !== undefined && { prompt: prompt.trim() }),
  };
}

/**
 * The oldest operations to send: those of one client, in order, from the first that is not acknowledged. Always
 * starting there makes a repeated or doubled push harmless: the server skips what it has.
 * @param cursor The base's; without one nothing is sent. By its epoch a server whose history was rewritten
 *   takes nothing before a reset has made this device send again what the old history had acknowledged.
 */
export function nextPush(outbox: Outbox, cursor: Cursor | null, limit = PUSH_LIMIT): PushInput | null {
  const unsent = outbox.filter(isUnsent);
  const [first] = unsent;
  if (!first || cursor === null) return null;
  const stop = unsent.findIndex(({ clientId }) => clientId !== first.clientId);
  const ops = unsent.slice(0, stop === -1 ? limit : Math.min(stop, limit)).map(({ op }) => op);
  const { epoch } = parseCursor(cursor);
  return { clientId: first.clientId, epoch, ops };
}

/** What is not there any more needs no further deleting. */
const isFulfilled = (op: Op, code: string | undefined) =>
  code === 'NOT_FOUND' &&
  (op.type === 'trash' ||
    op.type === 'purge' ||
    op.type === 'collection-delete' ||
    (op.type === 'collect' && op.add.length === 0));

/** @param cursor The base's: an answer of another history comes too late to mean anything, a refusal above all. */
export function acknowledge(
  outbox: Outbox,
  clientId: ClientId,
  { epoch, acks }: PushResult,
  cursor: Cursor | null,
): Outbox {
  if (cursor !== null && parseCursor(cursor).epoch !== epoch) return outbox;
  const bySeq = new Map(acks.map((ack) => [ack.seq, ack]));
  return outbox.map((pending) => {
    const ack = pending.clientId === clientId ? bySeq.get(pending.op.seq) : undefined;
    if (!ack || pending.error !== null) return pending;
    if (ack.status === 'rejected' && !isFulfilled(pending.op, ack.error?.code)) {
      return {
        ...pending,
        error: ack.error ?? { code: 'INTERNAL', message: 'The server refused this change.' },
      };
    }
    return { ...pending, ack: { epoch, version: ack.version } };
  });
}

/** The clients to ask about, oldest operation first. */
export const clientsOf = (outbox: Outbox): ClientId[] => [
  ...new Set(outbox.flatMap(({ clientId, error }) => (error === null ? [clientId] : []))),
];

/**
 * Marks what rows that came from the server contain.
 * @param answer `clients`: what was asked about; `ids`: the rows that came, when not all of the base is as new.
 * @returns Null when something waits of which the answer says nothing: it was done, and may have been sent, meanwhile.
 */
export function markHeld(
  outbox: Outbox,
  answer: {
    epoch: string;
    clients: readonly ClientId[];
    taken: readonly Taken[] | undefined;
    ids?: ReadonlySet<string>;
  },
): Outbox | null {
  const { epoch, clients, taken = [], ids } = answer;
  if (clientsOf(outbox).some((client) => !clients.includes(client))) return null;
  const last = new Map(taken.map(({ clientId, seq }) => [clientId, seq]));
  const isNews = ({ clientId, op, heldIn }: Pending) =>
    heldIn !== epoch && op.seq <= (last.get(clientId) ?? 0) && (!ids || ids.has(op.id));
  return outbox.some(isNews)
    ? outbox.map((pending) => (isNews(pending) ? { ...pending, heldIn: epoch } : pending))
    : outbox;
}

/** Lets go of what the cursor covers, and of what another history said. */
export function settle(outbox: Outbox, cursor: Cursor | null): Outbox {
  if (cursor === null || outbox.every(({ ack, heldIn }) => ack === null && heldIn === undefined))
    return outbox;
  const { epoch, version } = parseCursor(cursor);
  return outbox.flatMap((known) => {
    const pending =
      known.heldIn === undefined || known.heldIn === epoch ? known : { ...known, heldIn: undefined };
    if (pending.ack === null) return [pending];
    if (pending.ack.epoch !== epoch) return [{ ...pending, ack: null }];
    return pending.ack.version <= version ? [] : [pending];
  });
}
