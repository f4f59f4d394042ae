import { parseRefusal } from './refusal.ts';
import { RemoteError } from './sync/remote-port.ts';

const FAILED = 'The way to this provider could not be opened. Nothing was changed: try again.';

async function read(response: Response, part: string): Promise<string> {
  if (!response.ok) {
    const refusal = parseRefusal(await response.text());
    throw refusal.code === 'NETWORK' ? new RemoteError('UNAVAILABLE', FAILED) : refusal;
  }
  const body: unknown = await response.json();
  if (typeof body === 'object' && body !== null && part in body) {
    const value: unknown = Reflect.get(body, part);
    if (typeof value === 'string') return value;
  }
  throw new RemoteError('UNAVAILABLE', FAILED);
}

/**
 * Leaves this page for a provider's; it comes back to `next`, a path of this site.
 * @param link To add the provider to the account that is signed in, with its password if it has one.
 * @throws RemoteError
 */
export async function travelToProvider(
  provider: string,
  next: string,
  link?: { password?: string },
): Promise<void> {
  try {
    const csrfToken = await read(await fetch('/api/auth/csrf'), 'csrfToken');
    const body = new URLSearchParams({
      csrfToken,
      callbackUrl: next,
      json: 'true',
      ...(link && { link: 'true', ...link }),
    });
    const response = await fetch(`/api/auth/signin/${provider}`, { method: 'POST', body });
    location.assign(await read(response, 'url'));
  } catch (error) {
    if (error instanceof RemoteError) throw error;
    throw new RemoteError('NETWORK', FAILED, { cause: error });
  }
}
