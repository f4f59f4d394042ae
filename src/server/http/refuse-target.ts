/** What is refused before any part of the app sees it, since its router would answer with a failure of its own. */
import net from 'node:net';

const METHODS = 'GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE';

export type Refusal = { status: 400 | 405 | 421; code: string; message: string; allow?: string };

/** Names and addresses by which only this computer is reached. */
export const isLoopback = (name: string) =>
  name === 'localhost' ||
  name.endsWith('.localhost') ||
  name === '[::1]' ||
  name === '::1' ||
  (net.isIPv4(name) && name.startsWith('127.'));

function isDecodable(url: string): boolean {
  try {
    decodeURIComponent(url.split('?', 1)[0] ?? '');
    return true;
  } catch {
    return false;
  }
}

/**
 * @param site For a server that only this computer reaches: its public address. It answers to that name and to those of
 *   the computer itself, so that no page can reach it by a name that was made to lead here. null: to any name.
 */
export function refuseTarget(
  { method, url, host }: { method: string; url: string; host: string | undefined },
  site: URL | null,
): Refusal | null {
  if (!METHODS.split(', ').includes(method)) {
    const message = `This server takes ${METHODS}, not ${method}.`;
    return { status: 405, code: 'METHOD_NOT_ALLOWED', message, allow: METHODS };
  }
  if (!isDecodable(url)) {
    return { status: 400, code: 'BAD_INPUT', message: 'This address holds a broken percent sign.' };
  }
  const name = host && URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '';
  if (site !== null && name !== site.hostname && !isLoopback(name)) {
    const message =
      'This server does not answer to this name. If it should, set NEXTAUTH_URL to the address that people use.';
    return { status: 421, code: 'FORBIDDEN', message };
  }
  return null;
}
