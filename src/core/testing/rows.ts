/** Whole records from small numbers, for tests. */
import { CollectionId, type Collection } from '../collection.ts';
import type { Generation } from '../generation.ts';
import { mediaUrl } from '../media-url.ts';
import { GenerationId, MediaId, type Media } from '../media.ts';
import { ClientId, makeCursor, type Op } from '../sync.ts';
import type { Pending } from '../overlay.ts';

export const uuid = (n: number) => `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
/** Apart from those of items, as ids are everywhere. */
export const collectionId = (n: number) => CollectionId.parse(uuid(0xd0000 + n));
export const mediaId = (n: number) => MediaId.parse(uuid(n));
/** Epochs are named by small numbers too. */
export const cursorAt = (version: number, epoch = 1) => makeCursor(uuid(epoch), version);
export const momentAt = (n: number) => new Date(1_700_000_000_000 + n * 1000).toISOString();

/** An item that was created at moment `n`, unless told otherwise. */
export function mediaRow(n: number, version: number, over: Partial<Media> = {}): Media {
  const id = mediaId(n);
  return {
    id,
    version,
    kind: 'image',
    origin: 'generated',
    prompt: `prompt ${n}`,
    headline: null,
    tags: [],
    collectionIds: [],
    starred: false,
    model: 'demo-image',
    provider: 'demo',
    seed: n,
    settings: { aspect: '1:1' },
    metadata: {},
    width: 1024,
    height: 1024,
    durationMs: null,
    mime: 'image/webp',
    bytes: 100_000,
    sha256: 'a'.repeat(64),
    thumbhash: 'HBkSHYSIeHiPiHh8eJd4eTN0EEQG',
    generationId: null,
    outputIndex: null,
    createdAt: momentAt(n),
    updatedAt: momentAt(n),
    trashedAt: null,
    urls: {
      original: mediaUrl(id, 'original'),
      preview: mediaUrl(id, 'preview'),
      thumb: mediaUrl(id, 'thumb'),
    },
    ...over,
  };
}

export const collectionRow = (n: number, version: number, name = `collection ${n}`): Collection => ({
  id: collectionId(n),
  version,
  name,
  createdAt: momentAt(n),
  updatedAt: momentAt(n),
});

export function generationRow(n: number, version: number, over: Partial<Generation> = {}): Generation {
  return {
    id: GenerationId.parse(uuid(n)),
    version,
    requestId: null,
    status: 'queued',
    kind: 'image',
    prompt: `prompt ${n}`,
    count: 1,
    model: 'demo-image',
    provider: 'demo',
    settings: {},
    metadata: {},
    outputs: [],
    error: null,
    createdAt: momentAt(n),
    startedAt: null,
    finishedAt: null,
    ...over,
  };
}

export const clientId = (n: number) => ClientId.parse(uuid(0xc000 + n));

/** An operation, as this device's outbox holds it before it was sent. */
export function pendingOp(op: Op, over: Partial<Pending> = {}): Pending {
  return {
    order: op.seq,
    clientId: clientId(1),
    op,
    at: momentAt(9000 + op.seq),
    draft: op.type === 'save' ? mediaRow(0, 0, { id: op.id }) : null,
    ack: null,
    error: null,
    ...over,
  };
}
