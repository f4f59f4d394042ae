import { AppError } from '#core/errors.ts';
import { hasBody } from './body.ts';

type ContentType = 'application/json' | 'application/octet-stream' | 'application/x-www-form-urlencoded';

/**
 * Refuses what a foreign page could make a browser send with its cookies: anything but JSON or raw bytes that it had
 * to ask leave for, and anything whose origin the browser names as another. Programs send neither header. A form needs
 * no leave: who takes one asks for a token in it as well.
 */
export function guardWrite(request: Request, contentType: ContentType) {
  const site = request.headers.get('sec-fetch-site');
  const origin = request.headers.get('origin');
  const foreign =
    site !== null ? site !== 'same-origin' && site !== 'none' : origin !== null && !isOwn(origin, request);
  if (foreign) throw new AppError('FORBIDDEN', 'Requests from other sites are refused.');
  const [sent = ''] = (request.headers.get('content-type') ?? '').split(';');
  if (hasBody(request) && sent.trim().toLowerCase() !== contentType) {
    throw new AppError('UNSUPPORTED_MEDIA', `Send the body as ${contentType}.`, { field: 'content-type' });
  }
}

function isOwn(origin: string, request: Request): boolean {
  return URL.canParse(origin) && new URL(origin).host === request.headers.get('host');
}
