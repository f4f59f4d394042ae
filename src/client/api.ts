import {
  createTRPCClient,
  httpBatchLink,
  httpLink,
  splitLink,
  TRPCClientError,
  type TRPCLink,
} from '@trpc/client';
import { observable } from '@trpc/server/observable';
import type { LibraryId } from '#core/owner.ts';
import type { AppRouter } from '#server/trpc/root.ts';
import { RemoteError } from './sync/remote-port.ts';

/** What the server accepts in one batch. */
const MAX_BATCH = 10;
const URL = '/api/trpc';

const naming = (library: unknown) => (typeof library === 'string' ? { 'x-library': library } : {});

/**
 * Every request names the library that it is meant for, so that one which was on its way while the owner changed is
 * refused instead of answered for somebody else. A call names its own by `context: { library }` (null: none); it is
 * then sent alone, which also keeps pushes in order: the calls of a batch run side by side.
 */
const BLOCKED = 'This browser blocks cookies for this site: allow them to keep pictures or to sign in.';

/** Without cookies nobody would be known again: what is changed would be nobody's. */
const refuseWithoutCookies =
  (keepsCookies: () => boolean): TRPCLink<AppRouter> =>
  () =>
  ({ op, next }) =>
    op.type === 'mutation' && !keepsCookies()
      ? observable(({ error }) => error(TRPCClientError.from(new RemoteError('FORBIDDEN', BLOCKED))))
      : next(op);

export function createApi(currentLibrary: () => LibraryId | null, keepsCookies: () => boolean) {
  return createTRPCClient<AppRouter>({
    links: [
      refuseWithoutCookies(keepsCookies),
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
