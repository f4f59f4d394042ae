/** What a person does, as steps from one snapshot to the next. */
import type { Media } from '#core/media.ts';
import { changeMembership } from '#core/membership.ts';
import { cleanPatch, type Pending, type Refusal } from '#core/overlay.ts';
import type { Op } from '#core/sync.ts';
import type { Snapshot } from '../store/snapshot.ts';
import type { StoredUpload } from '../store/stored-shapes.ts';

type Unnumbered<O> = O extends Op ? Omit<O, 'seq'> : never;

/** Anything but a save, which begins with an upload. */
export type Wish = Unnumbered<Exclude<Op, { type: 'save' }>>;
type UploadWish = Extract<Wish, { type: 'patch' | 'trash' | 'restore' | 'purge' | 'collect' }>;

function takeNumber(now: Snapshot): [number: number, next: Snapshot] {
  const number = Math.max(now.client.last, now.outbox.at(-1)?.order ?? 0) + 1;
  return [number, { ...now, client: { ...now.client, last: number } }];
}

export function append(now: Snapshot, op: Unnumbered<Op>, at: string, draft: Media | null = null): Snapshot {
  const [order, next] = takeNumber(now);
  const pending: Pending = {
    order,
    clientId: now.client.id,
    op: { ...op, seq: order },
    at,
    draft,
    ack: null,
    error: null,
  };
  return { ...next, outbox: [...next.outbox, pending] };
}

/** @param at The time now, ISO. A wish about a file that the server does not have yet changes what will be sent. */
export function enqueue(now: Snapshot, wishes: readonly Wish[], at: string): Snapshot {
  let next = now;
  for (const wish of wishes) next = enqueueOne(next, wish, at);
  return next;
}

function enqueueOne(now: Snapshot, wish: Wish, at: string): Snapshot {
  if (wish.type === 'collection-create' || wish.type === 'collection-rename')
    return append(now, { ...wish, name: wish.name.trim() }, at);
  if (wish.type === 'collection-delete') return append(now, wish, at);
  const isWaiting = now.uploads.some(({ draft }) => draft.id === wish.id);
  if (isWaiting) return { ...now, uploads: now.uploads.flatMap((upload) => changeUpload(upload, wish)) };
  return append(now, wish.type === 'patch' ? { ...wish, patch: cleanPatch(wish.patch) } : wish, at);
}

function changeUpload(upload: StoredUpload, wish: UploadWish): StoredUpload[] {
  if (upload.draft.id !== wish.id || wish.type === 'restore') return [upload];
  if (wish.type === 'collect') {
    const collectionIds = [...changeMembership(upload.draft.collectionIds, wish)];
    return [{ ...upload, draft: { ...upload.draft, collectionIds } }];
  }
  if (wish.type !== 'patch') return [];
  const patch = cleanPatch(wish.patch);
  const { headline, ...rest } = { ...upload.input, ...patch };
  return [
    { ...upload, draft: { ...upload.draft, ...patch }, input: { ...rest, headline: headline ?? undefined } },
  ];
}

export function addUpload(now: Snapshot, upload: Omit<StoredUpload, 'order' | 'error'>): Snapshot {
  const [order, next] = takeNumber(now);
  return { ...next, uploads: [...next.uploads, { ...upload, order, error: null }] };
}

export const opRefused = (now: Snapshot, order: number, error: Refusal): Snapshot => ({
  ...now,
  outbox: now.outbox.map((pending) => (pending.order === order ? { ...pending, error } : pending)),
});

/** Tries a refused operation again, under a new number: the server has done with the old one. */
export function retryRefused(now: Snapshot, order: number, at: string): Snapshot {
  const refused = now.outbox.find((pending) => pending.order === order && pending.error !== null);
  if (!refused) {
    const retry = (upload: StoredUpload) => (upload.order === order ? { ...upload, error: null } : upload);
    return { ...now, uploads: now.uploads.map(retry) };
  }
  const rest = { ...now, outbox: now.outbox.filter((pending) => pending !== refused) };
  const { seq: _, ...op } = refused.op;
  // The server forgets sent bytes that no save has claimed for an hour: they are sent again first.
  if (op.type === 'save' && op.input.upload && refused.draft) {
    return addUpload(rest, { draft: refused.draft, input: { ...op.input, upload: op.input.upload } });
  }
  return append(rest, op, at, refused.draft);
}

export const discardRefused = (now: Snapshot, order: number): Snapshot => ({
  ...now,
  outbox: now.outbox.filter((pending) => pending.order !== order || pending.error === null),
  uploads: now.uploads.filter((upload) => upload.order !== order || upload.error === null),
});
