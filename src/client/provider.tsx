'use client';
import { QueryClientProvider, useQuery } from '@tanstack/react-query';
import { getUntypedClient } from '@trpc/client';
import { useEffect, type ReactNode } from 'react';
import { api, queryClient, session, SYNC_KEY, wake } from './browser.ts';
import { takeTurns } from './sync/cross-tab.ts';
import { RemoteError } from './sync/remote-port.ts';
import { backoff, pollEvery } from './sync/schedule.ts';
import { trpc } from './trpc.ts';
import { useClient, useEngineState } from './use-client.ts';

const untypedApi = getUntypedClient(api);

export function ClientProvider({ children }: { children: ReactNode }) {
  return (
    <trpc.Provider client={untypedApi} queryClient={queryClient}>
      <QueryClientProvider client={queryClient}>
        <Scheduler />
        {children}
      </QueryClientProvider>
    </trpc.Provider>
  );
}

const timing = {
  retry: (_: number, error: Error) => error instanceof RemoteError && error.isPassing,
  retryDelay: (failures: number) => backoff(failures),
  staleTime: 0,
  refetchOnWindowFocus: 'always',
  refetchOnReconnect: 'always',
} as const;

/** Decides when to reconcile; what is fetched goes into the library's own store, not into the query's data. */
function Scheduler() {
  const engine = useClient((state) => state.engine);
  const isGenerating = useEngineState(
    ({ snapshot }, { views }) => views.generations(snapshot.base.generations).active.length > 0,
    false,
  );
  const isChecked = useEngineState((state) => state.isChecked, false);
  const isLive = useEngineState((state) => state.isLive, false);
  const isWithoutLibrary = useClient(({ engine, me }) => engine === null && me?.type === 'user');
  useQuery({
    ...timing,
    queryKey: ['identity'],
    queryFn: async () => {
      await session?.refresh();
      return true;
    },
    staleTime: 60_000,
    refetchOnWindowFocus: true,
    // No stream tells of an account's first library, made or brought along on another device.
    refetchInterval: isWithoutLibrary ? 5000 : false,
  });
  useQuery({
    ...timing,
    queryKey: [SYNC_KEY, engine?.library],
    queryFn: async () => {
      await engine?.reconcile();
      return true;
    },
    enabled: engine !== null,
    // With data from the start, a refetch may break off the wait for a retry.
    initialData: true,
    initialDataUpdatedAt: 0,
    refetchInterval: pollEvery(isLive, isGenerating),
  });
  useEffect(() => {
    if (!engine || !isChecked) return undefined;
    return takeTurns(`afterimage:pokes:${engine.library}`, () => {
      let stop: (() => void) | null = null;
      let isOver = false;
      const listen = async () => {
        const { listenForPokes } = await import('./pokes.ts');
        if (!isOver) stop = listenForPokes(engine.library, engine.poke, engine.setLive, wake);
      };
      void listen();
      return () => {
        isOver = true;
        stop?.();
        engine.setLive(false);
      };
    });
  }, [engine, isChecked]);
  useEffect(() => {
    const look = () => {
      if (document.visibilityState === 'hidden') return;
      void session?.followCompanion();
      wake();
    };
    window.addEventListener('online', look);
    document.addEventListener('visibilitychange', look);
    return () => {
      window.removeEventListener('online', look);
      document.removeEventListener('visibilitychange', look);
    };
  }, []);
  return null;
}
