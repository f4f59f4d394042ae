import { useQuery, type UseQueryOptions, type UseQueryResult } from '@tanstack/react-query';
import { toRemoteError } from './remote.ts';
import type { RemoteError } from './sync/remote-port.ts';

type Options<Answer> = Omit<UseQueryOptions<Answer, RemoteError>, 'queryKey' | 'queryFn'>;

/**
 * What a procedure answers that no local store stands behind. Written on TanStack Query alone: the hooks that tRPC
 * brings for it weigh more than all that the first page does with them.
 * @param key Begins with the noun of the procedure, under which what is known of it is dropped.
 */
export const useCall = <Answer>(
  key: readonly [noun: string, ...rest: unknown[]],
  call: () => Promise<Answer>,
  options: Options<Answer> = {},
): UseQueryResult<Answer, RemoteError> =>
  useQuery({
    ...options,
    queryKey: key,
    queryFn: () =>
      call().catch((error: unknown): never => {
        throw toRemoteError(error);
      }),
  });
