import type { ErrorCode } from '#core/errors.ts';
import { OFFLINE, RemoteError } from './sync/remote-port.ts';

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
