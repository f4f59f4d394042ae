import type { Receipt } from '#core/receipt.ts';
import { trpc } from './trpc.ts';
import { useLoaded, type Loaded } from './use-account.ts';
import { useClient } from './use-client.ts';

/** How often a receipt that waits is looked at again, in milliseconds. */
const LOOK_AGAIN = 3000;

/** What was deleted for good, newest first; the newest 100. Of somebody without a library there is none. */
export function useReceipts(): Loaded<{ items: readonly Receipt[] }> {
  const library = useClient(({ engine }) => engine?.library ?? null);
  const query = trpc.receipt.list.useQuery(
    { limit: 100 },
    {
      enabled: library !== null,
      staleTime: 0,
      refetchInterval: ({ state }) =>
        state.data?.items.some(({ pending }) => pending !== null) ? LOOK_AGAIN : false,
      trpc: { context: { library } },
    },
  );
  return useLoaded(query);
}
