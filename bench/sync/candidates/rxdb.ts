/**
 * RxDB on its free Dexie storage. Follows by its own replication, whose checkpoint is the library's version. Its indexes
 * serve ascending order alone, so that newest first needs a field that falls as time rises; without it, the first 50
 * of 50,000 rows cost a read of all.
 */
import { createRxDatabase, type RxCollection, type RxJsonSchema } from 'rxdb/plugins/core';
import { replicateRxCollection, type RxReplicationState } from 'rxdb/plugins/replication';
import { getRxStorageDexie } from 'rxdb/plugins/storage-dexie';
import type { Media } from '#core/media.ts';
import { fetchPull } from '../candidate.ts';
import { run } from '../page.ts';

type Checkpoint = { version: number };

type Doc = Media & { rank: string };

const schema: RxJsonSchema<Doc> = {
  version: 0,
  primaryKey: 'id',
  type: 'object',
  properties: {
    id: { type: 'string', maxLength: 36 },
    rank: { type: 'string', maxLength: 14 },
    version: { type: 'integer' },
    kind: { type: 'string' },
    origin: { type: 'string' },
    prompt: { type: 'string' },
    headline: { type: ['string', 'null'] },
    tags: { type: 'array', items: { type: 'string' } },
    collectionIds: { type: 'array', items: { type: 'string' } },
    starred: { type: 'boolean' },
    model: { type: ['string', 'null'] },
    provider: { type: ['string', 'null'] },
    seed: { type: ['number', 'null'] },
    settings: { type: 'object' },
    metadata: { type: 'object' },
    width: { type: 'integer' },
    height: { type: 'integer' },
    durationMs: { type: ['integer', 'null'] },
    mime: { type: 'string' },
    bytes: { type: 'integer' },
    sha256: { type: 'string' },
    thumbhash: { type: ['string', 'null'] },
    generationId: { type: ['string', 'null'] },
    outputIndex: { type: ['integer', 'null'] },
    sourceUrl: { type: 'string' },
    createdAt: { type: 'string' },
    updatedAt: { type: 'string' },
    trashedAt: { type: ['string', 'null'] },
    urls: { type: 'object' },
  },
  required: ['id', 'rank'],
  indexes: [['rank', 'id']],
};

const rankOf = ({ createdAt }: Media) => String(1e13 - Date.parse(createdAt)).padStart(14, '0');

/** Rows of one pull: enough for every message of this bench to be one pull. */
const BATCH = 2000;

let collection: Promise<RxCollection<Doc>> | null = null;
let replication: RxReplicationState<Doc, Checkpoint> | null = null;

async function connect(): Promise<RxCollection<Doc>> {
  const db = await createRxDatabase<{ media: RxCollection<Doc> }>({
    name: 'rxdb',
    storage: getRxStorageDexie(),
  });
  const { media } = await db.addCollections({ media: { schema } });
  return media;
}

const open = () => (collection ??= connect());

async function replicate(): Promise<void> {
  if (replication) {
    replication.reSync();
    await replication.awaitInSync();
    return;
  }
  replication = replicateRxCollection<Doc, Checkpoint>({
    collection: await open(),
    replicationIdentifier: 'bench',
    live: true,
    waitForLeadership: false,
    pull: {
      batchSize: BATCH,
      handler: async (checkpoint, batchSize) => {
        const pulled = await fetchPull(checkpoint?.version ?? 0, batchSize);
        const documents = pulled.documents.map((row) => ({ ...row, rank: rankOf(row) }));
        return { documents, checkpoint: { version: pulled.version } };
      },
    },
  });
  await replication.awaitInitialReplication();
}

async function newest(count: number): Promise<readonly Media[]> {
  const query = (await open()).find({ sort: [{ rank: 'asc' }, { id: 'asc' }], limit: count });
  const documents = await query.exec();
  return documents.map((document) => {
    const { rank: _, ...row } = document.toMutableJSON();
    return row;
  });
}

run({
  seed: async () => {
    await replicate();
    // The checkpoint is stored later than the rows; without it the next page would pull them again.
    await replication?.awaitInSync();
    await (await open()).database.close();
  },
  open: () => newest(50),
  window: () => newest(500),
  sync: async () => {
    await replicate();
    const durableAt = performance.now();
    const rows = await newest(500);
    return { rows, viewAt: performance.now(), durableAt };
  },
});
