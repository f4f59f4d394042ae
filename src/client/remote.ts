import { TRPCClientError } from '@trpc/client';
import type { ErrorCode } from '#core/errors.ts';
import type { LibraryId } from '#core/owner.ts';
import type { AppRouter } from '#server/trpc/root.ts';
import { RemoteError, type Remote } from './sync/remote-port.ts';
import type { Api } from './api.ts';

const OFFLINE = 'The server cannot be reached. What you do is kept here and sent later.';

/** @param offline What to say when no answer came: for what is not kept here, nothing may be promised. */
export function toRemoteError(error: unknown, offline = OFFLINE): RemoteError {
  if (error instanceof RemoteError) return error;
  if (error instanceof TRPCClientError) {
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

type Refusal = { error: { code: ErrorCode; message: string; field: string | null } };

const isRefusal = (value: unknown): value is Refusal =>
  typeof value === 'object' &&
  value !== null &&
  'error' in value &&
  typeof value.error === 'object' &&
  value.error !== null &&
  'code' in value.error;

/** What an answer that is not a success says; NETWORK when this server did not write it. */
export function parseRefusal(text: string): RemoteError {
  try {
    const body: unknown = JSON.parse(text);
    if (isRefusal(body))
      return new RemoteError(body.error.code, body.error.message, { field: body.error.field });
  } catch {
    // Not this server's answer: a proxy's page.
  }
  return new RemoteError('NETWORK', OFFLINE);
}

/** By XMLHttpRequest, which alone tells how much has been sent. */
function putFile(
  library: LibraryId,
  id: string,
  file: Blob,
  onProgress: (part: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('PUT', `/api/v1/uploads/${id}`);
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.setRequestHeader('x-library', library);
    request.upload.addEventListener('progress', ({ loaded, total }) =>
      onProgress(total > 0 ? loaded / total : 0),
    );
    request.addEventListener('load', () => {
      if (request.status >= 200 && request.status < 300) resolve();
      else reject(parseRefusal(request.responseText));
    });
    request.addEventListener('error', () => reject(new RemoteError('NETWORK', OFFLINE)));
    request.addEventListener('abort', () => reject(new RemoteError('NETWORK', OFFLINE)));
    signal?.addEventListener('abort', () => request.abort());
    request.send(file);
  });
}

/** The server over tRPC, in the name of one library. */
export function createRemote(api: Api, library: LibraryId): Remote {
  const context = { library };
  return {
    changes: (input, signal) => orRemoteError(api.sync.changes.query(input, { signal, context })),
    window: (input, signal) => orRemoteError(api.sync.window.query(input, { signal, context })),
    push: (input, signal) => orRemoteError(api.sync.push.mutate(input, { signal, context })),
    list: (input, signal) => orRemoteError(api.media.list.query(input, { signal, context })),
    digest: (signal) => orRemoteError(api.sync.digest.query(undefined, { signal, context })),
    sendFile: (id, file, onProgress, signal) => putFile(library, id, file, onProgress, signal),
  };
}
