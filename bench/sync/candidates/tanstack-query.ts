/**
 * TanStack Query with its cache persisted by the persister of its manual, over idb-keyval. It knows no delta: a stale
 * query is fetched whole. One query for the library, which is fewer requests than an infinite one would make.
 */
import {
  persistQueryClientRestore,
  persistQueryClientSave,
  type Persister,
} from '@tanstack/query-persist-client-core';
import { QueryClient } from '@tanstack/react-query';
import { del, get, set } from 'idb-keyval';
import type { Media } from '#core/media.ts';
import { fetchAll, type Everything } from '../candidate.ts';
import { run } from '../page.ts';

const KEY = 'query-cache';
const queryKey = ['media'];
const queryClient = new QueryClient({ defaultOptions: { queries: { gcTime: Infinity } } });
const persister: Persister = {
  persistClient: (client) => set(KEY, client),
  restoreClient: () => get(KEY),
  removeClient: () => del(KEY),
};

const held = (): Media[] => queryClient.getQueryData<Everything>(queryKey)?.rows ?? [];
const refetch = () => queryClient.fetchQuery({ queryKey, queryFn: fetchAll, staleTime: 0 });

run({
  seed: async () => {
    await refetch();
    await persistQueryClientSave({ queryClient, persister });
  },
  open: async () => {
    await persistQueryClientRestore({ queryClient, persister, maxAge: Infinity });
    return held().slice(0, 50);
  },
  window: async () => held().slice(0, 500),
  sync: async () => {
    await refetch();
    const rows = held().slice(0, 500);
    const viewAt = performance.now();
    await persistQueryClientSave({ queryClient, persister });
    return { rows, viewAt, durableAt: performance.now() };
  },
});
