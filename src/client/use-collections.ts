import { useEffect, useMemo } from 'react';
import type { Collection, CollectionId } from '#core/collection.ts';
import type { Media, MediaId } from '#core/media.ts';
import { session } from './browser.ts';
import { newCollectionId } from './ids.ts';
import type { SessionState } from './session.ts';
import type { Wish } from './sync/steps.ts';
import { trpc } from './trpc.ts';
import { useClient, useEngineState } from './use-client.ts';

export type CollectionView = Collection & {
  /** Items in it that are not in the trash. */
  size: number;
  /** False when this device holds only a part of the library and could not ask: there may be more. */
  isExact: boolean;
  /** The newest of them. */
  cover: Media | null;
};

export type Collections = {
  /** By name. */
  items: readonly CollectionView[];
  status: 'loading' | 'ready' | 'failed';
};

const NONE: ReadonlyMap<CollectionId, Collection> = new Map();
const NO_ROWS: readonly Media[] = [];

const { compare } = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/** Of rows that come newest first. */
function gather(rows: readonly Media[]): Map<CollectionId, { size: number; cover: Media }> {
  const found = new Map<CollectionId, { size: number; cover: Media }>();
  for (const row of rows) {
    for (const id of row.collectionIds) {
      const known = found.get(id);
      if (known) known.size += 1;
      else found.set(id, { size: 1, cover: row });
    }
  }
  return found;
}

function statusOf({ engine, status }: SessionState): Collections['status'] {
  if (!engine) return status;
  const { phase, snapshot, error } = engine.getState();
  if (phase === 'whole' && (snapshot.base.cursor !== null || snapshot.outbox.length > 0)) return 'ready';
  return error ? 'failed' : 'loading';
}

export function useCollections(): Collections {
  const collections = useEngineState((state, { views }) => views.collections(state.snapshot), NONE);
  const rows = useEngineState((state, { views }) => views.list(state, {}), NO_ROWS);
  const isWhole = useEngineState(({ snapshot }) => snapshot.base.reach === null, true);
  const cursor = useEngineState(({ snapshot }) => snapshot.base.cursor, null);
  const status = useClient(statusOf);

  // What this device does not hold, the server counts, again after every change.
  const { data, refetch } = trpc.collection.list.useQuery(undefined, { enabled: !isWhole, staleTime: 0 });
  useEffect(() => {
    if (!isWhole && cursor !== null) void refetch();
  }, [isWhole, cursor, refetch]);

  const items = useMemo(() => {
    const held = gather(rows);
    const counted = new Map(isWhole ? [] : data?.items.map((item) => [item.id, item]));
    return [...collections.values()]
      .map((row): CollectionView => {
        const here = held.get(row.id);
        const there = counted.get(row.id);
        return {
          ...row,
          size: Math.max(here?.size ?? 0, there?.size ?? 0),
          isExact: isWhole || there !== undefined,
          cover: here?.cover ?? there?.cover ?? null,
        };
      })
      .toSorted((a, b) => compare(a.name, b.name));
  }, [collections, rows, isWhole, data]);
  return { items, status };
}

/** Of these items, how many are in each collection by now. */
export function useMembership(items: readonly Media[]): ReadonlyMap<CollectionId, number> {
  const engine = useClient((state) => state.engine);
  const state = useEngineState((current) => current, null);
  return useMemo(() => {
    const counts = new Map<CollectionId, number>();
    for (const item of items) {
      const row = engine && state ? engine.views.one(state, item.id, item) : item;
      for (const id of row?.collectionIds ?? []) counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    return counts;
  }, [engine, state, items]);
}

export type CollectionActions = {
  /** Makes a guest of nobody first. @throws RemoteError when that takes a network and there is none. */
  create: (name: string, ids?: readonly MediaId[]) => Promise<CollectionId>;
  rename: (id: CollectionId, name: string) => void;
  /** Its items stay. */
  remove: (id: CollectionId) => void;
  put: (ids: readonly MediaId[], into: CollectionId) => void;
  takeOut: (ids: readonly MediaId[], of: CollectionId) => void;
};

const act = (wishes: readonly Wish[]) => void session?.getState().engine?.act(wishes);

/** All show at once, are kept on the device before they are sent, and are sent when there is a network. */
const ACTIONS: CollectionActions = {
  create: async (name, ids = []) => {
    const engine = await session?.ensureLibrary();
    const collection = newCollectionId();
    await engine?.act([
      { type: 'collection-create', id: collection, name },
      ...ids.map((id): Wish => ({ type: 'collect', id, add: [collection], remove: [] })),
    ]);
    return collection;
  },
  rename: (id, name) => act([{ type: 'collection-rename', id, name }]),
  remove: (id) => act([{ type: 'collection-delete', id }]),
  put: (ids, into) => act(ids.map((id) => ({ type: 'collect', id, add: [into], remove: [] }))),
  takeOut: (ids, of) => act(ids.map((id) => ({ type: 'collect', id, add: [], remove: [of] }))),
};

export const useCollectionActions = (): CollectionActions => ACTIONS;
