import { TRPCClientError } from '@trpc/client';
import type { LibraryId } from '#core/owner.ts';
import type { AppRouter } from '#server/trpc/root.ts';
import { OFFLINE, RemoteError, type Remote } from './sync/remote-port.ts';
import type { Api } from './api.ts';

/** @param offline What to say when no answer came. */
export function toRemoteError(error: unknown, offline = OFFLINE): RemoteError {
  if (error instanceof RemoteError) return error;
  if (error instanceof TRPCClientError) {
    if (error.cause instanceof RemoteError) return error.cause;
    const { data, message }: TRPCClientError<AppRouter> = error;
    if (data) return new RemoteError(data.appCode, message, { field: data.field, cause: error });
  }
  return new RemoteError('NETWORK', offline, { cause: error });
}

const orRemoteError = async <T>(answer: Promise<T>): Promise<T> => {
  try {
    return await answer;
  } catch (error) {
    throw toRemoteError(error);
  }
};

/** The server over tRPC, in the name of one library. */
export function createRemote(api: Api, library: LibraryId): Remote {
  const context = { library };
  return {
    changes: (input, signal) => orRemoteError(api.sync.changes.query(input, { signal, context })),
    window: (input, signal) => orRemoteError(api.sync.window.query(input, { signal, context })),
    push: (input, signal) => orRemoteError(api.sync.push.mutate(input, { signal, context })),
    list: (input, signal) => orRemoteError(api.media.list.query(input, { signal, context })),
    digest: (signal) => orRemoteError(api.sync.digest.query(undefined, { signal, context })),
    sendFile: async (id, file, onProgress, signal) => {
      const { sendFile } = await orRemoteError(import('./sync/send-file.ts'));
      return sendFile({ library, id, file, onProgress, signal });
    },
  };
}
