import { createTRPCClient, httpBatchLink, httpLink, splitLink } from '@trpc/client';
import type { LibraryId } from '#core/owner.ts';
import type { AppRouter } from '#server/trpc/root.ts';

/** What the server accepts in one batch. */
const MAX_BATCH = 10;
const URL = '/api/trpc';

const naming = (library: unknown) => (typeof library === 'string' ? { 'x-library': library } : {});

/**
 * Every request names the library that it is meant for, so that one which was on its way while the owner changed is
 * refused instead of answered for somebody else. A call names its own by `context: { library }` (null: none); it is
 * then sent alone, which also keeps pushes in order: the calls of a batch run side by side.
 */
export function createApi(currentLibrary: () => LibraryId | null) {
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: ({ context }) => typeof context.library === 'string',
        true: httpLink({ url: URL, headers: ({ op }) => naming(op.context.library) }),
        false: splitLink({
          condition: ({ context }) => context.library === null,
          // A batch of one, for an input that is not there: a body without content is not JSON.
          true: httpBatchLink({ url: URL, maxItems: 1 }),
          false: httpBatchLink({ url: URL, maxItems: MAX_BATCH, headers: () => naming(currentLibrary()) }),
        }),
      }),
    ],
  });
}

export type Api = ReturnType<typeof createApi>;
