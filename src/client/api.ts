import { createTRPCClient, httpBatchLink, httpLink, splitLink } from '@trpc/client';
import type { LibraryId } from '#core/owner.ts';
import type { AppRouter } from '#server/trpc/root.ts';
import { RemoteError } from './sync/remote-port.ts';

/** What the server accepts in one batch. */
const MAX_BATCH = 10;
const URL = '/api/trpc';

const naming = (library: unknown) => (typeof library === 'string' ? { 'x-library': library } : {});

const BLOCKED = 'This browser blocks cookies for this site: allow them to keep pictures or to sign in.';

/**
 * Every request names the library that it is meant for, so that one which was on its way while the owner changed is
 * refused instead of answered for somebody else. A call names its own by `context: { library }` (null: none); it is
 * then sent alone, which also keeps pushes in order: the calls of a batch run side by side.
 */
export function createApi(currentLibrary: () => LibraryId | null, keepsCookies: () => boolean) {
  /** Without cookies nobody would be known again: what is changed would be nobody's. */
  const ask: typeof fetch = (address, init) =>
    init?.method === 'POST' && !keepsCookies()
      ? Promise.reject(new RemoteError('FORBIDDEN', BLOCKED))
      : fetch(address, init);
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: ({ context }) => typeof context.library === 'string',
        true: httpLink({ url: URL, fetch: ask, headers: ({ op }) => naming(op.context.library) }),
        false: splitLink({
          condition: ({ context }) => context.library === null,
          // A batch of one, for an input that is not there: a body without content is not JSON.
          true: httpBatchLink({ url: URL, fetch: ask, maxItems: 1 }),
          false: httpBatchLink({
            url: URL,
            fetch: ask,
            maxItems: MAX_BATCH,
            headers: () => naming(currentLibrary()),
          }),
        }),
      }),
    ],
  });
}

export type Api = ReturnType<typeof createApi>;
