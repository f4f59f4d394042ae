import type { Receipt } from '#core/receipt.ts';
import { api } from './browser.ts';
import { useLoaded, type Loaded } from './use-account.ts';
import { useCall } from './use-call.ts';
import { useClient } from './use-client.ts';

/** How often a receipt that waits is looked at again, in milliseconds. */
const LOOK_AGAIN = 3000;

/** What was deleted for good, newest first; the newest 100. Of somebody without a library there is none. */
export function useReceipts(): Loaded<{ items: readonly Receipt[] }> {
  const library = useClient(({ engine }) => engine?.library ?? null);
  const ask = () => api.receipt.list.query({ limit: 100 }, { context: { library } });
  const query = useCall(['receipt', 'list', library], ask, {
    enabled: library !== null,
    staleTime: 0,
    refetchInterval: ({ state }) =>
      state.data?.items.some(({ pending }) => pending !== null) ? LOOK_AGAIN : false,
  });
  return useLoaded(query);
}
